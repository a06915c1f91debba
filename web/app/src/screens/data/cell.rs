//! A value of a table as people read it.

use crate::kit::{Day, Moment, UseMark, use_of, use_word, written};
use beacon_api::{Column, ColumnKind};
use leptos::prelude::*;
use serde_json::Value;

/// What stands in a cell; a value that has not come yet is not there.
pub(crate) fn cell(column: &Column, value: Option<&Value>) -> AnyView {
    let Some(value) = value else { return view! { <span class="soft">"…"</span> }.into_any() };
    match (column.kind, value) {
        (_, Value::Null) => ().into_any(),
        (ColumnKind::Day, Value::String(day)) => view! { <Day on=day.clone()/> }.into_any(),
        (ColumnKind::Moment, Value::String(moment)) => view! { <Moment at=moment.clone()/> }.into_any(),
        (ColumnKind::Use, Value::String(name)) => use_of(name).map(|state| view! { <UseMark state/> }).into_any(),
        (_, Value::Bool(yes)) => yes_or_no(*yes).into_any(),
        (_, Value::Number(number)) => number.as_f64().map(written).into_any(),
        (_, Value::String(text)) => view! { <span title=text.clone()>{text.clone()}</span> }.into_any(),
        (_, other) => other.to_string().into_any(),
    }
}

/// A value that can be chosen, as [`cell`] shows it.
pub(crate) fn choice_text(kind: ColumnKind, choice: &str) -> String {
    match (kind, choice) {
        (ColumnKind::YesNo, "true" | "false") => yes_or_no(choice == "true").to_owned(),
        (ColumnKind::Use, name) => use_of(name).map_or_else(|| name.to_owned(), |state| use_word(state).to_owned()),
        (_, text) => text.to_owned(),
    }
}

const fn yes_or_no(yes: bool) -> &'static str {
    if yes { "Yes" } else { "No" }
}

/// Numbers stand under each other.
pub(crate) const fn is_number(column: &Column) -> bool {
    matches!(column.kind, ColumnKind::Number)
}

/// Least width of a column in pixels, and its part of what is left.
pub(crate) const fn width(column: &Column) -> (u32, &'static str) {
    match column.kind {
        ColumnKind::Number | ColumnKind::YesNo => (90, "0.6fr"),
        ColumnKind::Day => (120, "0.8fr"),
        ColumnKind::Moment | ColumnKind::Use => (150, "1fr"),
        ColumnKind::Text => (130, "1.4fr"),
    }
}
