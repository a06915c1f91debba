//! What rows are narrowed to: chosen in a folded list, seen as chips that take it away again.

use super::cell::choice_text;
use super::table::Table;
use crate::api;
use crate::kit::Icon;
use crate::loading::load;
use beacon_api::{Column, ColumnKind, Rows, View, paths};
use leptos::prelude::*;
use serde_json::Value;

/// People who hold a product: a filter without a column, by the product's id.
pub(crate) const PRODUCT: &str = "product";

fn columns(table: Table) -> Vec<Column> {
    table.head.with(|head| head.as_ref().map(|head| head.columns.clone()).unwrap_or_default())
}

/// One choice for each column with few values.
#[component]
pub(crate) fn FilterChoices(table: Table) -> impl IntoView {
    let offered =
        Memo::new(move |_| columns(table).into_iter().filter(|column| !column.choices.is_empty()).collect::<Vec<_>>());
    view! {
        <fieldset>
            <legend>"Only rows with"</legend>
            {move || offered.get().into_iter().map(|column| view! { <Choice table column/> }).collect_view()}
            {move || offered.with(Vec::is_empty).then(|| view! { <p class="soft">"Nothing here can be filtered by."</p> })}
        </fieldset>
    }
}

#[component]
fn Choice(table: Table, column: Column) -> impl IntoView {
    let asked = table.asked;
    let (name, kind) = (StoredValue::new(column.id), column.kind);
    let value =
        move || asked.query.with(|query| name.with_value(|name| query.filters.get(name).cloned().unwrap_or_default()));
    let choose = move |event| {
        let value = event_target_value(&event);
        asked.change(|query| {
            if value.is_empty() {
                name.with_value(|name| query.filters.remove(name));
            } else {
                query.filters.insert(name.get_value(), value);
            }
        });
    };
    let mut choices = column.choices;
    let now = untrack(value);
    // What an address asks for may have become rare.
    if !now.is_empty() && !choices.contains(&now) {
        choices.push(now.clone());
    }
    let options = choices.into_iter().map(|choice| {
        view! { <option value=choice.clone() selected={choice == now}>{choice_text(kind, &choice)}</option> }
    });
    view! {
        <label class="row">
            <span>{column.label}</span>
            <select prop:value=value on:change=choose>
                <option value="">"all"</option>
                {options.collect_view()}
            </select>
        </label>
    }
}

/// What was chosen, each with a way to take it away; nothing if nothing is.
pub(crate) fn chosen(table: Table) -> Option<AnyView> {
    let filters = table.asked.query.with(|query| query.filters.clone());
    if filters.is_empty() {
        return None;
    }
    let chips = filters.into_iter().map(|(id, value)| view! { <Chip table id value/> });
    Some(
        view! {
            <ul class="chips" aria-label="Filters">
                {chips.collect_view()}
                <li><button type="button" class="link"
                    on:click=move |_| table.asked.change(|query| query.filters.clear())>"Remove all"</button></li>
            </ul>
        }
        .into_any(),
    )
}

#[component]
fn Chip(table: Table, id: String, value: String) -> impl IntoView {
    let text = if id == PRODUCT { product_text(value) } else { column_text(table, id.clone(), value) };
    let remove = move |_| {
        table.asked.change(|query| {
            query.filters.remove(&id);
        });
    };
    view! {
        <li class="chip">
            {text}
            <button type="button" class="quiet" aria-label=move || format!("Remove the filter {}", text.get()) on:click=remove>
                <Icon name="cross"/>
            </button>
        </li>
    }
}

fn column_text(table: Table, id: String, value: String) -> Signal<String> {
    Signal::derive(move || {
        let known = columns(table).into_iter().find(|column| column.id == id);
        let (label, kind) = known.map_or((id.clone(), ColumnKind::Text), |column| (column.label, column.kind));
        format!("{label}: {}", choice_text(kind, &value))
    })
}

/// The name of a product, once the host has told it.
fn product_text(id: String) -> Signal<String> {
    let products = load(|| async {
        let address = format!("{}?limit=500", paths::with(paths::ROWS, View::Licences.as_str()));
        api::get::<Rows>(&address).await
    });
    Signal::derive(move || {
        let rows = products.get().ready().map(|products| products.rows).unwrap_or_default();
        let text = |row: &Vec<Value>, place: usize| row.get(place).and_then(Value::as_str).map(str::to_owned);
        let row = rows.iter().find(|row| text(row, 1).as_ref() == Some(&id));
        format!("Holders of {}", row.and_then(|row| text(row, 2)).unwrap_or_else(|| id.clone()))
    })
}
