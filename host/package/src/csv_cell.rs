//! CSV cells: how each type is written, and what keeps a spreadsheet from running one.
//!
//! - null is an empty cell without quotes, an empty text is `""`;
//! - booleans are `true` and `false`, times RFC 3339 in UTC (`Z`), dates `YYYY-MM-DD`;
//! - the entries of a list are joined with `;`; within an entry `\;` stands for `;`, `\\` for `\`, and `\e` is an
//!   entry without characters;
//! - a map is a JSON object of texts;
//! - a text, list or map whose first character would start a formula (`=`, `+`, `-`, `@`, tab, line end) gets an
//!   apostrophe in front. So does one that begins with apostrophes followed by such a character, so that taking one
//!   apostrophe away always gives the text back.

use crate::csv_file::put_field;
use crate::row::{self, DamagedRow, RowCursor};
use beacon_contract::ColumnType;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the manifest says about the cells, for people and programs that read them.
pub(crate) const CELL_RULES: &str = "RFC 4180, UTF-8. Null is an empty cell without quotes, an empty text is \"\". \
    List entries are joined with ';' ('\\;' is a semicolon, '\\\\' a backslash, '\\e' an empty entry). Maps are JSON \
    objects. A text that a spreadsheet would take for a formula (first character = + - @ tab or line end, after any \
    apostrophes) has one apostrophe added in front: take one away to get the text.";

fn starts_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if starts_formula(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if starts_formula(text) => text,
        _ => cell,
    }
}

/// Appends a text as a cell of a CSV line: quoted where the format asks for it, and never a formula.
pub fn put_csv_text(line: &mut Vec<u8>, text: &str) {
    put_field(line, &guarded(text.into()));
}

fn text_of(bytes: &[u8]) -> Result<&str, DamagedRow> {
    std::str::from_utf8(bytes).map_err(|_| DamagedRow)
}

pub(crate) fn put_list_entry(list: &mut String, entry: &str) {
    if entry.is_empty() {
        list.push_str("\\e");
    }
    for character in entry.chars() {
        if matches!(character, ';' | '\\') {
            list.push('\\');
        }
        list.push(character);
    }
}

/// The next value of a row as text, `None` if it is null.
pub(crate) fn cell<'r>(kind: ColumnType, cursor: &mut RowCursor<'r>) -> Result<Option<Cow<'r, str>>, DamagedRow> {
    Ok(match kind {
        ColumnType::Text => cursor.text()?.map(text_of).transpose()?.map(|text| guarded(text.into())),
        ColumnType::Boolean => cursor.boolean()?.map(|value| if value { "true".into() } else { "false".into() }),
        ColumnType::Integer => cursor.integer()?.map(|value| value.to_string().into()),
        ColumnType::Timestamp => match cursor.integer()? {
            Some(time) => Some(Timestamp::from_microsecond(time).map_err(|_| DamagedRow)?.to_string().into()),
            None => None,
        },
        ColumnType::Date => match cursor.date()? {
            Some(days) => Some(date(days).ok_or(DamagedRow)?.to_string().into()),
            None => None,
        },
        ColumnType::TextList => match cursor.entries()? {
            Some(entries) => {
                let mut list = String::new();
                for entry in 0..entries {
                    if entry > 0 {
                        list.push(';');
                    }
                    put_list_entry(&mut list, text_of(cursor.entry()?)?);
                }
                Some(guarded(list.into()))
            }
            None => None,
        },
        ColumnType::TextMap => match cursor.entries()? {
            Some(entries) => {
                let mut map = BTreeMap::new();
                for _ in 0..entries {
                    map.insert(text_of(cursor.entry()?)?, text_of(cursor.entry()?)?);
                }
                Some(serde_json::to_string(&map).map_err(|_| DamagedRow)?.into())
            }
            None => None,
        },
    })
}

const fn epoch() -> Date {
    Date::constant(1970, 1, 1)
}

pub(crate) fn date(days: i32) -> Option<Date> {
    epoch().checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

pub(crate) fn days(date: Date) -> Option<i32> {
    let span: Span = date.since(epoch()).ok()?;
    Some(span.get_days())
}

/// Appends the value that [`cell`] wrote; an error says what is wrong with the cell.
pub(crate) fn put_cell(kind: ColumnType, cell: Option<&str>, out: &mut Vec<u8>) -> Result<(), &'static str> {
    let Some(cell) = cell else {
        row::put_null(out);
        return Ok(());
    };
    match kind {
        ColumnType::Text => row::put_text(out, unguarded(cell).as_bytes()),
        ColumnType::Boolean => match cell {
            "true" => row::put_boolean(out, true),
            "false" => row::put_boolean(out, false),
            _ => return Err("neither true nor false"),
        },
        ColumnType::Integer => row::put_integer(out, cell.parse().map_err(|_| "no whole number")?),
        ColumnType::Timestamp => {
            let time: Timestamp = cell.parse().map_err(|_| "no RFC 3339 time")?;
            row::put_integer(out, time.as_microsecond());
        }
        ColumnType::Date => {
            let date: Date = cell.parse().map_err(|_| "no date")?;
            row::put_date(out, days(date).ok_or("no date")?);
        }
        ColumnType::TextList => {
            let entries = split_list(unguarded(cell))?;
            row::put_entries(out, entries.len());
            entries.iter().for_each(|entry| row::put_entry(out, entry.as_bytes()));
        }
        ColumnType::TextMap => {
            let map: BTreeMap<String, String> = serde_json::from_str(cell).map_err(|_| "no JSON object of texts")?;
            row::put_entries(out, map.len());
            for (key, value) in &map {
                row::put_entry(out, key.as_bytes());
                row::put_entry(out, value.as_bytes());
            }
        }
    }
    Ok(())
}

fn split_list(cell: &str) -> Result<Vec<String>, &'static str> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    let mut entry = String::new();
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => entries.push(std::mem::take(&mut entry)),
            '\\' => match characters.next() {
                Some('e') => {}
                Some(escaped @ (';' | '\\')) => entry.push(escaped),
                _ => return Err("a list with an unknown escape"),
            },
            plain => entry.push(plain),
        }
    }
    entries.push(entry);
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn there_and_back(kind: ColumnType, value: &[u8]) -> (Option<String>, Vec<u8>) {
        let text = cell(kind, &mut RowCursor::new(value)).unwrap().map(Cow::into_owned);
        let mut back = Vec::new();
        put_cell(kind, text.as_deref(), &mut back).unwrap();
        (text, back)
    }

    #[test]
    fn no_cell_starts_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 1", "'+49 1"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=x", "'\r=x"),
            ("'=x", "''=x"),
            ("'t Hooft", "'t Hooft"),
            ("plain = 1", "plain = 1"),
        ] {
            let mut value = Vec::new();
            row::put_text(&mut value, text.as_bytes());
            let (cell, back) = there_and_back(ColumnType::Text, &value);
            assert_eq!(cell.as_deref(), Some(expected));
            assert_eq!(back, value, "{text:?} must come back");
        }
        let mut value = Vec::new();
        row::put_integer(&mut value, -5);
        assert_eq!(there_and_back(ColumnType::Integer, &value), (Some("-5".into()), value));
    }

    #[test]
    fn times_and_dates_are_rfc_3339() {
        let mut value = Vec::new();
        row::put_integer(&mut value, 1_700_000_000_000_000);
        assert_eq!(there_and_back(ColumnType::Timestamp, &value), (Some("2023-11-14T22:13:20Z".into()), value));
        for (days, text) in [(0, "1970-01-01"), (-719_162, "0001-01-01"), (2_932_896, "9999-12-31")] {
            let mut value = Vec::new();
            row::put_date(&mut value, days);
            assert_eq!(there_and_back(ColumnType::Date, &value), (Some(text.into()), value));
        }
    }

    proptest! {
        #[test]
        fn texts_lists_and_maps_come_back(texts in prop::collection::vec("['=;\\\\e\u{e4}]{0,4}", 0..4)) {
            let mut list = Vec::new();
            row::put_entries(&mut list, texts.len());
            texts.iter().for_each(|text| row::put_entry(&mut list, text.as_bytes()));
            let (cell, back) = there_and_back(ColumnType::TextList, &list);
            prop_assert_eq!(&back, &list, "list as {:?}", cell);

            let map: BTreeMap<_, _> = texts.iter().map(|text| (text.clone(), text.clone())).collect();
            let mut bytes = Vec::new();
            row::put_entries(&mut bytes, map.len());
            for (key, value) in &map {
                row::put_entry(&mut bytes, key.as_bytes());
                row::put_entry(&mut bytes, value.as_bytes());
            }
            prop_assert_eq!(there_and_back(ColumnType::TextMap, &bytes).1, bytes);
        }
    }
}
