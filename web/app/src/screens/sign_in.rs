//! Signing in with a password.

use crate::api;
use crate::kit::Problems;
use crate::session::session;
use beacon_api::{Problem, SessionInfo, SignIn, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn SignInScreen() -> impl IntoView {
    let (account, password) = (RwSignal::new("administrator".to_owned()), RwSignal::new(String::new()));
    let (problem, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        let given = SignIn { account: account.get_untracked(), password: password.get_untracked() };
        spawn_local(async move {
            match api::post::<SessionInfo>(paths::SESSION_SIGN_IN, &given).await {
                Ok(info) => session().set(info),
                Err(refused) => {
                    problem.set(Some(refused));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <main class="alone">
            <h1>"Sign in to your beacon"</h1>
            <form class="stack" on:submit=submit>
                <div class="field">
                    <label for="account">"Account"</label>
                    <input id="account" autocomplete="username" required bind:value=account/>
                </div>
                <div class="field">
                    <label for="password">"Password"</label>
                    <input id="password" type="password" autocomplete="current-password" required bind:value=password/>
                </div>
                <Problems problem=problem/>
                <button class="primary" type="submit" disabled=busy>"Sign in"</button>
            </form>
        </main>
    }
}
