//! What is asked of a view, checked before anything is read.

use crate::error::SnapshotError;
use crate::fold::fold;
use crate::use_code::{DEFAULT_DAYS, rule_of};
use beacon_api::{RowQuery, View};
use std::collections::BTreeMap;

/// Rows of one answer at most.
const MOST_ROWS: u32 = 500;
const DEFAULT_ROWS: u32 = 100;

/// No name or address is longer.
const LONGEST_SEARCH: usize = 200;

/// A question that makes sense, but may name columns that are not there.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) view: View,
    pub(crate) days: u16,
    pub(crate) rule: usize,
    /// Folded, never empty.
    pub(crate) search: Option<String>,
    /// By column: values, any of which fits.
    pub(crate) filters: BTreeMap<String, Vec<String>>,
    pub(crate) sort: Option<String>,
    pub(crate) descending: bool,
    pub(crate) offset: u64,
    pub(crate) limit: usize,
}

/// A rule of so many days.
pub(crate) fn checked_days(days: Option<u16>) -> Result<(u16, usize), SnapshotError> {
    let days = days.unwrap_or(DEFAULT_DAYS);
    let rule = rule_of(days).ok_or(SnapshotError::BadDays(days))?;
    Ok((days, rule))
}

impl Question {
    pub(crate) fn new(view: View, query: &RowQuery) -> Result<Self, SnapshotError> {
        let (days, rule) = checked_days(query.days)?;
        let limit = query.limit.unwrap_or(DEFAULT_ROWS);
        if limit == 0 || limit > MOST_ROWS {
            return Err(SnapshotError::BadLimit(limit));
        }
        let search = query.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if let Some(length) = search.map(str::len).filter(|length| *length > LONGEST_SEARCH) {
            return Err(SnapshotError::BadSearch(length));
        }
        Ok(Self {
            view,
            days,
            rule,
            search: search.map(fold),
            filters: filters(query.filter.as_deref().unwrap_or_default())?,
            sort: query.sort.clone().filter(|sort| !sort.is_empty()),
            descending: query.descending,
            offset: query.offset,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        })
    }

    pub(crate) fn unknown(&self, field: &'static str, column: &str, known: Vec<String>) -> SnapshotError {
        SnapshotError::UnknownColumn { field, view: self.view, column: column.to_owned(), known }
    }
}

/// `column:value`, joined by `|`; within a value `\|` stands for `|` and `\\` for `\`. Several values of one column
/// widen, several columns narrow.
fn filters(text: &str) -> Result<BTreeMap<String, Vec<String>>, SnapshotError> {
    let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts(text) {
        let Some((column, value)) = part.split_once(':') else {
            return Err(SnapshotError::BadFilter { part, expected: "a column, a colon and a value" });
        };
        filters.entry(column.trim().to_owned()).or_default().push(value.to_owned());
    }
    Ok(filters)
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '|' => parts.push(std::mem::take(&mut part)),
            '\\' if matches!(characters.peek(), Some('|' | '\\')) => part.extend(characters.next()),
            plain => part.push(plain),
        }
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_take_every_value() {
        let found = filters(r"department:R\|D: x|department:|state:a\\b\n").unwrap();
        assert_eq!(found["department"], ["R|D: x", ""]);
        assert_eq!(found["state"], [r"a\b\n"]);
        assert!(filters("").unwrap().is_empty());
        assert_eq!(filters("department").unwrap_err().field(), Some("filter"));
    }
}
