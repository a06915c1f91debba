//! Values of a row: from the file to JSON, and the order among them.

use crate::fold::fold;
use beacon_api::ColumnKind;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::ValueRef;
use serde_json::Value;
use std::cmp::Ordering;

/// A day, `2027-05-31`.
pub(crate) fn day_text(days: i64) -> Option<String> {
    let span = jiff::Span::new().try_days(days).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok().map(|date| date.to_string())
}

/// A point in time, RFC 3339, from microseconds since 1970.
pub(crate) fn moment_text(microseconds: i64) -> Option<String> {
    Timestamp::from_microsecond(microseconds).ok().map(|moment| moment.to_string())
}

/// A value of the file as it travels.
pub(crate) fn json(kind: ColumnKind, value: ValueRef<'_>) -> Value {
    match (kind, value) {
        (ColumnKind::YesNo, ValueRef::Integer(flag)) => Value::Bool(flag != 0),
        (ColumnKind::Moment, ValueRef::Integer(time)) => moment_text(time).into(),
        (ColumnKind::Day, ValueRef::Integer(days)) => day_text(days).into(),
        (_, ValueRef::Integer(number)) => number.into(),
        (_, ValueRef::Text(text)) => String::from_utf8_lossy(text).into(),
        _ => Value::Null,
    }
}

/// What rows are ordered by; `None` comes last, whatever the direction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SortKey {
    Number(i64),
    Text(String),
}

impl SortKey {
    pub(crate) fn of_file(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Integer(number) => Some(Self::Number(number)),
            ValueRef::Text(text) => Some(Self::Text(fold(&String::from_utf8_lossy(text)))),
            _ => None,
        }
    }

    pub(crate) fn of_json(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Number((*flag).into())),
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::String(text) => Some(Self::Text(fold(text))),
            _ => None,
        }
    }
}

/// Order of two keys.
pub(crate) fn compare(one: Option<&SortKey>, other: Option<&SortKey>, descending: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if descending => other.cmp(one),
        (Some(one), Some(other)) => one.cmp(other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}
