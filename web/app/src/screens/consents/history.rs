//! The moment of each change of an invitation.

use crate::kit::{Moment, consent_word};
use beacon_api::InvitationFacts;
use leptos::prelude::*;

#[component]
pub(super) fn History(name: String, facts: InvitationFacts) -> impl IntoView {
    let made_by = facts.made_by.map_or_else(String::new, |account| format!(" by {account}"));
    let changes = facts.changes.into_iter().enumerate().map(|(number, change)| {
        let by = if number == 0 { made_by.clone() } else { String::new() };
        view! { <li>{consent_word(change.state)}{by}": "<Moment at=change.at/></li> }
    });
    let changes = changes.collect_view();
    let opened = facts.opened.map(|opened| match opened.count {
        1 => view! { <li>"The page of the link was shown once: "<Moment at=opened.first/></li> }.into_any(),
        count => view! {
            <li>
                "The page of the link was shown "{count}" times, first "<Moment at=opened.first/>", last "
                <Moment at=opened.last/>
            </li>
        }
        .into_any(),
    });
    view! {
        <details>
            <summary aria-label=format!("History of {name}")>"History"</summary>
            <ul>{changes}{opened}</ul>
        </details>
    }
}
