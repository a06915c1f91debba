//! The ways to a consent: the popup first, then what helps where it does not.

use super::attempt::{Attempt, Stage, Way};
use super::link::SendLink;
use crate::api;
use crate::kit::Icon;
use crate::loading::load;
use crate::screens::form_field::Filling;
use beacon_api::{Defaults, TaskPhase, paths};
use beacon_contract::Form;
use leptos::prelude::*;

/// Redirect address that only this machine's browser can come back to.
const LOOPBACK: &str = "http://localhost";

/// Whether a browser that is sent to `redirect` comes back to this beacon.
fn comes_back(redirect: &str) -> bool {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return false };
    let origin = location.origin().unwrap_or_default();
    let host = location.hostname().unwrap_or_default();
    // The port of a loopback address is ignored when it is compared; behind it a path or nothing may follow.
    let rest = redirect.strip_prefix(LOOPBACK).map(|rest| rest.chars().next());
    let to_loopback = matches!(rest, Some(None | Some('/' | ':')));
    redirect.starts_with(&format!("{origin}/")) || (to_loopback && host == "localhost" && origin.starts_with("http:"))
}

#[component]
pub(super) fn Ways(attempt: Attempt, form: StoredValue<Form>, filling: Filling) -> impl IntoView {
    let chosen =
        move |field: &str| form.with_value(|form| filling.effective(form).text(field).unwrap_or_default().to_owned());
    let by_browser = Memo::new(move |_| chosen("flow") == "authorization_code");
    let back = Memo::new(move |_| by_browser.get() && comes_back(&chosen("redirect_uri")));
    let usage = move || chosen("permission_set") != "licences";
    let defaults = load(|| async { api::get::<Defaults>(paths::DEFAULTS).await });
    let others = move || defaults.get().ready().is_some_and(|defaults| !defaults.only_browser_consent);
    // Buttons would start another sign-in beside one that is under way.
    let busy = move || match attempt.stage.get() {
        Stage::Starting => true,
        Stage::Task => {
            attempt.task.with(|task| task.as_ref().is_some_and(|task| task.phase != TaskPhase::Finished))
                && attempt.problem.with(Option::is_none)
        }
        Stage::Idle | Stage::Blocked => false,
    };
    let first = move || {
        if back.get() {
            Way::Popup
        } else if by_browser.get() {
            Way::Paste
        } else {
            Way::Device
        }
    };
    view! {
        <Show when=move || !busy()>
            <p>"An administrator signs in at Microsoft once and accepts what is asked for. Runs then need nobody. A Cloud \
                Application Administrator may consent."
                <Show when=usage>" Usage reports need the role Reports Reader as well; an eligible role that is not \
                    active is not enough."</Show></p>
            <Show
                when=move || back.get() || others()
                fallback=|| view! {
                    <p class="soft">"This organization allows only sign-ins in the browser, and with this redirect \
                        address the browser does not come back here. Choose Authorization Code with a redirect address \
                        of this beacon."</p>
                }
            >
                <div class="bar">
                    <button class="primary" type="button" on:click=move |_| attempt.start(first())>
                        <Icon name="key"/>"Generate…"
                    </button>
                </div>
            </Show>
            <details>
                <summary>"Other ways"</summary>
                <ul class="ways">
                    <Show when=move || back.get()>
                        <li>
                            <button type="button" on:click=move |_| attempt.start(Way::WholeWindow)>"In this window"</button>
                            <span>"Where popups are blocked. You come back here by yourself."</span>
                        </li>
                    </Show>
                    <Show when=move || back.get() && others()>
                        <li>
                            <button type="button" on:click=move |_| attempt.start(Way::Paste)>"Paste the address"</button>
                            <span>"Where the browser does not come back: on another machine, or with another redirect address."</span>
                        </li>
                    </Show>
                    <Show when=move || by_browser.get() && others()>
                        <li>
                            <button type="button" on:click=move |_| attempt.start(Way::Device)>"With a code"</button>
                            <span>"On another device. Many organizations block it; the last way."</span>
                        </li>
                    </Show>
                    <Show when=move || back.get()><li><SendLink attempt/></li></Show>
                </ul>
            </details>
        </Show>
    }
}
