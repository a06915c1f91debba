//! How many connections are in which state, in front of everything else.

use super::HealthStatus;
use crate::api;
use crate::happenings::happenings;
use crate::loading::load;
use beacon_api::{HealthCount, paths};
use leptos::prelude::*;
use leptos_router::components::A;

/// A line of badges that leads to the health screen; nothing as long as there is no connection.
#[component]
pub(crate) fn HealthCounts() -> impl IntoView {
    let happenings = happenings();
    let counts = load(move || {
        happenings.connections.track();
        async move { api::get::<Vec<HealthCount>>(paths::HEALTH_COUNTS).await }
    });
    move || {
        let counts = counts.get().ready().filter(|counts| !counts.is_empty())?;
        let badges =
            counts.into_iter().map(|count| view! { <li><HealthStatus health=count.state/>" "{count.count}</li> });
        let badges = badges.collect_view();
        Some(view! {
            <div class="bar">
                <ul class="chips" aria-label="Connections by their state">{badges}</ul>
                <A href="/health">"Health of all connections"</A>
            </div>
        })
    }
}
