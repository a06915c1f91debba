//! What was checked, as a list: each with its outcome and, unless all is well, the next step.

use crate::kit::Status;
use beacon_api::{Check, CheckVerdict};
use leptos::prelude::*;

#[component]
pub(crate) fn Findings(checks: Vec<Check>) -> impl IntoView {
    let lines = checks.into_iter().map(|check| {
        let (icon, tone, word) = match check.verdict {
            CheckVerdict::Pass => ("check", "good", "Pass"),
            CheckVerdict::Warning => ("warning", "warning", "Warning"),
            CheckVerdict::Fail => ("cross", "bad", "Fail"),
        };
        let advice = (check.verdict != CheckVerdict::Pass && !check.advice.is_empty())
            .then(|| view! { <span class="soft">" "{check.advice.clone()}</span> });
        view! { <li><Status icon=icon tone=tone word=word/><span>{check.title.clone()}{advice}</span></li> }
    });
    view! { <ul class="findings">{lines.collect_view()}</ul> }
}
