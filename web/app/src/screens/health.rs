//! *Health*: how all connections stand, the worst first, since when, why, and what to do.

mod group;
mod next_step;

use super::narrowing::{NarrowBar, Narrowed};
use crate::api;
use crate::happenings::happenings;
use crate::kit::Problems;
use crate::loading::{load, shown};
use beacon_api::{HealthReport, Problem, paths};
use group::Group;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(crate) fn HealthScreen() -> impl IntoView {
    let happenings = happenings();
    let narrowed = Narrowed::new("/health");
    let report = load(move || {
        happenings.connections.track();
        let path = narrowed.list(paths::HEALTH);
        async move { api::get::<HealthReport>(&path).await }
    });
    let problem = RwSignal::new(None::<Problem>);
    view! {
        <div class="bar"><h1>"Health"</h1></div>
        <NarrowBar narrowed/>
        <Problems problem=problem/>
        {shown(report, move |report| {
            if report.connections.is_empty() && narrowed.is_narrowed() {
                return view! { <p>"No connection fits."</p> }.into_any();
            }
            if report.connections.is_empty() {
                return view! { <Empty/> }.into_any();
            }
            let groups = report.counts.into_iter().map(|count| {
                let of_state = report.connections.iter().filter(|one| one.state == count.state).cloned().collect();
                view! { <Group state=count.state connections=of_state problem/> }
            });
            view! { <div class="stack">{groups.collect_view()}</div> }.into_any()
        })}
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="card narrow">
            <h2>"Nothing is connected yet"</h2>
            <p>"How each connection stands, since when and what to do appears here."</p>
            <p class="soft">"Connections are under "<A href="/connections">"Inventory Systems"</A>"."</p>
        </div>
    }
}
