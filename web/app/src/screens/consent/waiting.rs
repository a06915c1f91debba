//! While somebody is at Microsoft's page: what to do there, and what to do if it does not come to an end.

use super::attempt::{Attempt, Way};
use super::microsoft_says::MicrosoftSays;
use super::paste::Paste;
use crate::kit::{CopyButton, Moment, Notice, Tone};
use beacon_api::{DeviceCodeShown, TaskState};
use leptos::prelude::*;

/// The browser opened no popup; nothing was started.
#[component]
pub(super) fn Blocked(attempt: Attempt) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning title="The browser blocked the sign-in window">
            <p>"Sign in in this window: you come back here by yourself. Or allow popups for this address and choose \
                Generate… again."</p>
            <div class="bar">
                <button type="button" class="primary" on:click=move |_| attempt.start(Way::WholeWindow)>
                    "Sign in in this window"
                </button>
            </div>
        </Notice>
    }
}

#[component]
pub(super) fn Waiting(attempt: Attempt, task: TaskState) -> impl IntoView {
    let address = StoredValue::new(task.sign_in_address.clone().unwrap_or_default());
    let until = task.waits_until.clone();
    let code = task.device_code.clone();
    let way = match (attempt.way.get_untracked(), code) {
        (_, Some(code)) => view! { <Device code/> }.into_any(),
        (Some(Way::Paste), _) => view! { <Paste task/> }.into_any(),
        (Some(Way::WholeWindow), _) => view! {
            <p>"The sign-in in this window has not come to an end."</p>
            <div class="bar"><a class="button primary" href=address.get_value()>"Go on signing in"</a></div>
        }
        .into_any(),
        (Some(_), _) => view! { <InPopup attempt address/> }.into_any(),
        (None, _) => {
            view! { <p>"A sign-in is under way elsewhere, by a link that was sent for example …"</p> }.into_any()
        }
    };
    let ends = until.map(|at| view! { <p class="soft">"The answer is waited for until "<Moment at/>"."</p> });
    view! {
        {way}
        {ends}
        <MicrosoftSays open=attempt.closed/>
        <div class="bar"><button type="button" on:click=move |_| attempt.give_up()>"Give up"</button></div>
    }
}

#[component]
fn InPopup(attempt: Attempt, address: StoredValue<String>) -> impl IntoView {
    view! {
        <Show
            when=move || attempt.closed.get()
            fallback=|| view! { <p>"Sign in in the other window and accept …"</p> }
        >
            <Notice tone=Tone::Warning title="The sign-in window was closed">
                <p>"If you accepted, the answer comes in a moment; if the window is still open, go on there. Otherwise \
                    open it again."</p>
                <div class="bar">
                    <button type="button" class="primary" on:click=move |_| attempt.open_again(&address.get_value())>
                        "Open it again"
                    </button>
                    <button type="button" on:click=move |_| attempt.start(Way::WholeWindow)>"Sign in in this window"</button>
                </div>
            </Notice>
        </Show>
    }
}

#[component]
fn Device(code: DeviceCodeShown) -> impl IntoView {
    let user_code = code.user_code.clone();
    view! {
        <p>"Open "<a href=code.verification_uri.clone() target="_blank" rel="noreferrer">{code.verification_uri.clone()}</a>
            " on any device and enter this code. Only enter codes that you asked for yourself."</p>
        <p class="code">{code.user_code.clone()}</p>
        <div class="bar"><CopyButton text=Signal::derive(move || user_code.clone()) label="Copy the code"/></div>
        <p class="soft">"If Microsoft refuses with AADSTS53003, a policy forbids codes: use another way."</p>
    }
}
