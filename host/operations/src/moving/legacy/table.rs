//! The rows of a file, whichever of the two forms it has. Hostile input is expected: everything has a limit, and what is
//! wrong is told with its place.

use super::Legacy;
use super::columns::{Column, Meaning, meaning};
use crate::csv_table::{TableKind, shown};
use crate::trouble::Trouble;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Tables and lists of an older beacon.
const LEGACY: TableKind = TableKind { code: "legacy" };

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

pub(super) fn read(file: &[u8]) -> Result<Legacy, Trouble> {
    let text = LEGACY.text(file)?;
    let legacy = if text.trim_start().starts_with(['[', '{']) { of_json(text) } else { of_csv(text) }?;
    if legacy.rows.is_empty() {
        return Err(LEGACY.refused("empty", "the file has no connections", "Write one into each row."));
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
            Meaning::Secret => return Err(LEGACY.secret_column(&shown)),
            Meaning::Unknown => None,
        };
        if let Some(column) = column.filter(|column| self.columns.contains(&Some(*column))) {
            let title = format!("column {number}, {shown:?}, is the second one that says {}", column.label());
            return Err(LEGACY.refused("column_twice", title, "Remove one of them."));
        }
        if column.is_none() && !name.trim().is_empty() && !self.ignored.contains(&shown) {
            self.ignored.push(shown);
        }
        self.columns.push(column);
        Ok(())
    }
}

fn of_csv(text: &str) -> Result<Legacy, Trouble> {
    let table = LEGACY.open(text)?;
    let mut heads = Heads::default();
    for (number, name) in (1..).zip(&table.names) {
        heads.add(name, number)?;
    }
    if !heads.columns.contains(&Some(Column::Name)) {
        let title = "the first line of the file names no column \"name\"";
        return Err(LEGACY.refused("no_name", title, "Write the names of the columns into the first line."));
    }
    let Heads { columns, ignored } = heads;
    let labels: Vec<_> = columns.iter().map(|column| column.map(|column| column.label().to_owned())).collect();
    let rows = table.rows(&labels)?.into_iter().map(|row| {
        let cells = columns.iter().zip(row.cells).filter_map(|(column, cell)| Some(((*column)?, cell)));
        Row { place: row.place, cells: cells.collect() }
    });
    Ok(Legacy { rows: rows.collect(), ignored })
}

fn of_json(text: &str) -> Result<Legacy, Trouble> {
    let advice = "Write a list of objects, one for each connection: [{\"name\": \"Contoso\", …}].";
    // The library names line and column.
    let list: Vec<Map<String, Value>> = serde_json::from_str(text)
        .map_err(|error| LEGACY.refused("unreadable", "the file is no list of connections", advice).with(error))?;
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
                    return Err(LEGACY.refused("not_a_text", title, "Put the value into quotation marks."));
                }
            };
            cells.insert(*column, LEGACY.sound(&place, column.label(), &cell)?);
        }
        ignored.extend(heads.ignored.into_iter().filter(|name| !ignored.contains(name)).collect::<Vec<_>>());
        LEGACY.room(rows.len())?;
        rows.push(Row { place, cells });
    }
    Ok(Legacy { rows, ignored })
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
