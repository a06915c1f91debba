//! "What does Microsoft's page say?": some errors never lead back, and only the person in front of the page can tell.

use beacon_entra::SignInNumber;
use leptos::prelude::*;

/// Microsoft's own page about a number.
const ABOUT: &str = "https://login.microsoftonline.com/error?code=";

/// `open` where nothing else is known yet; elsewhere it is folded away.
#[component]
pub(super) fn MicrosoftSays(#[prop(into)] open: Signal<bool>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let meaning = move || {
        let text = text.get();
        if text.trim().is_empty() {
            return ().into_any();
        }
        let Some(number) = SignInNumber::found_in(&text) else {
            return view! { <p>"There is no number in it. It follows the letters AADSTS and has five to seven digits."</p> }
                .into_any();
        };
        let about = format!("{ABOUT}{}", number.0);
        let about = view! {
            <a href=about target="_blank" rel="noreferrer">{format!("AADSTS{} at Microsoft", number.0)}</a>
        };
        match number.meaning() {
            Some((title, advice)) => {
                view! { <p><strong>{title}</strong>" "{advice}</p><p class="soft">{about}</p> }.into_any()
            }
            None => view! { <p>"This number is not known here. Look it up: "{about}"."</p> }.into_any(),
        }
    };
    view! {
        <details open=open>
            <summary>"What does Microsoft's page say?"</summary>
            <div class="field">
                <label for="microsoft-says">"Its text, or the number after AADSTS"</label>
                <input id="microsoft-says" spellcheck="false" autocomplete="off" placeholder="AADSTS…" bind:value=text/>
                <div class="stack" role="status">{meaning}</div>
            </div>
        </details>
    }
}
