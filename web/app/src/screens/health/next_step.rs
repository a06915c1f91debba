//! What can be done about a connection: the next step as a link or a button, and holding it or letting it go.

use crate::api;
use crate::kit::Icon;
use crate::screens::execute::ExecuteNow;
use crate::session::session;
use beacon_api::{ConnectionHealth, ConnectionHold, Health, HealthAction, HoldChoice, Problem, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

#[component]
pub(super) fn NextStep(one: ConnectionHealth, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let name = one.name.clone();
    let dialog = format!("/connections/{}", one.connection);
    let link = |to: String, icon: &'static str, word: &'static str| {
        let label = format!("{word}: {name}");
        view! { <A href=to attr:class="button" attr:aria-label=label><Icon name=icon/>{word}</A> }.into_any()
    };
    // Readers look; what changes something is for administrators.
    if !session().is_administrator() {
        return match (one.action, one.run.clone()) {
            (HealthAction::LookAtRun, Some(run)) => link(format!("/runs/{run}"), "search", "Look at the run"),
            _ => ().into_any(),
        };
    }
    let step = match one.action {
        HealthAction::None | HealthAction::Resume => ().into_any(),
        HealthAction::Delivery => link("/destinations".to_owned(), "out", "Destinations"),
        HealthAction::Consent => link(dialog, "key", "Consent…"),
        HealthAction::Edit => link(dialog, "edit", "Edit…"),
        HealthAction::LookAtRun => {
            let to = one.run.clone().map_or(dialog, |run| format!("/runs/{run}"));
            link(to, "search", "Look at the run")
        }
        HealthAction::Execute => {
            view! { <ExecuteNow connection=one.connection.clone() name=one.name.clone() problem/> }.into_any()
        }
        HealthAction::Schedule => link("/schedules".to_owned(), "clock", "Schedules"),
    };
    let holding = if matches!(one.state, Health::Paused | Health::Disabled) {
        view! { <Hold one hold=ConnectionHold::None icon="run" word="Resume" problem/> }.into_any()
    } else {
        view! {
            <Hold one=one.clone() hold=ConnectionHold::Paused icon="stop" word="Pause" problem/>
            <Hold one hold=ConnectionHold::Disabled icon="cross" word="Disable" problem/>
        }
        .into_any()
    };
    view! { {step}{holding} }.into_any()
}

/// Takes effect at once: it is undone by the button that stands there afterwards.
#[component]
fn Hold(
    one: ConnectionHealth,
    hold: ConnectionHold,
    icon: &'static str,
    word: &'static str,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let path = paths::with(paths::CONNECTION_HOLD, &one.connection);
    let press = move |_| {
        let path = path.clone();
        spawn_local(async move {
            let held = api::put::<ConnectionHealth>(&path, &HoldChoice { hold }).await;
            problem.set(held.err());
        });
    };
    view! {
        <button type="button" class="quiet" aria-label=format!("{word} {}", one.name) on:click=press>
            <Icon name=icon/>{word}
        </button>
    }
}
