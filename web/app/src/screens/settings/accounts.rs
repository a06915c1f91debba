//! Who may sign in at this beacon.

use crate::api;
use crate::kit::{Dialog, Icon, Moment, Problems};
use crate::loading::{load, shown};
use beacon_api::{Account, AccountDraft, Problem, Role, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Accounts() -> impl IntoView {
    let again = RwSignal::new(0_u64);
    let accounts = load(move || {
        again.track();
        async move { api::get::<Vec<Account>>(paths::ACCOUNTS).await }
    });
    let problem = RwSignal::new(None::<Problem>);
    let (open, removing) = (RwSignal::new(false), RwSignal::new(String::new()));
    let ask = move |name: String| {
        removing.set(name);
        open.set(true);
    };
    let remove = move |_| {
        open.set(false);
        spawn_local(async move {
            let path = paths::with(paths::ACCOUNT, &removing.get_untracked());
            problem.set(api::delete::<()>(&path).await.err());
            again.update(|count| *count = count.wrapping_add(1));
        });
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
                                    on:click=move |_| ask(name.clone())><Icon name="trash"/>"Remove"</button></td>
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
        <Dialog open=open title="Remove the account?">
            <p><strong>{removing}</strong>" is signed out at once and cannot sign in any more. What the account has set up stays."</p>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Keep the account"</button>
                <button type="button" class="danger" on:click=remove>"Remove"</button>
            </div>
        </Dialog>
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
