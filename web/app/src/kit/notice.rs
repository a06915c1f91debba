//! Messages to the person: what is, and what to do.

use super::Icon;
use beacon_api::{Problem, ProblemKind};
use leptos::prelude::*;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Information,
    Good,
    Warning,
    Bad,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Information => "notice",
            Self::Good => "notice good",
            Self::Warning => "notice warning",
            Self::Bad => "notice bad",
        }
    }

    pub(crate) const fn icon(self) -> &'static str {
        match self {
            Self::Information => "info",
            Self::Good => "check",
            Self::Warning => "warning",
            Self::Bad => "cross",
        }
    }
}

/// A message with a heading.
#[component]
pub(crate) fn Notice(tone: Tone, #[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class=tone.class()>
            <Icon name=tone.icon()/>
            <div class="body"><strong>{title}</strong>{children()}</div>
        </div>
    }
}

/// A problem in its own words: title, next step, and the details folded away.
#[component]
pub(crate) fn ProblemNotice(problem: Problem) -> impl IntoView {
    let tone = match problem.kind {
        ProblemKind::Retry | ProblemKind::Consent => Tone::Warning,
        _ => Tone::Bad,
    };
    let details = [problem.detail, vec![format!("Code: {}", problem.code)]].concat().join("\n");
    view! {
        <Notice tone=tone title=problem.title>
            <p>{problem.advice}</p>
            <details>
                <summary>"Details for support"</summary>
                <pre tabindex="0">{details}</pre>
            </details>
        </Notice>
    }
}

/// A place where a problem may appear; a screen reader says it at once.
#[component]
pub(crate) fn Problems(#[prop(into)] problem: Signal<Option<Problem>>) -> impl IntoView {
    view! {
        <div role="alert">{move || problem.get().map(|problem| view! { <ProblemNotice problem=problem/> })}</div>
    }
}
