//! The one-time link: setting the administrator's password.

use crate::api;
use crate::kit::Problems;
use crate::session::session;
use beacon_api::{LinkSignIn, Problem, SessionInfo, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// The secret of the link, taken out of the address bar so that nobody reads it over a shoulder or in the history.
fn token() -> String {
    let Some(window) = web_sys::window() else { return String::new() };
    let hash = window.location().hash().unwrap_or_default();
    hash.strip_prefix("#token=").unwrap_or_default().to_owned()
}

#[component]
pub(crate) fn FirstStart() -> impl IntoView {
    let token = StoredValue::new(token());
    let (password, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (problem, different, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false), RwSignal::new(false));
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        different.set(password.get_untracked() != again.get_untracked());
        if different.get_untracked() {
            return;
        }
        busy.set(true);
        let given = LinkSignIn { token: token.get_value(), password: password.get_untracked() };
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::post::<SessionInfo>(paths::SESSION_LINK, &given).await {
                Ok(info) => {
                    navigate("/", leptos_router::NavigateOptions { replace: true, ..Default::default() });
                    session().set(info);
                }
                Err(refused) => {
                    problem.set(Some(refused));
                    busy.set(false);
                }
            }
        });
    };
    let missing = move || token.with_value(String::is_empty);
    view! {
        <main class="alone">
            <h1>"Welcome to your beacon"</h1>
            <Show
                when=move || !missing()
                fallback=|| view! {
                    <p>"Nobody has a password yet. Open the one-time link that "<code>"beacon serve"</code>
                    " printed, or run "<code>"beacon admin link"</code>" on its machine for a new one."</p>
                }
            >
                <p class="soft">"Set the password of the account "<strong>"administrator"</strong>
                ". At least twelve characters; four words are easy to keep in mind."</p>
                <form class="stack" on:submit=submit.clone()>
                    <input type="text" autocomplete="username" value="administrator" hidden/>
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input id="password" type="password" autocomplete="new-password" required minlength="12"
                            bind:value=password/>
                    </div>
                    <div class="field">
                        <label for="again">"The same again"</label>
                        <input id="again" type="password" autocomplete="new-password" required
                            aria-invalid=move || different.get().then_some("true")
                            aria-describedby="different" bind:value=again/>
                        <p id="different" class="wrong" role="alert">
                            {move || different.get().then_some("The two are different. Enter the same twice.")}
                        </p>
                    </div>
                    <Problems problem=problem/>
                    <button class="primary" type="submit" disabled=busy>"Set password and sign in"</button>
                </form>
            </Show>
        </main>
    }
}
