//! A sign-in that is over: kept, or why not and what to do now.

use super::attempt::{Attempt, Stage, Way};
use super::kept::Kept;
use super::link::SendLink;
use super::microsoft_says::MicrosoftSays;
use crate::kit::{Notice, ProblemNotice, Tone};
use beacon_api::TaskState;
use leptos::prelude::*;
use leptos_router::components::A;

/// What is offered beside trying again, by the code of what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    Nothing,
    /// Somebody else has to accept.
    SendLink,
    /// The other tenant wants a connection of its own.
    NewConnection,
    /// Nobody came back: Microsoft's page says why.
    MicrosoftSays,
    /// The browser does not come back with this redirect address.
    Paste,
}

fn offer(code: &str) -> Offer {
    match code {
        "entra.access_denied"
        | "entra.consent_required"
        | "aadsts.65001"
        | "aadsts.65004"
        | "aadsts.90008"
        | "aadsts.90093"
        | "aadsts.90094"
        | "aadsts.90095" => Offer::SendLink,
        "entra.wrong_tenant" | "microsoft_365.other_tenant" => Offer::NewConnection,
        "entra.timed_out" | "entra.device_code_expired" | "entra.unknown" => Offer::MicrosoftSays,
        "entra.cannot_start" => Offer::Paste,
        _ => Offer::Nothing,
    }
}

#[component]
pub(super) fn Finished(attempt: Attempt, task: TaskState) -> impl IntoView {
    if task.kept {
        return view! { <Kept attempt task/> }.into_any();
    }
    let Some(problem) = task.problem else {
        return view! {
            <Notice tone=Tone::Warning title="This sign-in was given up">
                <p>"A newer one took its place, or somebody discarded it. Nothing was kept."</p>
            </Notice>
        }
        .into_any();
    };
    let offer = offer(&problem.code);
    // Whoever signed in before would be taken again in a popup that was left; the way itself stays.
    let way = attempt.way.get_untracked();
    let again = way.map(|way| {
        view! { <button type="button" class="primary" on:click=move |_| attempt.start(way)>"Try again"</button> }
    });
    let dismiss = move |_| {
        attempt.task.set(None);
        attempt.stage.set(Stage::Idle);
    };
    let more = match offer {
        Offer::Nothing => ().into_any(),
        Offer::SendLink => view! { <div class="ways"><SendLink attempt/></div> }.into_any(),
        Offer::NewConnection => {
            view! { <p>"The other tenant can have its own: "<A href="/connections">"add a connection"</A>"."</p> }
                .into_any()
        }
        Offer::MicrosoftSays => view! { <MicrosoftSays open=true/> }.into_any(),
        Offer::Paste => view! {
            <div class="bar">
                <button type="button" on:click=move |_| attempt.start(Way::Paste)>"Paste the address instead"</button>
            </div>
        }
        .into_any(),
    };
    view! {
        <ProblemNotice problem/>
        <p>"Nothing was kept."</p>
        {more}
        <div class="bar">{again}<button type="button" on:click=dismiss>"Close"</button></div>
    }
    .into_any()
}
