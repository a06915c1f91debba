//! Whose consent it is. Nothing is kept before somebody has said that it is the right one.

use super::attempt::{Attempt, Stage};
use crate::api;
use crate::kit::{Notice, ProblemNotice, Tone};
use crate::screens::findings::Findings;
use beacon_api::{Problem, TaskState, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Confirm(attempt: Attempt, task: TaskState) -> impl IntoView {
    let id = StoredValue::new(task.id.clone());
    let foreign = attempt.way.get_untracked().is_none();
    let (second, refused, busy) = (RwSignal::new(false), RwSignal::new(None::<Problem>), RwSignal::new(false));
    let keep = move |_| {
        busy.set(true);
        spawn_local(async move {
            let query = if second.get_untracked() { "?second_connection=true" } else { "" };
            let path = format!("{}{query}", paths::with(paths::TASK_CONFIRM, &id.get_value()));
            match api::post_empty::<TaskState>(&path).await {
                Ok(state) => {
                    attempt.task.set(Some(state));
                    attempt.stage.set(Stage::Task);
                }
                Err(problem) => {
                    refused.set(Some(problem));
                    busy.set(false);
                }
            }
        });
    };
    let consent = task.consent.clone();
    let account = consent.as_ref().and_then(|consent| consent.account.clone());
    let tenant = consent.as_ref().and_then(|consent| consent.tenant_id.clone());
    let scopes = consent.map(|consent| consent.scopes).unwrap_or_default();
    let scopes = scopes.into_iter().map(|scope| view! { <li><code>{scope}</code></li> }).collect_view();
    view! {
        <Notice tone=Tone::Information title="Is this the right account and tenant?">
            {foreign.then(|| view! { <p>"It came from elsewhere, by a link that was sent for example."</p> })}
            <dl class="facts">
                <dt>"Account"</dt><dd>{account.unwrap_or_else(|| "without a name".to_owned())}</dd>
                <dt>"Tenant"</dt><dd>{tenant.unwrap_or_else(|| "unnamed".to_owned())}</dd>
                <dt>"Granted"</dt><dd><ul>{scopes}</ul></dd>
            </dl>
            <p>"Nothing is kept yet."</p>
        </Notice>
        <Findings checks=task.checks/>
        {move || refused.get().map(|problem| {
            let connected = problem.code == "store.tenant_connected";
            view! {
                <ProblemNotice problem/>
                {connected.then(|| view! {
                    <label class="choice">
                        <input type="checkbox" bind:checked=second/>
                        <span>"Yes, a second connection of this tenant is wanted"</span>
                    </label>
                })}
            }
        })}
        <div class="bar">
            <button type="button" class="primary" disabled=busy on:click=keep>"Keep the consent"</button>
            <button type="button" on:click=move |_| attempt.give_up()>"Discard it"</button>
        </div>
    }
}
