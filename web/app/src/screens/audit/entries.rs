//! The entries of a page, and the way to older ones.

use super::details::Details;
use super::question::Question;
use crate::kit::{Moment, Status};
use beacon_api::{AuditEntry, AuditPage};
use leptos::prelude::*;

#[component]
pub(super) fn Entries(page: AuditPage, question: RwSignal<Question>) -> impl IntoView {
    let AuditPage { entries, next, .. } = page;
    let is_first = question.with_untracked(|question| question.before.is_none());
    let count = entries.len();
    let said = match (count, is_first) {
        (0, _) => "No entry.".to_owned(),
        (1, true) => "The newest entry.".to_owned(),
        (_, true) => format!("The newest {count} entries."),
        (_, false) => format!("{count} older entries."),
    };
    let to = move |before: Option<u64>| question.update(|question| question.before = before);
    view! {
        <p role="status" class="soft">{said}</p>
        {(count > 0).then(|| view! { <Table entries/> })}
        <div class="bar">
            {(!is_first).then(|| view! { <button type="button" on:click=move |_| to(None)>"Newest"</button> })}
            {next.map(|next| view! { <button type="button" on:click=move |_| to(Some(next))>"Older"</button> })}
        </div>
    }
}

#[component]
fn Table(entries: Vec<AuditEntry>) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Entries">
            <table class="reflow">
                <thead>
                    <tr>
                        <th scope="col" class="number">"Number"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"To what"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"More"</th>
                    </tr>
                </thead>
                <tbody>{entries.into_iter().map(|entry| view! { <Line entry/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(entry: AuditEntry) -> impl IntoView {
    let way = match entry.way.as_str() {
        "page" => "page",
        "command_line" => "command line",
        "beacon" => "by itself",
        _ => "",
    };
    let whence = entry
        .client
        .clone()
        .filter(|_| !entry.erased)
        .map_or_else(|| way.to_owned(), |client| format!("{way}, {client}"));
    let outcome = match entry.outcome.as_str() {
        "done" => Some(("check", "good", "Done")),
        "failed" => Some(("cross", "bad", "Failed")),
        "refused" => Some(("warning", "warning", "Refused")),
        _ => None,
    };
    let subject = if entry.erased { "erased".to_owned() } else { entry.subject_name.clone() };
    let kind = if entry.erased { String::new() } else { entry.subject_kind.clone() };
    view! {
        <tr>
            <td data-label="Number" class="number">{entry.number}</td>
            <td data-label="When"><Moment at=entry.at.clone()/></td>
            <th scope="row" data-label="Who"><div>{entry.who.clone()}<div class="soft">{whence}</div></div></th>
            <td data-label="What"><div>{entry.words.clone()}<div class="soft mono">{entry.action.clone()}</div></div></td>
            <td data-label="To what"><div>{subject}<div class="soft">{kind}</div></div></td>
            <td data-label="Outcome">{outcome.map(|(icon, tone, word)| view! { <Status icon tone word/> })}</td>
            <td data-label="More"><Details entry/></td>
        </tr>
    }
}
