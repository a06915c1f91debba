//! Views of some dozens of rows, added up over connections: searched, filtered and sorted in memory.

use crate::cell::{SortKey, compare};
use crate::choices::{MOST_CHOICES, most_frequent_first};
use crate::error::SnapshotError;
use crate::fold::fold;
use crate::question::Question;
use crate::row_ref::{Found, RowRef};
use beacon_api::{Column, ColumnKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// A column of such a view.
pub(crate) struct SmallColumn {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: ColumnKind,
    pub(crate) shown: bool,
    /// Whether the search looks into it.
    pub(crate) searched: bool,
}

/// Rows with connection id and key in front.
pub(crate) struct SmallFound {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

/// Connection id and key stand before the columns.
const BEFORE: usize = 2;

/// A value as filters name it.
fn filter_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl SmallFound {
    pub(crate) fn new(
        question: &Question,
        columns: &[SmallColumn],
        mut rows: Vec<Vec<Value>>,
    ) -> Result<Self, SnapshotError> {
        let known = || columns.iter().map(|column| column.id.to_owned()).collect();
        let place = |id: &str| columns.iter().position(|column| column.id == id).map(|place| place + BEFORE);
        let all = columns.iter().enumerate().map(|(place, column)| Column {
            id: column.id.to_owned(),
            label: column.label.to_owned(),
            kind: column.kind,
            shown: column.shown,
            choices: if column.kind == ColumnKind::Text { choices(&rows, place + BEFORE) } else { Vec::new() },
            sortable: true,
        });
        let shown = all.collect();
        for (id, values) in &question.filters {
            let Some(place) = place(id) else { return Err(question.unknown("filter", id, known())) };
            rows.retain(|row| row.get(place).is_some_and(|value| values.contains(&filter_text(value))));
        }
        if let Some(needle) = &question.search {
            let searched: Vec<_> =
                columns.iter().filter(|column| column.searched).filter_map(|column| place(column.id)).collect();
            rows.retain(|row| {
                let mut texts = searched.iter().filter_map(|place| row.get(*place)).filter_map(Value::as_str);
                texts.any(|text| fold(text).contains(needle))
            });
        }
        if let Some(id) = &question.sort {
            let Some(place) = place(id) else { return Err(question.unknown("sort", id, known())) };
            let mut keyed: Vec<_> =
                rows.into_iter().map(|row| (row.get(place).and_then(SortKey::of_json), row)).collect();
            keyed.sort_by(|one, other| compare(one.0.as_ref(), other.0.as_ref(), question.descending));
            rows = keyed.into_iter().map(|(_, row)| row).collect();
        }
        Ok(Self { columns: shown, rows })
    }
}

/// Values of a column where few values are shared by many rows.
fn choices(rows: &[Vec<Value>], place: usize) -> Vec<String> {
    let mut values: BTreeMap<String, u64> = BTreeMap::new();
    for text in rows.iter().filter_map(|row| row.get(place)).filter_map(Value::as_str) {
        *values.entry(text.to_owned()).or_default() += 1;
    }
    if values.len() > MOST_CHOICES || values.values().all(|rows| *rows < 2) {
        Vec::new()
    } else {
        most_frequent_first(values)
    }
}

impl Found for SmallFound {
    fn columns(&self) -> Result<Vec<Column>, SnapshotError> {
        Ok(self.columns.clone())
    }

    fn total(&self) -> u64 {
        self.rows.len() as u64
    }

    fn refs(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        let numbers = (0u32..).take(self.rows.len()).skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(limit);
        Ok(numbers.map(|person| RowRef { person, ..RowRef::default() }).collect())
    }

    fn values(&self, refs: &[RowRef]) -> Result<Vec<Vec<Value>>, SnapshotError> {
        Ok(refs.iter().filter_map(|row| self.rows.get(row.person as usize)).cloned().collect())
    }
}
