//! Everything about one person.

use crate::api;
use crate::kit::{Day, Moment, Status, UseMark};
use crate::loading::{load, shown};
use crate::screens::data::asked::address_of;
use crate::screens::data::query::Query;
use beacon_api::{PersonPane, View};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(super) fn Person(address: String, connection: String) -> impl IntoView {
    let person = load(move || {
        let address = address.clone();
        async move { api::get::<PersonPane>(&address).await }
    });
    shown(person, move |person| view! { <PersonFacts person connection=connection.clone()/> })
}

/// What the host says about people in text, with what it means to be a time.
fn fact(value: String) -> AnyView {
    let is_moment = value.ends_with('Z') && value.get(10..11) == Some("T");
    if is_moment { view! { <Moment at=value/> }.into_any() } else { value.into_any() }
}

#[component]
fn PersonFacts(person: PersonPane, connection: String) -> impl IntoView {
    let name = person.facts.iter().find(|(label, _)| label == "User principal name").map(|(_, name)| name.clone());
    let usage = name.map(|search| address_of(View::Usage, &Query { connection, search, ..Query::default() }));
    let facts = person.facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{fact(value)}</dd> });
    let no_licences = person.licences.is_empty().then(|| view! { <p class="soft">"None."</p> });
    let licences = person.licences.into_iter().map(|licence| {
        let error = licence.error.map(|error| view! { <Status icon="cross" tone="bad" word=error/> });
        let free = (!licence.counts_seat).then(|| view! { <Status icon="none" tone="" word="takes no seat"/> });
        let sources = licence.sources.iter().map(|source| match source.as_str() {
            "direct" => "assigned directly",
            other => other,
        });
        let sources = sources.collect::<Vec<_>>().join(", ");
        view! { <li>{licence.product_name}<span class="soft">" · "{sources}</span>" "{error}{free}</li> }
    });
    let uses = person.uses.into_iter().map(|one| {
        view! {
            <tr>
                <th scope="row">{one.application_name}</th>
                <td><UseMark state=one.state/></td>
                <td>{one.last_activity_on.map(|on| view! { <Day on/> })}</td>
            </tr>
        }
    });
    view! {
        <h2>{person.display_name.unwrap_or_else(|| "Without a name".to_owned())}</h2>
        {person.last_sign_in_at.map(|at| view! { <p>"Last successful sign-in: "<Moment at/></p> })}
        <h3>"Licences"</h3>
        {no_licences}
        <ul>{licences.collect_view()}</ul>
        <h3>"Use by application"</h3>
        <table>
            <thead><tr><th scope="col">"Application"</th><th scope="col">"State"</th><th scope="col">"Last activity"</th></tr></thead>
            <tbody>{uses.collect_view()}</tbody>
        </table>
        {usage.map(|href| view! { <p><A href>"The same among the usage of all"</A></p> })}
        <h3>"About the account"</h3>
        <dl class="facts">{facts.collect_view()}</dl>
    }
}
