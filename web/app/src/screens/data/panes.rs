//! The pane beside a table: one person, or one product.

use super::query::Asked;
use crate::api;
use crate::kit::{Icon, Moment, Status, UseChart, day_of, use_word};
use crate::loading::{load, shown};
use beacon_api::{PersonPane, ProductPane, View, paths};
use leptos::prelude::*;

#[component]
pub(crate) fn Pane(shown: View, asked: Asked, selected: RwSignal<Option<(String, String)>>) -> impl IntoView {
    let close = move || {
        view! {
            <button type="button" class="quiet" on:click=move |_| selected.set(None)><Icon name="cross"/>"Close"</button>
        }
    };
    view! {
        {move || {
            let (connection, key) = selected.get()?;
            let days = asked.days.get();
            // A row over several connections has no single one to ask.
            let query = format!("?connection={connection}&days={days}");
            let id = key.split('/').next().unwrap_or_default().to_owned();
            if connection.is_empty() {
                return Some(view! {
                    <aside class="pane" aria-label="Details">{close()}<p>"These figures add up several connections. Choose one above for details."</p></aside>
                }.into_any());
            }
            match shown {
                View::Users | View::Usage => {
                    let address = format!("{}{query}", paths::with(paths::PERSON, &id));
                    Some(view! { <aside class="pane" aria-label="Person">{close()}<Person address/></aside> }.into_any())
                }
                View::Licences => {
                    let address = format!("{}{query}", paths::with(paths::PRODUCT, &id));
                    Some(view! { <aside class="pane" aria-label="Product">{close()}<Product address/></aside> }.into_any())
                }
                View::Applications => None,
            }
        }}
    }
}

#[component]
fn Person(address: String) -> impl IntoView {
    let person = load(move || {
        let address = address.clone();
        async move { api::get::<PersonPane>(&address).await }
    });
    view! {
        {shown(person, move |person| view! { <PersonFacts person/> })}
    }
}

#[component]
fn PersonFacts(person: PersonPane) -> impl IntoView {
    let facts = person.facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    let licences = person.licences.into_iter().map(|licence| {
        let error = licence.error.map(|error| view! { <Status icon="cross" tone="bad" word=error/> });
        let free = (!licence.counts_seat).then(|| view! { <Status icon="none" tone="" word="takes no seat"/> });
        view! { <li>{licence.product_name}<span class="soft">" from "{licence.sources.join(", ")}</span>" "{error}{free}</li> }
    });
    let uses = person.uses.into_iter().map(|one| {
        let last = one.last_activity_on.as_deref().map(day_of).unwrap_or_default();
        view! {
            <tr><th scope="row">{one.application_name}</th><td>{use_word(one.state)}</td><td>{last}</td></tr>
        }
    });
    view! {
        <h2>{person.display_name.unwrap_or_else(|| "Without a name".to_owned())}</h2>
        {person.last_sign_in_at.map(|at| view! { <p>"Last successful sign-in: "<Moment at=at/></p> })}
        <dl class="facts">{facts.collect_view()}</dl>
        <h3>"Licences"</h3>
        <ul>{licences.collect_view()}</ul>
        <h3>"Use by application"</h3>
        <table>
            <thead><tr><th scope="col">"Application"</th><th scope="col">"State"</th><th scope="col">"Last activity"</th></tr></thead>
            <tbody>{uses.collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Product(address: String) -> impl IntoView {
    let product = load(move || {
        let address = address.clone();
        async move { api::get::<ProductPane>(&address).await }
    });
    view! {
        {shown(product, move |product| view! { <ProductFacts product/> })}
    }
}

#[component]
fn ProductFacts(product: ProductPane) -> impl IntoView {
    let seats = product.seats;
    let plans = product.plans.into_iter().map(|plan| {
        let of = plan.application_name.map(|name| format!(" ({name})")).unwrap_or_default();
        view! { <li>{plan.plan_name}<span class="soft">{of}</span></li> }
    });
    let subscriptions = product.subscriptions.into_iter().map(|text| view! { <li>{text}</li> });
    view! {
        <h2>{product.product_name}</h2>
        <p class="soft mono">{product.part_number.unwrap_or_default()}</p>
        <dl class="facts">
            <dt>"Enabled"</dt><dd>{seats.enabled}</dd>
            <dt>"Warning"</dt><dd>{seats.warning}</dd>
            <dt>"Suspended"</dt><dd>{seats.suspended}</dd>
            <dt>"Assigned"</dt><dd>{seats.consumed}" as the admin centre counts, "{product.people}" people here"</dd>
        </dl>
        <h3>"Use by the people who hold it"</h3>
        <UseChart applications=product.uses/>
        <h3>"Subscriptions"</h3>
        <ul>{subscriptions.collect_view()}</ul>
        <details><summary>"Service plans"</summary><ul>{plans.collect_view()}</ul></details>
    }
}
