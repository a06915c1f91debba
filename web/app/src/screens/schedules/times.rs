//! Next and last times of a schedule.

use crate::kit::{Moment, counted};
use beacon_api::{Occasion, OccasionOutcome};
use leptos::prelude::*;

#[component]
pub(super) fn Times(next: Vec<String>, occasions: Vec<Occasion>) -> impl IntoView {
    let next = next.into_iter().map(|at| view! { <li><Moment at/></li> }).collect_view();
    let last = occasions.into_iter().map(|occasion| {
        let became = became(&occasion);
        view! { <li><Moment at=occasion.at/>": "{became}</li> }
    });
    let last = last.collect::<Vec<_>>();
    let last = if last.is_empty() {
        view! { <p class="soft">"None came yet."</p> }.into_any()
    } else {
        view! { <ul>{last}</ul> }.into_any()
    };
    view! {
        <div class="columns">
            <div><h3>"Next times"</h3><ol>{next}</ol></div>
            <div><h3>"Last times"</h3>{last}</div>
        </div>
    }
}

/// What became of a time, in words.
fn became(occasion: &Occasion) -> String {
    let all = |text: &str| match occasion.count {
        0 | 1 => text.to_owned(),
        several => format!("{text}, {} times in all", counted(several)),
    };
    match occasion.outcome {
        OccasionOutcome::Kept if occasion.count > 1 => {
            format!("kept; {} earlier ones were missed", counted(occasion.count - 1))
        }
        OccasionOutcome::Kept => "kept".to_owned(),
        OccasionOutcome::MadeUp => all("missed, made up for"),
        OccasionOutcome::Skipped => all("missed, skipped"),
        OccasionOutcome::ClockSetBack => "the clock was set back; begun anew".to_owned(),
        OccasionOutcome::ByHand => "run by hand".to_owned(),
    }
}
