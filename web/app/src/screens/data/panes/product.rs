//! Everything about one product.

use super::Holders;
use crate::api;
use crate::kit::{UseChart, counted, counted_signed};
use crate::loading::{load, shown};
use beacon_api::{ProductPane, Seats};
use leptos::prelude::*;

#[component]
pub(super) fn Product(address: String, connection: String, sku: String) -> impl IntoView {
    let product = load(move || {
        let address = address.clone();
        async move { api::get::<ProductPane>(&address).await }
    });
    shown(product, move |product| {
        view! { <ProductFacts product connection=connection.clone() sku=sku.clone()/> }
    })
}

#[component]
fn ProductFacts(product: ProductPane, connection: String, sku: String) -> impl IntoView {
    let Seats { enabled, warning, suspended, locked_out, consumed } = product.seats;
    let seats = [
        ("Enabled", enabled),
        ("In grace period", warning),
        ("Suspended", suspended),
        ("Locked out", locked_out),
        ("Assigned, as the admin centre counts", consumed),
    ];
    let seats = seats.map(|(label, seats)| view! { <dt>{label}</dt><dd>{counted_signed(seats)}</dd> });
    let count = product.plans.len();
    let plans = product.plans.into_iter().map(|plan| {
        let of = plan.application_name.map(|name| format!(" ({name})")).unwrap_or_default();
        view! { <li>{plan.plan_name}<span class="soft">{of}</span></li> }
    });
    let subscriptions = product.subscriptions.into_iter().map(|text| view! { <li>{text}</li> });
    let has_uses = !product.uses.is_empty();
    view! {
        <h2>{product.product_name}</h2>
        <p class="soft mono">{product.part_number.unwrap_or_default()}</p>
        <dl class="facts">
            {seats.collect_view()}
            <dt>"People here"</dt><dd>{counted(product.people)}</dd>
        </dl>
        <Holders connection sku/>
        {has_uses.then(|| view! {
            <h3>"Use by the people who hold it"</h3>
            <UseChart applications=product.uses/>
        })}
        <h3>"Subscriptions"</h3>
        <ul>{subscriptions.collect_view()}</ul>
        <details><summary>{format!("Service plans ({count})")}</summary><ul>{plans.collect_view()}</ul></details>
    }
}
