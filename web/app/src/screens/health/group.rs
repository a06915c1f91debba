//! The connections of one state.

use super::next_step::NextStep;
use crate::kit::{HealthStatus, Labels, Moment};
use beacon_api::{ConnectionHealth, Health, Problem};
use leptos::prelude::*;

#[component]
pub(super) fn Group(
    state: Health,
    connections: Vec<ConnectionHealth>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let title = format!("health-{state:?}");
    let labelled = title.clone();
    let count = connections.len();
    let lines = connections.into_iter().map(|one| view! { <Line one problem/> }).collect_view();
    view! {
        <section class="card" aria-labelledby=labelled>
            <h2 id=title><HealthStatus health=state/>" "{count}</h2>
            <div class="scroll">
                <table class="reflow">
                    <thead>
                        <tr>
                            <th scope="col">"Connection Name"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col">"Why, and what to do"</th>
                            <th scope="col"><span class="visually-hidden">"Next step"</span></th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Line(one: ConnectionHealth, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let next_step = (!one.next_step.is_empty()).then(|| view! { <p class="soft">{one.next_step.clone()}</p> });
    view! {
        <tr>
            <th scope="row">{one.name.clone()}<Labels labels=one.labels.clone()/></th>
            <td data-label="Since"><Moment at=one.since.clone()/></td>
            <td data-label="Why, and what to do" title=one.code.clone()>{one.title.clone()}{next_step}</td>
            <td class="actions"><NextStep one problem/></td>
        </tr>
    }
}
