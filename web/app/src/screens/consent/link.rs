//! A link for the person who may consent, and has no account here.

use super::attempt::Attempt;
use crate::api;
use crate::kit::{CopyButton, Moment, Problems};
use beacon_api::{ConsentLink, Problem, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

#[component]
pub(super) fn SendLink(attempt: Attempt) -> impl IntoView {
    let (link, problem) = (RwSignal::new(None::<ConsentLink>), RwSignal::new(None::<Problem>));
    let make = move |_| {
        spawn_local(async move {
            let path = paths::with(paths::CONSENT_LINKS, &attempt.connection());
            match api::post_empty::<ConsentLink>(&path).await {
                Ok(made) => {
                    problem.set(None);
                    link.set(Some(made));
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <button type="button" on:click=make>"Link for somebody else"</button>
        <span>"To send to the person who may consent, on a machine that reaches this beacon. You confirm afterwards."</span>
        <Problems problem=problem/>
        {move || link.get().map(|link| {
            let address = link.address.clone();
            view! {
                <div class="stack whole">
                    <pre tabindex="0" aria-label="The link">{link.address.clone()}</pre>
                    <p class="soft">"Good once, until "<Moment at=link.expires_at.clone()/>
                        ". Nothing is kept before you confirm it; "<A href="/consents">"Consents"</A>" tells what becomes \
                         of it, and this dialog says when somebody has used it."</p>
                    <div class="bar"><CopyButton text=Signal::derive(move || address.clone()) label="Copy the link"/></div>
                </div>
            }
        })}
    }
}
