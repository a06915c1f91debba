//! The figures in front of everything else.

use super::expiry::ExpiryNotices;
use crate::api;
use crate::happenings::happenings;
use crate::kit::{ConnectionChoice, DataNotices, HealthCounts, Moment, UseChart, counted, counted_signed};
use crate::loading::{load, shown};
use beacon_api::{Overview, Totals, paths};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(crate) fn OverviewScreen() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let happenings = happenings();
    let overview = load(move || {
        happenings.data.track();
        let connection = chosen.get();
        let query = if connection.is_empty() { String::new() } else { format!("?connection={connection}") };
        async move { api::get::<Overview>(&format!("{}{query}", paths::OVERVIEW)).await }
    });
    view! {
            <div class="bar"><h1>"Overview"</h1><span class="grow"></span><ConnectionChoice chosen choose=move |id| chosen.set(id)/></div>
            <HealthCounts/>
            <ExpiryNotices/>
            {shown(overview, move |ready| match ready {
                overview if overview.connections == 0 => view! { <Empty/> }.into_any(),
                overview => view! { <Figures overview/> }.into_any(),
    })}
        }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="card narrow">
            <h2>"Nothing was imported yet"</h2>
            <p>"Connect a tenant, sign in once, and execute: people, applications, licences and usage appear here."</p>
            <div class="bar"><A href="/connections" attr:class="button primary">"To the connections"</A></div>
        </div>
    }
}

#[component]
fn Figures(overview: Overview) -> impl IntoView {
    let Totals { users, enabled_users, licensed_users, products, seats, assigned, applications } = overview.totals;
    let tiles = [
        ("Users", counted(users)),
        ("Enabled", counted(enabled_users)),
        ("With a licence", counted(licensed_users)),
        ("Products", counted(products)),
        ("Seats", counted_signed(seats)),
        ("Assigned", counted_signed(assigned)),
        ("Applications", counted(applications)),
    ];
    let tiles = tiles.map(|(label, value)| view! { <div class="tile"><dt>{label}</dt><dd>{value}</dd></div> });
    let products = overview.products.into_iter().map(|(_, name, seats)| {
        let available = seats.enabled.saturating_add(seats.warning);
        view! {
            <tr>
                <th scope="row" data-label="Product">{name}</th>
                <td class="number" data-label="Seats">{counted_signed(available)}</td>
                <td class="number" data-label="Assigned">{counted_signed(seats.consumed)}</td>
                <td class="number" data-label="Free">{counted_signed(available.saturating_sub(seats.consumed))}</td>
            </tr>
        }
    });
    let products = products.collect_view();
    view! {
        <dl class="tiles">{tiles.collect_view()}</dl>
        {overview.oldest_import_at.map(|at| view! { <p class="soft">"Imported "<Moment at=at/></p> })}
        <DataNotices notices=overview.notices/>
        <section class="card" aria-labelledby="use-title">
            <h2 id="use-title">"Applications by use within 90 days"</h2>
            <UseChart applications=overview.uses/>
        </section>
        <section class="card" aria-labelledby="seats-title">
            <h2 id="seats-title">"Products with the most assigned seats"</h2>
            <div class="scroll">
                <table class="reflow">
                    <thead><tr><th scope="col">"Product"</th><th scope="col" class="number">"Seats"</th>
                        <th scope="col" class="number">"Assigned"</th><th scope="col" class="number">"Free"</th></tr></thead>
                    <tbody>{products}</tbody>
                </table>
            </div>
        </section>
    }
}
