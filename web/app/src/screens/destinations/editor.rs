//! The dialog of a destination: a folder, or a server and what is shown at its door.

use super::entered::{ACCESSES, Entered};
use super::{Acting, Editing};
use crate::api;
use crate::kit::{Dialog, Problems};
use crate::loading::{load, shown};
use crate::screens::form_field::Wrong;
use crate::screens::proxy_block::ProxyBlock;
use beacon_api::{DefaultProxyFacts, Destination, DestinationAccess, Problem, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Editor(acting: Acting) -> impl IntoView {
    let editing = acting.editing;
    let open = RwSignal::new(false);
    let saved = RwSignal::new(String::new());
    Effect::new(move |_| {
        if editing.with(Option::is_some) {
            saved.set(String::new());
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() && editing.with_untracked(Option::is_some) {
            editing.set(None);
        }
    });
    view! {
        <p role="status">{saved}</p>
        <Dialog open=open title="Destination">
            {move || editing.get().map(|editing| view! { <Loaded editing open saved/> })}
        </Dialog>
    }
}

/// The form knows which default proxy there is.
#[component]
fn Loaded(editing: Editing, open: RwSignal<bool>, saved: RwSignal<String>) -> impl IntoView {
    let default_proxy = load(|| async { api::get::<Option<DefaultProxyFacts>>(paths::DEFAULT_PROXY).await });
    shown(default_proxy, move |default_proxy| {
        let editing = editing.clone();
        view! { <Form editing open saved default_proxy/> }
    })
}

#[component]
fn Form(
    editing: Editing,
    open: RwSignal<bool>,
    saved: RwSignal<String>,
    default_proxy: Option<DefaultProxyFacts>,
) -> impl IntoView {
    let stored = match editing {
        Editing::New => None,
        Editing::Change(destination) => Some(destination),
    };
    let entered = Entered::new(stored.as_deref(), default_proxy);
    let id = StoredValue::new(stored.map(|destination| destination.id));
    let (problem, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        let draft = untrack(|| entered.draft());
        spawn_local(async move {
            let result = match id.get_value() {
                Some(id) => api::put::<Destination>(&paths::with(paths::DESTINATION, &id), &draft).await,
                None => api::post::<Destination>(paths::DESTINATIONS, &draft).await,
            };
            busy.set(false);
            match result {
                Ok(destination) => {
                    // Not kept in the page any longer than needed.
                    entered.secret.set(String::new());
                    saved.set(format!("{} is saved.", destination.name));
                    open.set(false);
                }
                Err(refused) => {
                    entered.refused(&refused);
                    problem.set(Some(refused));
                }
            }
        });
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <Line entered id="destination-name" field="name" label="Name" value=entered.name help=""/>
            <fieldset>
                <legend>"Where packages go"</legend>
                <label class="choice">
                    <input type="radio" name="destination-kind" prop:checked=move || !entered.uploads.get()
                        on:change=move |_| entered.uploads.set(false)/>
                    <span>"A folder"<span class="help">"Of this beacon's machine, or a drive that is connected to it."</span></span>
                </label>
                <label class="choice">
                    <input type="radio" name="destination-kind" prop:checked=move || entered.uploads.get()
                        on:change=move |_| entered.uploads.set(true)/>
                    <span>"A server that takes uploads"<span class="help">"One PUT for each file, as WebDAV and many stores take it."</span></span>
                </label>
            </fieldset>
            {move || if entered.uploads.get() {
                view! { <Server entered/> }.into_any()
            } else {
                view! {
                    <Line entered id="destination-folder" field="folder" label="Folder" value=entered.folder
                        help="Its whole path. It must be there: behind a drive that is not connected the wrong disk would fill."/>
                }.into_any()
            }}
            <label class="choice">
                <input type="checkbox" bind:checked=entered.only_complete/>
                <span>"Complete packages only"<span class="help">"Without it, packages that say what they lack are sent as well."</span></span>
            </label>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Exit"</button>
                <button type="submit" class="primary" disabled=busy>"Save"</button>
            </div>
        </form>
    }
}

/// Address and credential of a server.
#[component]
fn Server(entered: Entered) -> impl IntoView {
    let accesses = ACCESSES.map(|(name, _, label)| view! { <option value=name>{label}</option> });
    view! {
        <Line entered id="destination-address" field="address" label="Address" value=entered.address
            help="Each package gets a folder below it, as in https://files.example.com/beacon/"/>
        <div class="field">
            <label for="destination-access">"Shown at its door"</label>
            <select id="destination-access" bind:value=entered.access>{accesses.collect_view()}</select>
        </div>
        {move || match entered.access() {
            DestinationAccess::Open => ().into_any(),
            DestinationAccess::Bearer => view! { <Hidden entered label="Token"/> }.into_any(),
            DestinationAccess::Basic => view! {
                <Line entered id="destination-username" field="username" label="User name" value=entered.username help=""/>
                <Hidden entered label="Password"/>
            }.into_any(),
            DestinationAccess::ClientCertificate => view! { <Pem entered/> }.into_any(),
        }}
        <ProxyBlock
            proxy=entered.proxy wrong=entered.wrong touched=|()| () left=|()| () bypass=false
            help="Without it the server is reached straight."
        />
    }
}

#[component]
fn Line(
    entered: Entered,
    id: &'static str,
    field: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    help: &'static str,
) -> impl IntoView {
    let problem = entered.problem(field);
    let (help_id, wrong) = (format!("{id}-help"), format!("{id}-wrong"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id required autocomplete="off" spellcheck="false" aria-describedby=format!("{help_id} {wrong}")
                aria-invalid=move || problem.get().is_some().then_some("true") bind:value=value
            />
            <p class="help" id=help_id>{help}</p>
            <Wrong id=wrong problem=problem/>
        </div>
    }
}

/// A secret goes one way: what is stored never comes back.
#[component]
fn Hidden(entered: Entered, label: &'static str) -> impl IntoView {
    let problem = entered.problem("secret");
    view! {
        <div class="field">
            <label for="destination-secret">{label}</label>
            <input
                id="destination-secret" type="password" autocomplete="off"
                aria-describedby="destination-secret-help destination-secret-wrong"
                aria-invalid=move || problem.get().is_some().then_some("true") bind:value=entered.secret
            />
            <Stored entered/>
            <Wrong id="destination-secret-wrong".to_owned() problem=problem/>
        </div>
    }
}

#[component]
fn Pem(entered: Entered) -> impl IntoView {
    let problem = entered.problem("secret");
    view! {
        <div class="field">
            <label for="destination-secret">"Certificate and its private key, PEM"</label>
            <textarea
                id="destination-secret" spellcheck="false" autocomplete="off" placeholder="-----BEGIN CERTIFICATE----- …"
                aria-describedby="destination-secret-help destination-secret-wrong"
                aria-invalid=move || problem.get().is_some().then_some("true") bind:value=entered.secret
            ></textarea>
            <Stored entered/>
            <Wrong id="destination-secret-wrong".to_owned() problem=problem/>
        </div>
    }
}

#[component]
fn Stored(entered: Entered) -> impl IntoView {
    view! {
        <p class="help" id="destination-secret-help">
            {move || if entered.is_stored() { "One is stored; leave it empty to keep it for the same server." }
                else { "It is stored sealed, for this one server." }}
        </p>
    }
}
