//! Badges: an icon, a word, and only then a colour.

use super::Icon;
use beacon_api::{ConsentState, Health, RunStatus};
use leptos::prelude::*;

/// A word with its icon. `tone` is one of `good`, `warning`, `bad`, `busy`, or empty.
#[component]
pub(crate) fn Status(icon: &'static str, tone: &'static str, #[prop(into)] word: String) -> impl IntoView {
    view! { <span class=format!("status {tone}")><Icon name=icon/>{word}</span> }
}

/// How a connection stands.
#[component]
pub(crate) fn HealthStatus(health: Health) -> impl IntoView {
    let (icon, tone, word) = match health {
        Health::NeedsConsent => ("key", "bad", "Needs consent"),
        Health::Failing => ("cross", "bad", "Failing"),
        Health::Degraded => ("warning", "warning", "Degraded"),
        Health::NeverRan => ("none", "", "Never ran"),
        Health::Healthy => ("check", "good", "Healthy"),
        Health::Paused => ("clock", "", "Paused"),
        Health::Disabled => ("stop", "", "Disabled"),
    };
    view! { <Status icon=icon tone=tone word=word/> }
}

/// What a state of the consent board is called.
pub(crate) const fn consent_word(state: ConsentState) -> &'static str {
    match state {
        ConsentState::NoLink => "No link yet",
        ConsentState::LinkMade => "Link made",
        ConsentState::Opened => "Opened",
        ConsentState::SigningIn => "Sign-in started",
        ConsentState::Granted => "Granted, waits for confirmation",
        ConsentState::Confirmed => "Confirmed",
        ConsentState::Refused => "Refused",
        ConsentState::Unfinished => "Not finished",
        ConsentState::Expired => "Expired",
        ConsentState::Withdrawn => "Withdrawn",
    }
}

/// Where a consent stands.
#[component]
pub(crate) fn ConsentStatus(state: ConsentState) -> impl IntoView {
    let (icon, tone) = match state {
        ConsentState::NoLink => ("none", ""),
        ConsentState::LinkMade => ("copy", ""),
        ConsentState::Opened => ("search", ""),
        ConsentState::SigningIn => ("run", "busy"),
        ConsentState::Granted => ("key", "warning"),
        ConsentState::Confirmed => ("check", "good"),
        ConsentState::Refused => ("cross", "bad"),
        ConsentState::Unfinished => ("warning", "warning"),
        ConsentState::Expired => ("clock", "warning"),
        ConsentState::Withdrawn => ("stop", ""),
    };
    view! { <Status icon=icon tone=tone word=consent_word(state)/> }
}

/// How a run stands.
#[component]
pub(crate) fn RunStatusBadge(status: RunStatus) -> impl IntoView {
    let (icon, tone, word) = match status {
        RunStatus::Running => ("run", "busy", "Running"),
        RunStatus::Complete => ("check", "good", "Complete"),
        RunStatus::Partial => ("warning", "warning", "Not complete"),
        RunStatus::ConsentNeeded => ("key", "bad", "Consent needed"),
        RunStatus::Settings => ("cross", "bad", "Settings"),
        RunStatus::Failed => ("cross", "bad", "Failed"),
        RunStatus::Cancelled => ("stop", "", "Cancelled"),
        RunStatus::ModuleFault => ("cross", "bad", "Module fault"),
    };
    view! { <Status icon=icon tone=tone word=word/> }
}
