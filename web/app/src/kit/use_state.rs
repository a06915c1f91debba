//! The states of use in words. Only one of them says "never used".

use beacon_api::UseState;
use leptos::prelude::*;

/// Name of a state, short enough for a cell.
pub(crate) const fn use_word(state: UseState) -> &'static str {
    match state {
        UseState::UsedWithin => "Used within the days",
        UseState::UsedBefore => "Used before",
        UseState::UsedUnclear => "Used, date unknown",
        UseState::NeverUsed => "Never used",
        UseState::NoData => "No data",
        UseState::NotAttributable => "Concealed",
        UseState::NotMeasured => "Not measured",
    }
}

/// What it means, and what it does not.
const fn use_meaning(state: UseState) -> &'static str {
    match state {
        UseState::UsedWithin => "The report shows use within the chosen days.",
        UseState::UsedBefore => "The report shows use, but none within the chosen days.",
        UseState::UsedUnclear => "Used, but whether within the chosen days cannot be told.",
        UseState::NeverUsed => "A report covers this person and shows no use over its longest period.",
        UseState::NoData => "The report does not name this person. That does not mean that it is not used.",
        UseState::NotAttributable => "The tenant conceals names in reports, so nobody can be told apart.",
        UseState::NotMeasured => "Microsoft has no report for it. That does not mean that it is not used.",
    }
}

/// Its name in the API and in the stylesheet.
pub(crate) const fn use_name(state: UseState) -> &'static str {
    match state {
        UseState::UsedWithin => "used_within",
        UseState::UsedBefore => "used_before",
        UseState::UsedUnclear => "used_unclear",
        UseState::NeverUsed => "never_used",
        UseState::NoData => "no_data",
        UseState::NotAttributable => "not_attributable",
        UseState::NotMeasured => "not_measured",
    }
}

/// All states, in the order in which they are drawn.
pub(crate) const USE_STATES: [UseState; 7] = [
    UseState::UsedWithin,
    UseState::UsedBefore,
    UseState::UsedUnclear,
    UseState::NeverUsed,
    UseState::NoData,
    UseState::NotAttributable,
    UseState::NotMeasured,
];

/// A state from its name in the API.
pub(crate) fn use_of(name: &str) -> Option<UseState> {
    USE_STATES.into_iter().find(|state| use_name(*state) == name)
}

/// A swatch and a word; the meaning on demand.
#[component]
pub(crate) fn UseMark(state: UseState) -> impl IntoView {
    view! { <span class="use" title=use_meaning(state)><Swatch state/>{use_word(state)}</span> }
}

/// The colour of a state in charts; always beside its word.
#[component]
pub(crate) fn Swatch(state: UseState) -> impl IntoView {
    view! {
        <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
            <rect width="12" height="12" rx="2" class=format!("fill-{}", use_name(state))/>
        </svg>
    }
}

/// All states with their meaning.
#[component]
pub(crate) fn UseMeanings() -> impl IntoView {
    let states = USE_STATES.into_iter().map(|state| {
        view! { <dt><Swatch state/>{use_word(state)}</dt><dd>{use_meaning(state)}</dd> }
    });
    view! {
        <details>
            <summary>"What the states of use mean"</summary>
            <dl class="facts">{states.collect_view()}</dl>
        </details>
    }
}
