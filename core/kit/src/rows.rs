//! Rows of one table, collected in columns.

use beacon_contract::dataset::{self, TABLES, TableSchema};
use beacon_contract::{ChainId, ColumnBuilder, PageOf, Records, TableName, encode_columns};

/// A column of the dataset, looked up while compiling: a wrong name does not compile, and setting a cell costs no
/// comparison of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(usize);

impl Column {
    /// The column `name` of `table`. Use it in a constant.
    ///
    /// # Panics
    /// If the dataset has no such column; in a constant that is an error of the compiler.
    #[must_use]
    #[expect(clippy::panic, reason = "evaluated by the compiler, where a panic is a compile error")]
    pub const fn of(table: &str, name: &str) -> Self {
        let mut tables = TABLES;
        while let Some((schema, rest)) = tables.split_first() {
            if same(schema.name, table) {
                let (mut columns, mut at) = (schema.columns, 0);
                while let Some((column, rest)) = columns.split_first() {
                    if same(column.name, name) {
                        return Self(at);
                    }
                    (columns, at) = (rest, at + 1);
                }
            }
            tables = rest;
        }
        panic!("the dataset has no such column")
    }
}

const fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    loop {
        match (left.split_first(), right.split_first()) {
            (None, None) => return true,
            (Some((l, left_rest)), Some((r, right_rest))) if *l == *r => (left, right) = (left_rest, right_rest),
            _ => return false,
        }
    }
}

/// Rows in the making. Set cells, then [`Rows::end_row`]; cells that were not set are null, and columns that were
/// never set are left out. The rows of a page of 1,000 people are below 1 MiB, so a page is one batch.
#[derive(Debug)]
pub struct Rows {
    place: PageOf,
    schema: &'static TableSchema,
    columns: Vec<ColumnBuilder>,
    rows: usize,
}

fn empty(schema: &TableSchema) -> Vec<ColumnBuilder> {
    schema.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect()
}

impl Rows {
    pub(crate) fn new(table: &TableName, chain: &ChainId) -> Option<Self> {
        let schema = dataset::table(table.as_str())?;
        let place = PageOf { table: table.clone(), chain: chain.clone() };
        Some(Self { place, schema, columns: empty(schema), rows: 0 })
    }

    /// Finished rows since the last [`Run::emit`](crate::Run::emit).
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The builder for a cell of the current row, with nulls for the rows that skipped this column. `None` for a
    /// cell that is set already: the first value stays.
    fn cell(&mut self, column: Column) -> Option<&mut ColumnBuilder> {
        let builder = self.columns.get_mut(column.0)?;
        while builder.rows() < self.rows {
            builder.null();
        }
        (builder.rows() == self.rows).then_some(builder)
    }

    /// Sets a text; nothing for `None`.
    pub fn text(&mut self, column: Column, value: Option<&str>) {
        if let (Some(value), Some(cell)) = (value, self.cell(column)) {
            cell.text(Some(value));
        }
    }

    /// Sets a yes or no; nothing for `None`.
    pub fn boolean(&mut self, column: Column, value: Option<bool>) {
        if let (Some(value), Some(cell)) = (value, self.cell(column)) {
            cell.boolean(Some(value));
        }
    }

    /// Sets a number, or a timestamp in microseconds; nothing for `None`.
    pub fn integer(&mut self, column: Column, value: Option<i64>) {
        if let (Some(value), Some(cell)) = (value, self.cell(column)) {
            cell.integer(Some(value));
        }
    }

    /// Sets a date, in days since 1970; nothing for `None`.
    pub fn date(&mut self, column: Column, value: Option<i32>) {
        if let (Some(value), Some(cell)) = (value, self.cell(column)) {
            cell.date(Some(value));
        }
    }

    /// Sets a list of texts. An empty list is a value.
    pub fn list<'t>(&mut self, column: Column, value: impl IntoIterator<Item = &'t str>) {
        if let Some(cell) = self.cell(column) {
            cell.list(value);
        }
    }

    /// Sets a map; the keys come in ascending order. An empty map is a value.
    pub fn map<'t>(&mut self, column: Column, value: impl IntoIterator<Item = (&'t str, &'t str)>) {
        if let Some(cell) = self.cell(column) {
            cell.map(value);
        }
    }

    /// Ends the current row.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// Forgets what was collected.
    pub fn clear(&mut self) {
        self.columns = empty(self.schema);
        self.rows = 0;
    }

    /// The finished rows in the form of the wire; `None` if there are none.
    pub(crate) fn take(&mut self) -> Option<(Records, Vec<u8>)> {
        let rows = u32::try_from(self.rows).ok().filter(|rows| *rows > 0)?;
        let count = self.rows;
        let mut columns = std::mem::replace(&mut self.columns, empty(self.schema));
        self.rows = 0;
        let mut names = Vec::with_capacity(columns.len());
        for (builder, column) in columns.iter_mut().zip(self.schema.columns) {
            if builder.rows() > 0 {
                while builder.rows() < count {
                    builder.null();
                }
                names.push(column.name.to_owned());
            }
        }
        let frame = encode_columns(columns.iter().filter(|builder| builder.rows() > 0));
        let PageOf { table, chain } = self.place.clone();
        Some((Records { table, chain, rows, columns: names }, frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::{Buffers, decode_columns};

    const ID: Column = Column::of("groups", "group_id");
    const NAME: Column = Column::of("groups", "display_name");

    fn groups() -> Rows {
        Rows::new(&"groups".parse().expect("a table"), &"all".parse().expect("a chain")).expect("in the dataset")
    }

    #[test]
    fn cells_left_out_are_null_and_columns_left_out_do_not_travel() {
        let mut rows = groups();
        for id in ["a", "b"] {
            rows.text(ID, Some(id));
            rows.end_row();
        }
        let (records, _) = rows.take().expect("two rows");
        assert_eq!((records.rows, records.columns), (2, vec!["group_id".to_owned()]));
        assert!(rows.take().is_none(), "taken only once");
        for (id, name) in [("a", None), ("b", Some("B")), ("c", None)] {
            rows.text(ID, Some(id));
            rows.text(NAME, name);
            rows.text(NAME, Some("a second value is ignored").filter(|_| name.is_some()));
            rows.end_row();
        }
        let (records, frame) = rows.take().expect("three rows");
        let views = decode_columns(&frame, records.rows, 2).expect("readable");
        assert_eq!(views[1].validity, Some(&[0b010][..]));
        assert!(matches!(views[1].buffers, Buffers::Text(_, b"B")));
    }

    #[test]
    fn the_unfinished_row_is_not_taken() {
        let mut rows = groups();
        rows.text(ID, Some("a"));
        assert!(rows.take().is_none());
        rows.end_row();
        rows.clear();
        assert!(rows.take().is_none());
    }
}
