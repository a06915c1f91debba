//! The table `changes`: what is different from the package before. Not a table of the dataset: no module fills it, and
//! it is no part of the package's content, which is the same whatever came before.

use crate::csv_cell::{cell, put_list_entry};
use crate::row::{self, DamagedRow, RowCursor, Rows};
use beacon_contract::ColumnType;
use beacon_contract::dataset::{self, Column, TableSchema};
use serde::Serialize;

/// Its columns. Rows come table by table in the order of the dataset, within a table in the order of its key.
pub(crate) static CHANGES: TableSchema = TableSchema {
    name: "changes",
    description: "What is different from an earlier package: rows by table and key. A key of several columns is joined \
                  with ';', as a list is.",
    key: &["table_name", "row_key"],
    columns: &[
        Column { name: "table_name", kind: ColumnType::Text, nullable: false, by_host: true },
        Column { name: "row_key", kind: ColumnType::Text, nullable: false, by_host: true },
        Column { name: "change", kind: ColumnType::Text, nullable: false, by_host: true },
        Column { name: "changed_columns", kind: ColumnType::TextList, nullable: true, by_host: true },
    ],
    references: &[],
};

/// The schema of a table that a package may have: the dataset's, or `changes`.
pub(crate) fn known_table(name: &str) -> Option<&'static TableSchema> {
    if name == CHANGES.name { Some(&CHANGES) } else { dataset::table(name) }
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// A value is another one.
    Changed,
    /// It is not there any more.
    Removed,
}

impl ChangeKind {
    /// The word in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }

    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        [Self::Added, Self::Changed, Self::Removed].into_iter().find(|kind| kind.as_str().as_bytes() == text)
    }
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Table of the dataset.
    pub table: &'static str,
    /// Its key; the values of several columns are joined with `;`, which is `\;` within a value.
    pub row_key: String,
    /// What happened.
    pub change: ChangeKind,
    /// Which columns have another value; empty unless it was changed.
    pub columns: Vec<&'static str>,
}

impl Change {
    /// Appends it as a row of [`CHANGES`].
    pub(crate) fn put(&self, rows: &mut Rows) {
        for text in [self.table, &self.row_key, self.change.as_str()] {
            row::put_text(&mut rows.bytes, text.as_bytes());
        }
        if self.change == ChangeKind::Changed {
            row::put_entries(&mut rows.bytes, self.columns.len());
            self.columns.iter().for_each(|column| row::put_entry(&mut rows.bytes, column.as_bytes()));
        } else {
            row::put_null(&mut rows.bytes);
        }
        rows.close_row();
    }
}

/// The key of a row as text.
pub(crate) fn key_text(table: &TableSchema, row: &[u8]) -> Result<String, DamagedRow> {
    let mut cursor = RowCursor::new(row);
    let mut key = String::new();
    let mut parts = 0;
    for column in table.columns {
        let value = cursor.skip(column.kind)?;
        if !table.key.contains(&column.name) {
            continue;
        }
        if parts > 0 {
            key.push(';');
        }
        parts += 1;
        let mut value = RowCursor::new(value);
        if column.kind == ColumnType::Text {
            let text = value.text()?.ok_or(DamagedRow)?;
            put_list_entry(&mut key, std::str::from_utf8(text).map_err(|_| DamagedRow)?);
        } else {
            put_list_entry(&mut key, &cell(column.kind, &mut value)?.ok_or(DamagedRow)?);
        }
        if parts == table.key.len() {
            break;
        }
    }
    Ok(key)
}
