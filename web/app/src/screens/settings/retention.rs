//! Which packages go by themselves.

use crate::api;
use crate::kit::{Problems, counted};
use crate::loading::{load, shown};
use beacon_api::{Problem, RetentionPreview, RetentionRule, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Retention() -> impl IntoView {
    let known = load(|| async { api::get::<RetentionRule>(paths::RETENTION).await });
    view! {
        <section class="card narrow" aria-labelledby="retention-title">
            <h2 id="retention-title">"Old packages"</h2>
            <p class="soft">"Packages stay until both rules let them go; without a rule all of them stay. Never removed: what a \
                destination still waits for, the newest package of a connection, and its newest complete one."</p>
            {shown(known, move |rule| view! { <Form rule/> })}
        </section>
    }
}

/// What is entered: nothing is no rule, and anything that is no number is told.
fn number(text: &str) -> Result<Option<u32>, ()> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(drop) }
}

#[component]
fn Form(rule: RetentionRule) -> impl IntoView {
    let text = |number: Option<u32>| RwSignal::new(number.map(|number| number.to_string()).unwrap_or_default());
    let (keep, days) = (text(rule.keep), text(rule.days));
    let (problem, said) = (RwSignal::new(None::<Problem>), RwSignal::new(String::new()));
    let entered = move || match (number(&keep.get_untracked()), number(&days.get_untracked())) {
        (Ok(keep), Ok(days)) => Some(RetentionRule { keep, days }),
        _ => {
            said.set("Enter whole numbers, or nothing.".to_owned());
            None
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(rule) = entered() else { return };
        spawn_local(async move {
            let refused = api::put::<()>(paths::RETENTION, &rule).await.err();
            if refused.is_none() {
                said.set("Saved. What may go is removed now, and then every hour.".to_owned());
            }
            problem.set(refused);
        });
    };
    let check = move |_| {
        let Some(rule) = entered() else { return };
        spawn_local(async move {
            match api::post::<RetentionPreview>(paths::RETENTION_CHECK, &rule).await {
                Ok(RetentionPreview { removed, awaited }) => {
                    let later = match awaited {
                        0 => String::new(),
                        awaited => format!(", {} more once destinations have them", counted(awaited)),
                    };
                    said.set(format!("Packages that would go now: {}{later}.", counted(removed)));
                    problem.set(None);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <div class="field">
                <label for="retention-keep">"Keep the newest of each connection (how many; optional)"</label>
                <input id="retention-keep" inputmode="numeric" autocomplete="off" bind:value=keep/>
            </div>
            <div class="field">
                <label for="retention-days">"Keep those that are not older (days; optional)"</label>
                <input id="retention-days" inputmode="numeric" autocomplete="off" bind:value=days/>
            </div>
            <p role="status">{said}</p>
            <Problems problem=problem/>
            <div class="bar">
                <button type="submit" class="primary">"Save the rules"</button>
                <button type="button" on:click=check>"What would go now"</button>
            </div>
        </form>
    }
}
