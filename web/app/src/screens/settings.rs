//! Accounts of the page, and what the organisation wants.

use crate::api;
use crate::kit::{Icon, Moment, Problems};
use crate::loading::{Loading, load, shown};
use beacon_api::{Account, AccountDraft, Defaults, Problem, Role, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn Settings() -> impl IntoView {
    view! {
        <h1>"Settings"</h1>
        <Accounts/>
        <Organisation/>
    }
}

#[component]
fn Accounts() -> impl IntoView {
    let again = RwSignal::new(0_u64);
    let accounts = load(move || {
        again.track();
        async move { api::get::<Vec<Account>>(paths::ACCOUNTS).await }
    });
    let problem = RwSignal::new(None::<Problem>);
    let remove = move |name: String| {
        let question = format!("Remove the account {name}?");
        let agreed = web_sys::window().is_some_and(|window| window.confirm_with_message(&question).unwrap_or(false));
        if agreed {
            spawn_local(async move {
                problem.set(api::delete::<()>(&paths::with(paths::ACCOUNT, &name)).await.err());
                again.update(|count| *count = count.wrapping_add(1));
            });
        }
    };
    view! {
        <section class="card narrow" aria-labelledby="accounts-title">
            <h2 id="accounts-title">"Accounts"</h2>
            {shown(accounts, move |accounts| {
                    let lines = accounts.into_iter().map(|account| {
                        let name = account.name.clone();
                        let role = if account.role == Role::Administrator { "Administrator" } else { "Reader" };
                        let seen = account.signed_in_at.map(|at| view! { <Moment at=at/> });
                        view! {
                            <tr>
                                <th scope="row" data-label="Account">{account.name}</th>
                                <td data-label="Role">{role}</td>
                                <td data-label="Signed in">{seen}</td>
                                <td class="actions"><button type="button" class="quiet" aria-label=format!("Remove {name}")
                                    on:click=move |_| remove(name.clone())><Icon name="trash"/>"Remove"</button></td>
                            </tr>
                        }
                    });
                    view! {
                        <table class="reflow">
                            <thead><tr><th scope="col">"Account"</th><th scope="col">"Role"</th><th scope="col">"Last signed in"</th>
                                <th scope="col"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                            <tbody>{lines.collect_view()}</tbody>
                        </table>
                    }.into_any()
                })}
            <Problems problem=problem/>
            <AddAccount again/>
        </section>
    }
}

#[component]
fn AddAccount(again: RwSignal<u64>) -> impl IntoView {
    let (name, password, administrator) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let problem = RwSignal::new(None::<Problem>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let role = if administrator.get_untracked() { Role::Administrator } else { Role::Reader };
        let draft = AccountDraft { name: name.get_untracked(), role, password: password.get_untracked() };
        spawn_local(async move {
            let refused = api::post::<()>(paths::ACCOUNTS, &draft).await.err();
            if refused.is_none() {
                name.set(String::new());
                password.set(String::new());
                again.update(|count| *count = count.wrapping_add(1));
            }
            problem.set(refused);
        });
    };
    view! {
        <details>
            <summary>"Add an account, or give one a new password"</summary>
            <form class="stack" on:submit=submit>
                <div class="field"><label for="account-name">"Account"</label>
                    <input id="account-name" required autocomplete="off" bind:value=name/></div>
                <div class="field"><label for="account-password">"Password, at least twelve characters"</label>
                    <input id="account-password" type="password" required minlength="12" autocomplete="new-password" bind:value=password/></div>
                <label class="choice"><input type="checkbox" bind:checked=administrator/>
                    <span>"Administrator"<span class="help">"Without it the account reads data and runs, and sees no connections' settings."</span></span></label>
                <Problems problem=problem/>
                <div class="bar"><button type="submit" class="primary">"Save the account"</button></div>
            </form>
        </details>
    }
}

#[component]
fn Organisation() -> impl IntoView {
    let defaults = load(|| async { api::get::<Defaults>(paths::DEFAULTS).await });
    let (problem, said) = (RwSignal::new(None::<Problem>), RwSignal::new(""));
    let set = move |only: bool| {
        let Some(mut changed) = defaults.get_untracked().ready() else { return };
        changed.only_browser_consent = only;
        spawn_local(async move {
            let refused = api::put::<()>(paths::DEFAULTS, &changed).await.err();
            if refused.is_none() {
                said.set("Saved.");
                defaults.set(Loading::Ready(changed));
            }
            problem.set(refused);
        });
    };
    view! {
        <section class="card narrow" aria-labelledby="organisation-title">
            <h2 id="organisation-title">"Organization"</h2>
            {move || defaults.get().ready().map(|known| view! {
                <label class="choice">
                    <input type="checkbox" prop:checked=known.only_browser_consent on:change=move |event| set(event_target_checked(&event))/>
                    <span>"Consent only in the browser"
                        <span class="help">"Forbids pasting an address and device codes, which can be talked out of somebody."</span></span>
                </label>
            })}
            <p role="status">{said}</p>
            <Problems problem=problem/>
        </section>
    }
}
