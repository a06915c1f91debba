//! The connections of one state.

use super::Board;
use super::actions::Actions;
use super::history::History;
use crate::kit::{ConsentStatus, Moment};
use crate::screens::bulk::Choose;
use crate::session::session;
use beacon_api::{ConsentRow, ConsentState, InvitationFacts};
use leptos::prelude::*;

/// Whether there is no link, or one of which nothing comes any more.
pub(super) const fn is_without_link(state: ConsentState) -> bool {
    matches!(
        state,
        ConsentState::NoLink
            | ConsentState::Refused
            | ConsentState::Unfinished
            | ConsentState::Expired
            | ConsentState::Withdrawn
    )
}

/// What making a link is called in a state; none where it is of no use.
pub(super) const fn invitation_word(state: ConsentState) -> Option<&'static str> {
    match state {
        ConsentState::LinkMade | ConsentState::Opened => Some("Renew the link"),
        other if is_without_link(other) => Some("Make a link"),
        _ => None,
    }
}

#[component]
pub(super) fn Group(state: ConsentState, rows: Vec<ConsentRow>, board: Board) -> impl IntoView {
    let title = format!("consents-{state:?}");
    let labelled = title.clone();
    let count = rows.len();
    let choosing = session().is_administrator() && invitation_word(state).is_some();
    let lines = rows.into_iter().map(|row| view! { <Line row choosing board/> }).collect_view();
    view! {
        <section class="card" aria-labelledby=labelled>
            <h2 id=title><ConsentStatus state=state/>" "{count}</h2>
            <div class="scroll">
                <table class="reflow">
                    <thead>
                        <tr>
                            {choosing.then(|| view! { <th scope="col"><span class="visually-hidden">"Choose"</span></th> })}
                            <th scope="col">"Connection Name"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col">"What is, and what to do"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Line(row: ConsentRow, choosing: bool, board: Board) -> impl IntoView {
    let choice = choosing.then(|| {
        view! { <td data-label="Choose"><Choose chosen=board.chosen id=row.connection.clone() name=row.name.clone()/></td> }
    });
    // Of a consent that does not hold any more the board tells nothing.
    let facts = row.invitation.clone().filter(|_| row.state != ConsentState::NoLink);
    let since = facts.as_ref().and_then(|facts| facts.changes.last()).map(|change| change.at.clone());
    let since = since.map(|at| view! { <Moment at/> });
    view! {
        <tr>
            {choice}
            <th scope="row">{row.name.clone()}</th>
            <td data-label="Since">{since}</td>
            <td data-label="What is"><What row=row.clone() facts/></td>
            <td class="actions"><Actions row board/></td>
        </tr>
    }
}

/// Why it stands so, what to do, and how it came to it.
#[component]
fn What(row: ConsentRow, facts: Option<InvitationFacts>) -> impl IntoView {
    let why = row.problem.clone().map(|problem| {
        let detail = (!problem.detail.is_empty()).then(|| {
            let detail = problem.detail.join("\n");
            view! {
                <details>
                    <summary>"Details for support"</summary>
                    <pre tabindex="0">{detail}</pre>
                </details>
            }
        });
        view! { <p title=problem.code>{problem.title}</p>{detail} }
    });
    let good = matches!(row.state, ConsentState::LinkMade | ConsentState::Opened);
    let until = facts.clone().filter(|_| good).map(|facts| {
        view! { <p>"Good until "<Moment at=facts.ends_at/>"."</p> }
    });
    let next_step = (!row.next_step.is_empty()).then(|| view! { <p class="soft">{row.next_step.clone()}</p> });
    let history = facts.map(|facts| view! { <History name=row.name.clone() facts/> });
    view! { <div>{why}{until}{next_step}{history}</div> }
}
