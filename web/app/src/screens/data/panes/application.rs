//! Everything about one application: its people by state of use, each with the way to them.

use crate::api;
use crate::kit::{Day, USE_STATES, UseMark, counted, use_name};
use crate::loading::{load, shown};
use crate::screens::data::asked::address_of;
use crate::screens::data::query::Query;
use crate::screens::data::table::Table;
use beacon_api::{Rows, UseState, View, paths};
use leptos::prelude::*;
use leptos_router::components::A;
use serde_json::Value;
use std::collections::BTreeMap;

/// The row of an application by the ids of its columns.
type Facts = BTreeMap<String, Value>;

#[component]
pub(super) fn Application(table: Table, id: String) -> impl IntoView {
    let asked = table.asked;
    let question = Memo::new(move |_| {
        let (connection, days) = asked.query.with(|query| (query.connection.clone(), query.days));
        Query { connection, days, ..Query::default() }
    });
    let application = load(move || {
        let pairs = crate::address::written(&question.get().question());
        let (address, id) =
            (format!("{}?limit=500&{pairs}", paths::with(paths::ROWS, asked.shown.as_str())), id.clone());
        async move { Ok(row_of(api::get::<Rows>(&address).await?, &id)) }
    });
    shown(application, move |facts| match facts {
        Some(facts) => view! { <ApplicationFacts facts question=question.get_untracked()/> }.into_any(),
        None => view! { <p>"This application is not in the data that was chosen above."</p> }.into_any(),
    })
}

fn row_of(rows: Rows, id: &str) -> Option<Facts> {
    let row = rows.rows.into_iter().find(|row| row.get(1).and_then(Value::as_str) == Some(id))?;
    // Connection and key stand before the columns.
    Some(rows.columns.into_iter().map(|column| column.id).zip(row.into_iter().skip(2)).collect())
}

#[component]
fn ApplicationFacts(facts: Facts, question: Query) -> impl IntoView {
    let text = |id: &str| facts.get(id).and_then(Value::as_str).map(str::to_owned);
    let people = |id: &str| facts.get(id).and_then(Value::as_u64).unwrap_or(0);
    let name = text("application_name").unwrap_or_default();
    // Usage of this application, in one state or in any.
    let usage = |state: Option<UseState>| {
        let mut filters = BTreeMap::from([("application_name".to_owned(), name.clone())]);
        filters.extend(state.map(|state| ("state".to_owned(), use_name(state).to_owned())));
        address_of(View::Usage, &Query { filters, ..question.clone() })
    };
    let states = USE_STATES.into_iter().map(|state| {
        let count = people(use_name(state));
        let count = if count == 0 {
            counted(count).into_any()
        } else {
            view! { <A href=usage(Some(state))>{counted(count)}</A> }.into_any()
        };
        view! { <tr><th scope="row"><UseMark state/></th><td class="number">{count}</td></tr> }
    });
    view! {
        <h2>{name.clone()}</h2>
        <p>{counted(people("people"))}" people "<A href=usage(None)>"in Usage"</A></p>
        <table>
            <thead><tr><th scope="col">{format!("Use within {} days", question.days)}</th><th scope="col" class="number">"People"</th></tr></thead>
            <tbody>{states.collect_view()}</tbody>
        </table>
        <dl class="facts">
            {text("refreshed_on").map(|on| view! { <dt>"Figures of"</dt><dd><Day on/></dd> })}
            {text("tenants").map(|names| view! { <dt>"Connections"</dt><dd>{names}</dd> })}
        </dl>
    }
}
