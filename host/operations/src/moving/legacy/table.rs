//! The rows of a file, whichever of the two forms it has. Hostile input is expected: everything has a limit, and what is
//! wrong is told with its place.

use super::Legacy;
use super::columns::{Column, Meaning, meaning};
use crate::csv_lines::CsvLines;
use crate::trouble::Trouble;
use csv::ReaderBuilder;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A file that is larger was not meant to be one of connections.
const LARGEST: usize = 4 << 20;

/// The most rows of one file.
const MOST_ROWS: usize = 5_000;

/// The longest cell, in characters.
const LONGEST_CELL: usize = 4_096;

/// One row.
pub(super) struct Row {
    /// Where it stands: `line 3`, or `entry 3` of a list.
    pub(super) place: String,
    cells: BTreeMap<Column, String>,
}

impl Row {
    /// What stands in a column; `None` if nothing does.
    pub(super) fn cell(&self, column: Column) -> Option<&str> {
        self.cells.get(&column).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// Where a cell stands.
    pub(super) fn at(&self, column: Column) -> String {
        format!("{}, {}", self.place, column.label())
    }
}

fn refused(code: &str, title: impl ToString, advice: &str) -> Trouble {
    Trouble::settings(code, title, advice)
}

pub(super) fn read(file: &[u8]) -> Result<Legacy, Trouble> {
    if file.len() > LARGEST {
        let title = format!("the file is larger than {} MiB", LARGEST >> 20);
        return Err(refused("legacy.too_large", title, "Cut it into several files."));
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = std::str::from_utf8(file).map_err(|error| {
        let before = file.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        let title = format!("line {line} has characters that are not UTF-8");
        refused("legacy.encoding", title, "Save the file as \"CSV UTF-8\".")
    })?;
    let legacy = if text.trim_start().starts_with(['[', '{']) { of_json(text) } else { of_csv(text) }?;
    if legacy.rows.is_empty() {
        return Err(refused("legacy.empty", "the file has no connections", "Write one into each row."));
    }
    Ok(legacy)
}

/// The columns of a file: each at most once, none with secrets; names that say nothing are ignored and told.
#[derive(Default)]
struct Heads {
    columns: Vec<Option<Column>>,
    ignored: Vec<String>,
}

impl Heads {
    fn add(&mut self, name: &str, number: usize) -> Result<(), Trouble> {
        let shown = shown(name);
        let column = match meaning(name) {
            Meaning::Known(column) => Some(column),
            Meaning::Secret => return Err(secret_column(&shown)),
            Meaning::Unknown => None,
        };
        if let Some(column) = column.filter(|column| self.columns.contains(&Some(*column))) {
            let title = format!("column {number}, {shown:?}, is the second one that says {}", column.label());
            return Err(refused("legacy.column_twice", title, "Remove one of them."));
        }
        if column.is_none() && !name.trim().is_empty() && !self.ignored.contains(&shown) {
            self.ignored.push(shown);
        }
        self.columns.push(column);
        Ok(())
    }
}

fn secret_column(name: &str) -> Trouble {
    let title = format!("the column {name:?} is for secrets, and none is read from such a file");
    let advice = "A file with secrets lies on disks and in mail. Remove the column, and enter what is needed afterwards: \
                  each connection tells what that is. Nothing was imported.";
    refused("legacy.secret_column", title, advice)
}

/// A name from the file, short and without anything that steers a terminal.
fn shown(name: &str) -> String {
    name.trim().chars().take(60).map(|one| if one.is_control() { '\u{fffd}' } else { one }).collect()
}

fn of_csv(text: &str) -> Result<Legacy, Trouble> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // Spreadsheets write what their language separates lists with; no name of a column holds one of them.
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    let separator = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut records = reader.into_records();
    let unreadable = |error: csv::Error| refused("legacy.unreadable", error, "Save the file as CSV anew.");
    let mut heads = Heads::default();
    if let Some(record) = records.next() {
        for (number, name) in (1..).zip(record.map_err(unreadable)?.iter()) {
            heads.add(name, number)?;
        }
    }
    if !heads.columns.contains(&Some(Column::Name)) {
        let title = "the first line of the file names no column \"name\"";
        return Err(refused("legacy.no_name", title, "Write the names of the columns into the first line."));
    }
    let mut lines = CsvLines::of(text);
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(unreadable)?;
        let place = format!("line {}", lines.line(&record));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.iter().skip(heads.columns.len()).any(|cell| !cell.trim().is_empty()) {
            let title = format!("{place} has {} cells, and there are {} columns", record.len(), heads.columns.len());
            let advice = "Put a cell that holds the separator into quotation marks.";
            return Err(refused("legacy.too_many_cells", title, advice));
        }
        let mut cells = BTreeMap::new();
        for (column, cell) in heads.columns.iter().zip(record.iter()) {
            if let Some(column) = column {
                cells.insert(*column, sound(&place, *column, cell)?);
            }
        }
        add(&mut rows, Row { place, cells })?;
    }
    Ok(Legacy { rows, ignored: heads.ignored })
}

fn of_json(text: &str) -> Result<Legacy, Trouble> {
    let advice = "Write a list of objects, one for each connection: [{\"name\": \"Contoso\", …}].";
    // The library names line and column.
    let list: Vec<Map<String, Value>> = serde_json::from_str(text)
        .map_err(|error| refused("legacy.unreadable", "the file is no list of connections", advice).with(error))?;
    let mut rows = Vec::new();
    let mut ignored: Vec<String> = Vec::new();
    for (number, object) in (1..).zip(list) {
        let place = format!("entry {number}");
        let mut heads = Heads::default();
        let mut cells = BTreeMap::new();
        for (position, (name, value)) in (1_usize..).zip(&object) {
            heads.add(name, position).map_err(|trouble| trouble.with(&place))?;
            let Some(Some(column)) = heads.columns.last() else { continue };
            let cell = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(value) => value.to_string(),
                _ => {
                    let title = format!("{place}, {}: a text is needed", column.label());
                    return Err(refused("legacy.not_a_text", title, "Put the value into quotation marks."));
                }
            };
            cells.insert(*column, sound(&place, *column, &cell)?);
        }
        ignored.extend(heads.ignored.into_iter().filter(|name| !ignored.contains(name)).collect::<Vec<_>>());
        add(&mut rows, Row { place, cells })?;
    }
    Ok(Legacy { rows, ignored })
}

fn add(rows: &mut Vec<Row>, row: Row) -> Result<(), Trouble> {
    if rows.len() == MOST_ROWS {
        let title = format!("the file has more than {MOST_ROWS} connections");
        return Err(refused("legacy.too_many_rows", title, "Cut it into several files."));
    }
    rows.push(row);
    Ok(())
}

/// A cell without the blanks around it.
fn sound(place: &str, column: Column, cell: &str) -> Result<String, Trouble> {
    let at = format!("{place}, {}", column.label());
    let cell = cell.trim();
    if cell.chars().any(char::is_control) {
        let title = format!("{at}: a line end or another control character");
        let advice = "Remove it; a quotation mark that is not closed swallows the lines behind it.";
        return Err(refused("legacy.control_character", title, advice));
    }
    if cell.chars().count() > LONGEST_CELL {
        let title = format!("{at}: longer than {LONGEST_CELL} characters");
        return Err(refused("legacy.cell_too_long", title, "Shorten it."));
    }
    Ok(cell.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::columns::Column;
    use super::read;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let legacy = read(text.as_bytes()).ok().unwrap();
        let rows: Vec<_> =
            legacy.rows.iter().map(|row| (row.place.as_str(), row.cell(Column::Name).unwrap_or("-"))).collect();
        assert_eq!(rows, expected, "{text}");
    }

    #[track_caller]
    fn refused(bytes: &[u8], code: &str, part: &str) {
        let trouble = read(bytes).err().unwrap();
        assert_eq!(trouble.code, code, "{trouble:?}");
        assert!(trouble.title.to_lowercase().contains(&part.to_lowercase()), "{trouble:?}");
    }

    #[test]
    fn tables_and_lists_are_read() {
        check("Connection Name,Source Type\r\nContoso,Microsoft 365\r\n\r\n", &[("line 2", "Contoso")]);
        check("\u{feff}name;other\n\"A; B\";1\n;\nC\n", &[("line 2", "A; B"), ("line 4", "C")]);
        check("[{\"name\": \"A\"}, {\"Name\": null, \"use_proxy\": false}]", &[("entry 1", "A"), ("entry 2", "-")]);
    }

    #[test]
    fn columns_that_say_nothing_are_told() {
        let legacy = read(b"name,Beacon\x1b[2J,,Beacon\nA,1,2,3\n").ok().unwrap();
        assert_eq!(legacy.ignored, ["Beacon\u{fffd}[2J", "Beacon"]);
    }

    #[test]
    fn a_column_for_secrets_is_refused_and_its_values_are_not_repeated() {
        for text in ["name,Proxy Password\nA,hunter2\n", "[{\"name\":\"A\",\"Refresh Token\":\"hunter2\"}]"] {
            let trouble = read(text.as_bytes()).err().unwrap();
            assert_eq!(trouble.code, "legacy.secret_column");
            assert!(!format!("{trouble:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_is_neither_is_refused_with_its_place() {
        refused(b"", "legacy.no_name", "name");
        refused(b"name\n", "legacy.empty", "no connections");
        refused(b"a,b\n1,2\n", "legacy.no_name", "name");
        refused(b"name\nA\n\xe4\n", "legacy.encoding", "line 3");
        refused(b"name,Connection Name\nA,B\n", "legacy.column_twice", "column 2");
        refused(b"name\nA,B\n", "legacy.too_many_cells", "line 2");
        refused(b"name,flow\n\"A,1\nB,2\n", "legacy.control_character", "line 2");
        refused(b"[{\"name\": 1}]", "legacy.not_a_text", "entry 1, name");
        refused(b"{\"name\": \"A\"}", "legacy.unreadable", "list");
        refused(format!("name\n{}\n", "x".repeat(5_000)).as_bytes(), "legacy.cell_too_long", "line 2");
        refused(format!("name\n{}", "x\n".repeat(5_001)).as_bytes(), "legacy.too_many_rows", "5000");
        refused(&vec![b'['; 1 << 20], "legacy.unreadable", "list");
        refused(&vec![b'a'; (4 << 20) + 1], "legacy.too_large", "4 MiB");
    }
}
