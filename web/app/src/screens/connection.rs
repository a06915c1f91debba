//! The dialog of a connection: the host's fields and the module's form in one.

use super::completion::Completion;
use super::consent::ConsentPanel;
use super::execute::ExecuteNow;
use super::expiry::EndNotice;
use super::form_field::{Filling, FormField, Wrong};
use super::labels_field::{LabelsField, listed};
use super::leaving::guard_unsaved;
use super::offboard::{Done, Offboard, Offboarded};
use super::profile_choice::{ProfileChoice, is_of_profile};
use super::proxy_block::{ProxyBlock, ProxyFilling, ProxyUse};
use super::registration::Registration;
use super::validation::{self, name_problem};
use crate::api;
use crate::happenings::happenings;
use crate::kit::{HealthStatus, Icon, Notice, ProblemNotice, Problems, Tone};
use crate::loading::{Loading, load, shown};
use crate::session::session;
use beacon_api::{Connection, ConnectionDraft, DefaultProxyFacts, Defaults, Problem, SourceType, paths};
use beacon_contract::Field;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

/// Slots that a profile can fill.
const SHARED_SLOTS: [&str; 2] = ["client_secret", "client_certificate"];

/// Adding one.
#[component]
pub(crate) fn NewConnection() -> impl IntoView {
    let (parameters, query) = (use_params_map(), use_query_map());
    let loaded = load(move || {
        let wanted = parameters.read().get("source_type").unwrap_or_default();
        let preset = query.read().get("preset").and_then(|_| session().info()).and_then(|info| info.preset);
        async move {
            let types: Vec<SourceType> = api::get(paths::SOURCE_TYPES).await?;
            let defaults: Defaults = api::get(paths::DEFAULTS).await?;
            let proxy: Option<DefaultProxyFacts> = api::get(paths::DEFAULT_PROXY).await?;
            let found = types.into_iter().find(|one| one.name == wanted).ok_or_else(|| unknown(&wanted))?;
            let mut draft = preset.unwrap_or_default();
            draft.source_type.clone_from(&found.name);
            defaults.fill(&mut draft);
            Ok((found, draft, proxy))
        }
    });
    view! {
        {shown(loaded, move |(source, draft, default_proxy)| view! { <Editor source draft connection=None default_proxy/> })}
    }
}

/// Changing one.
#[component]
pub(crate) fn ConnectionScreen() -> impl IntoView {
    let parameters = use_params_map();
    let offboarded = Done::new(None);
    let loaded = load(move || {
        let id = parameters.read().get("id").unwrap_or_default();
        async move {
            let connection: Connection = api::get(&paths::with(paths::CONNECTION, &id)).await?;
            let types: Vec<SourceType> = api::get(paths::SOURCE_TYPES).await?;
            let proxy: Option<DefaultProxyFacts> = api::get(paths::DEFAULT_PROXY).await?;
            let wanted = connection.source_type.clone();
            let found = types.into_iter().find(|one| one.name == wanted).ok_or_else(|| unknown(&wanted))?;
            Ok((found, connection, proxy))
        }
    });
    view! {
        {shown(loaded, move |(source, connection, default_proxy)| {
                if let Some(report) = offboarded.get() {
                    return view! { <Offboarded report/> }.into_any();
                }
                let (id, name) = (connection.id.clone(), connection.name.clone());
                let draft = ConnectionDraft {
                    name: connection.name.clone(),
                    source_type: connection.source_type.clone(),
                    settings: connection.settings.clone(),
                    profile: connection.profile.clone(),
                    labels: Some(connection.labels.clone()),
                    ..ConnectionDraft::default()
                };
                view! {
                    <Editor source draft connection=Some(connection) default_proxy/>
                    <div class="bar"><Offboard connection=id name done=offboarded/></div>
                }
                .into_any()
            })}
    }
}

fn unknown(source_type: &str) -> Problem {
    Problem {
        kind: beacon_api::ProblemKind::NotFound,
        code: "page.source_type".to_owned(),
        title: format!("There is no connector for {source_type:?}."),
        advice: "Choose another source type.".to_owned(),
        detail: Vec::new(),
        fields: Vec::new(),
    }
}

#[component]
fn Editor(
    source: SourceType,
    draft: ConnectionDraft,
    connection: Option<Connection>,
    default_proxy: Option<DefaultProxyFacts>,
) -> impl IntoView {
    let filling = Filling::new();
    filling.given.set(draft.settings.clone());
    let name = RwSignal::new(draft.name.clone());
    let without = connection.as_ref().is_some_and(|connection| connection.without_proxy);
    let own = connection.as_ref().and_then(|connection| connection.proxy.as_ref());
    let proxy = ProxyFilling::new(own, without, default_proxy);
    if let Some(given) = &draft.proxy {
        proxy.take(given);
    }
    let form = StoredValue::new(source.form.clone());
    let digest = source.digest.clone();
    let source = StoredValue::new(source);
    let connection = StoredValue::new(connection);
    let (problem, saved, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false), RwSignal::new(false));
    let second = RwSignal::new(false);
    let profile = RwSignal::new(draft.profile.clone());
    let labels = RwSignal::new(draft.labels.clone().unwrap_or_default().join(", "));
    guard_unsaved(filling.changed);
    let configured = move || {
        let stored = connection.with_value(|connection| {
            let secrets = connection.as_ref().map(|connection| connection.secrets.clone()).unwrap_or_default();
            secrets.into_iter().map(|facts| facts.slot).collect::<Vec<_>>()
        });
        // A profile holds one of the two; which one follows from the way of signing in.
        let shared = profile.with_untracked(Option::is_some).then(|| SHARED_SLOTS.map(str::to_owned).to_vec());
        let entered = filling.secrets.with_untracked(|secrets| secrets.keys().cloned().collect());
        [stored, entered, shared.unwrap_or_default()].concat()
    };
    let validate = Callback::new(move |()| {
        spawn_local(async move {
            let mut wrong = validation::check(source, filling, configured()).await;
            wrong.extend(name_problem(&name.get_untracked()).filter(|_| !name.get_untracked().is_empty()));
            filling.wrong.set(wrong);
        });
    });
    let navigate = use_navigate();
    let summary = NodeRef::<html::Div>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        saved.set(false);
        problem.set(None);
        let navigate = navigate.clone();
        let (own, without_proxy) = match proxy.chosen() {
            ProxyUse::Own(own) => (Some(own), false),
            ProxyUse::Default => (None, false),
            ProxyUse::None => (None, true),
        };
        let draft = ConnectionDraft {
            name: name.get_untracked(),
            source_type: source.with_value(|source| source.name.clone()),
            settings: filling.given.get_untracked(),
            secrets: filling.secrets.get_untracked(),
            proxy: own,
            without_proxy,
            profile: profile.get_untracked(),
            labels: Some(listed(&labels.get_untracked())),
            second_connection: second.get_untracked(),
        };
        let id = connection.with_value(|connection| connection.as_ref().map(|connection| connection.id.clone()));
        spawn_local(async move {
            let result = match &id {
                Some(id) => api::put::<Connection>(&paths::with(paths::CONNECTION, id), &draft).await,
                None => api::post::<Connection>(paths::CONNECTIONS, &draft).await,
            };
            busy.set(false);
            match result {
                Ok(stored) => {
                    filling.changed.set(false);
                    filling.wrong.set(Vec::new());
                    // Not kept in the page any longer than needed.
                    filling.secrets.set(Default::default());
                    if id.is_none() {
                        navigate(&format!("/connections/{}", stored.id), Default::default());
                    } else {
                        connection.set_value(Some(stored));
                        saved.set(true);
                    }
                }
                Err(refused) => {
                    filling.wrong.set(refused.fields.clone());
                    problem.set(Some(refused));
                    if let Some(summary) = summary.get_untracked() {
                        let _ = summary.focus();
                    }
                }
            }
        });
    };
    let existing = connection.with_value(Clone::clone);
    let is_new = existing.is_none();
    let heading = if is_new { "New connection".to_owned() } else { draft.name.clone() };
    let now = existing.clone().map(stays_known);
    let stored = Signal::derive(move || {
        let fresh = now.and_then(|now| now.get().ready()).map(|connection| connection.secrets);
        fresh.unwrap_or_else(|| existing_secrets(connection))
    });
    let fields = move |advanced: bool| {
        let chosen = form.with_value(|form| {
            form.fields.iter().filter(|field| field.advanced == advanced).cloned().collect::<Vec<_>>()
        });
        let field = |field: Field| {
            let of_profile = form.with_value(|form| is_of_profile(form, &field));
            let shown = move || !of_profile || profile.get().is_none();
            let field = StoredValue::new(field);
            view! { <Show when=shown><FormField form field=field.get_value() filling stored left=validate/></Show> }
        };
        chosen.into_iter().map(field).collect_view()
    };
    let has_advanced = form.with_value(|form| form.fields.iter().any(|field| field.advanced));
    let name_wrong = Signal::derive(move || filling.problem("name"));
    let taken = move || problem.get().is_some_and(|problem| problem.code == "store.tenant_connected");
    view! {
        <div class="bar">
            <h1>{heading}</h1>
            {existing.clone().map(|connection| move || {
                let fresh = now.and_then(|now| now.get().ready());
                let health = fresh.map_or(connection.health, |connection| connection.health);
                view! { <HealthStatus health/> }
            })}
            <span class="grow"></span>
            {existing.clone().map(|connection| view! { <Actions connection/> })}
        </div>
        <div class="columns">
            <form class="stack" on:submit=submit novalidate>
                <div tabindex="-1" node_ref=summary>
                    {move || problem.get().map(|problem| view! { <div role="alert"><Refused problem/></div> })}
                </div>
                <Show when=taken>
                    <label class="choice">
                        <input type="checkbox" bind:checked=second/>
                        <span>"Yes, a second connection of this tenant is wanted"</span>
                    </label>
                </Show>
                <div class="card">
                    <div class="field">
                        <label for="name">"Connection Name"</label>
                        <input
                            id="name" required autocomplete="off" aria-describedby="name-help name-wrong"
                            aria-invalid=move || name_wrong.get().is_some().then_some("true")
                            bind:value=name on:input=move |_| filling.changed.set(true)
                            on:blur=move |_| validate.run(())
                        />
                        <p class="help" id="name-help">"Letters, digits, underscore and space; the import task carries the same name."</p>
                        <Wrong id="name-wrong".to_owned() problem=name_wrong/>
                    </div>
                    <LabelsField labels filling/>
                    <div class="field">
                        <span><strong>"Source Type"</strong></span>
                        <p>{source.with_value(|source| source.name.clone())}
                            <span class="soft">{source.with_value(|source| format!(", module {}", source.module_version))}</span>
                        </p>
                    </div>
                </div>
                <ProxyBlock
                    proxy wrong=filling.wrong touched=move |()| filling.changed.set(true) left=validate bypass=true
                    help="For sign-in, data and report downloads alike."
                />
                <ProfileChoice form filling chosen=profile/>
                <fieldset class="boxed">
                    <legend>{source.with_value(|source| source.name.clone())}</legend>
                    {fields(false)}
                    {has_advanced.then(|| view! {
                        <details>
                            <summary>"More addresses"</summary>
                            <div class="stack">{fields(true)}</div>
                        </details>
                    })}
                </fieldset>
                <div class="bar">
                    <button class="primary" type="submit" disabled=busy>"Save"</button>
                    <A href="/connections" attr:class="button">"Exit"</A>
                    <span role="status">
                        {move || if saved.get() && !filling.changed.get() { "Saved." }
                            else if filling.changed.get() { "Not saved yet." } else { "" }}
                    </span>
                </div>
            </form>
            <div class="stack">
                {existing.clone().map(|connection| move || {
                    let fresh = now.and_then(|now| now.get().ready());
                    let next = fresh.map_or_else(|| connection.expires_next.clone(), |connection| connection.expires_next);
                    view! { <EndNotice next/> }
                })}
                {existing.clone().map(|connection| view! { <Completion connection form filling/> })}
                {existing.map(|connection| view! { <ConsentPanel connection digest=digest.clone() form filling/> })}
                <Registration source form filling/>
            </div>
        </div>
    }
}

/// The connection as the host knows it now: a consent that is kept, or a run, changes it under the form.
fn stays_known(connection: Connection) -> RwSignal<Loading<Connection>> {
    let happenings = happenings();
    load(move || {
        happenings.connections.track();
        let path = paths::with(paths::CONNECTION, &connection.id);
        async move { api::get::<Connection>(&path).await }
    })
}

fn existing_secrets(connection: StoredValue<Option<Connection>>) -> Vec<beacon_api::SecretFacts> {
    connection
        .with_value(|connection| connection.as_ref().map(|connection| connection.secrets.clone()).unwrap_or_default())
}

/// What was wrong, with links to the fields.
#[component]
fn Refused(problem: Problem) -> impl IntoView {
    if problem.fields.is_empty() {
        return view! { <ProblemNotice problem/> }.into_any();
    }
    let lines = problem.fields.clone().into_iter().map(|field| {
        let to = format!("#{}", field.field.replace('.', "-"));
        view! { <li><a href=to rel="external">{field.title}</a>" "{field.advice}</li> }
    });
    view! {
        <Notice tone=Tone::Bad title="Nothing was saved">
            <ul>{lines.collect_view()}</ul>
        </Notice>
    }
    .into_any()
}

/// What can be done with a stored connection.
#[component]
fn Actions(connection: Connection) -> impl IntoView {
    let problem = RwSignal::new(None::<Problem>);
    let test = format!("/connections/{}/test", connection.id);
    view! {
        <A href=test attr:class="button"><Icon name="check"/>"Test and preview"</A>
        <ExecuteNow connection=connection.id name=connection.name problem/>
        <Problems problem/>
    }
}
