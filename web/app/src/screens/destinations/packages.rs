//! The last packages of a destination, folded away.

use super::Acting;
use crate::kit::{Icon, Moment, Status, counted};
use crate::session::session;
use beacon_api::{Destination, DestinationPackage, DestinationPackageState};
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(super) fn Packages(destination: Destination, acting: Acting) -> impl IntoView {
    if destination.packages.is_empty() {
        return ().into_any();
    }
    let id = StoredValue::new(destination.id.clone());
    let open = move || acting.unfolded.with(|unfolded| id.with_value(|id| unfolded.contains(id)));
    let details = NodeRef::<html::Details>::new();
    let toggle = move |_| {
        let Some(details) = details.get_untracked() else { return };
        acting.unfolded.update(|unfolded| {
            if details.open() {
                unfolded.insert(id.get_value());
            } else {
                unfolded.remove(&id.get_value());
            }
        });
    };
    let lines = destination.packages.clone().into_iter().map(|package| {
        view! { <Line destination=destination.clone() package acting/> }
    });
    view! {
        <details node_ref=details prop:open=open on:toggle=toggle>
            <summary>"Packages of "{destination.name.clone()}</summary>
            <table class="reflow">
                <thead><tr>
                    <th scope="col">"Import"</th><th scope="col">"State"</th><th scope="col">"Tried"</th>
                    <th scope="col">"When"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th>
                </tr></thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[component]
fn Line(destination: Destination, package: DestinationPackage, acting: Acting) -> impl IntoView {
    let connection = package.connection_name.clone().unwrap_or_else(|| "a removed connection".to_owned());
    let (icon, tone, word) = match (package.state, &package.problem) {
        (DestinationPackageState::Waiting, Some(_)) => ("cross", "bad", "Failed, waits"),
        (DestinationPackageState::Waiting, None) => ("clock", "busy", "Waits"),
        (DestinationPackageState::Delivered, _) => ("check", "good", "Arrived"),
        (DestinationPackageState::GivenUp, _) => ("none", "", "Given up"),
    };
    let why = package.problem.clone().map(|problem| view! { <p class="soft">{problem.title}" "{problem.advice}</p> });
    let when = match (package.settled_at.clone(), package.next_attempt.clone()) {
        (Some(at), _) => view! { <Moment at/> }.into_any(),
        (None, Some(at)) => view! { "next attempt "<Moment at/> }.into_any(),
        (None, None) => ().into_any(),
    };
    let waits = package.state == DestinationPackageState::Waiting && session().is_administrator();
    let label = format!("Give up the package of {connection} for {}", destination.name);
    let (run, tried, at) =
        (format!("/runs/{}", package.run), counted(package.attempts.into()), package.started_at.clone());
    let give_up = move |_| acting.giving_up.set(Some((destination.clone(), package.clone())));
    view! {
        <tr>
            <th scope="row" data-label="Import"><A href=run>{connection}</A>", "<Moment at/></th>
            <td data-label="State"><Status icon tone word/>{why}</td>
            <td data-label="Tried">{tried}</td>
            <td data-label="When">{when}</td>
            <td class="actions">
                {waits.then(|| view! {
                    <button type="button" class="quiet" aria-label=label on:click=give_up>
                        <Icon name="trash"/>"Give up"
                    </button>
                })}
            </td>
        </tr>
    }
}
