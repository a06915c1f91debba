//! Pasting the address that Microsoft's sign-in page led to: for the redirect address of native applications.

use crate::api;
use crate::kit::{CopyButton, Problems};
use beacon_api::{Pasted, PastedAddress, Problem, TaskState, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

const fn hint(pasted: Pasted) -> &'static str {
    match pasted {
        Pasted::Nothing => "",
        Pasted::Answer => "That is the right address.",
        Pasted::Refusal => "Microsoft refused; send it, and you are told what it means.",
        Pasted::BareCode => {
            "That is only the code. Copy the whole address: its state proves that it belongs to this sign-in."
        }
        Pasted::SignInPage => {
            "That is the address of the sign-in page. Accept there first, then copy the address that follows."
        }
        Pasted::Other => "That is no answer of Microsoft's page. It begins with the redirect URI and has code= in it.",
    }
}

#[component]
pub(super) fn Paste(task: TaskState) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let (problem, busy) = (RwSignal::new(None::<Problem>), RwSignal::new(false));
    let pasted = move || text.with(|text| Pasted::of(text));
    let path = StoredValue::new(paths::with(paths::TASK_ANSWER, &task.id));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        let given = PastedAddress { address: text.get_untracked() };
        spawn_local(async move {
            problem.set(api::post::<()>(&path.get_value(), &given).await.err());
            busy.set(false);
            text.set(String::new());
        });
    };
    let address = StoredValue::new(task.sign_in_address.clone().unwrap_or_default());
    let redirect = task.redirect_uri.clone().unwrap_or_default();
    view! {
        <ol class="stack">
            <li>
                <a href=address.get_value() target="_blank" rel="noreferrer">"Open Microsoft's sign-in page"</a>", sign in and accept. "
                <CopyButton text=Signal::derive(move || address.get_value()) label="Copy its address"/>
            </li>
            <li>
                "An empty page follows. Copy the whole address from the address bar; it begins with "<code>{redirect}</code>":"
                <svg viewBox="0 0 420 64" role="img" aria-label="A browser window: the address bar at the top holds the address to copy" width="420" height="64">
                    <rect x="1" y="1" width="418" height="62" rx="8" fill="none" stroke="currentColor"/>
                    <circle cx="18" cy="18" r="4" fill="currentColor"/><circle cx="34" cy="18" r="4" fill="currentColor"/>
                    <rect x="52" y="8" width="356" height="20" rx="10" fill="none" stroke="currentColor" stroke-width="2"/>
                    <text x="64" y="22" font-size="11" fill="currentColor">"https://…/nativeclient?code=1.AX…&state=…"</text>
                    <path d="M230 54 V34 M224 40 L230 33 L236 40" fill="none" stroke="currentColor" stroke-width="2"/>
                    <text x="246" y="52" font-size="11" fill="currentColor">"all of it"</text>
                </svg>
            </li>
        </ol>
        <form class="stack" on:submit=submit>
            <div class="field">
                <label for="pasted">"The address"</label>
                <textarea id="pasted" spellcheck="false" autocomplete="off" aria-describedby="pasted-hint" bind:value=text></textarea>
                <p class="help" id="pasted-hint" role="status">{move || hint(pasted())}</p>
            </div>
            <Problems problem=problem/>
            <div class="bar">
                <button
                    class="primary" type="submit"
                    disabled=move || busy.get() || !matches!(pasted(), Pasted::Answer | Pasted::Refusal)
                >
                    "Send"
                </button>
            </div>
        </form>
    }
}
