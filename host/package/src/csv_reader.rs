//! Reading the CSV files that [`crate::csv_file`] writes, back to rows.

use crate::column_data::{TENANT_COLUMN, holds_tenant};
use crate::csv_cell::put_cell;
use crate::row::Rows;
use beacon_contract::dataset::TableSchema;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

/// No line of a package is longer: a batch of the wire is at most half of this.
const LONGEST_LINE: u64 = 64 << 20;

/// One file, line by line.
pub(crate) struct CsvReader {
    input: BufReader<File>,
    line: Vec<u8>,
    number: u64,
}

/// A cell and whether it was quoted: an empty one without quotes is null.
type Field = (String, bool);

impl CsvReader {
    pub(crate) fn new(file: File) -> Self {
        Self { input: BufReader::with_capacity(256 << 10, file), line: Vec::new(), number: 0 }
    }

    /// The next record, `None` at the end. Line ends within quotes belong to their cell.
    fn record(&mut self) -> Result<Option<Vec<Field>>, String> {
        self.line.clear();
        self.number += 1;
        loop {
            let left = LONGEST_LINE - self.line.len() as u64;
            let mut input = (&mut self.input).take(left);
            let read = input.read_until(b'\n', &mut self.line).map_err(|error| error.to_string())?;
            let quotes = self.line.iter().filter(|byte| **byte == b'"').count();
            if quotes.is_multiple_of(2) && self.line.ends_with(b"\n") {
                break;
            }
            if read == 0 {
                return if self.line.is_empty() { Ok(None) } else { Err(self.wrong("is cut off")) };
            }
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| self.wrong("is not UTF-8"))?;
        let line = line.strip_suffix("\r\n").ok_or_else(|| self.wrong("does not end with CRLF"))?;
        fields(line).map(Some).ok_or_else(|| self.wrong("has quotes in wrong places"))
    }

    fn wrong(&self, what: &str) -> String {
        format!("line {} {what}", self.number)
    }

    /// Reads the header and tells whether it names the columns of the dataset.
    pub(crate) fn header(&mut self, table: &TableSchema) -> Result<bool, String> {
        let tenant = (!holds_tenant(table)).then_some(TENANT_COLUMN);
        let expected = tenant.into_iter().chain(table.columns.iter().map(|column| column.name));
        let header = self.record()?.unwrap_or_default();
        Ok(header.iter().map(|(name, _)| name.as_str()).eq(expected))
    }

    /// The next rows, at most `limit`, and whether each began with the tenant's id.
    pub(crate) fn rows(&mut self, table: &TableSchema, tenant: &str, limit: usize) -> Result<(Rows, bool), String> {
        let skip = usize::from(!holds_tenant(table));
        let mut rows = Rows::default();
        let mut same_tenant = true;
        while rows.len() < limit
            && let Some(record) = self.record()?
        {
            if record.len() != table.columns.len() + skip {
                return Err(self.wrong("has another number of cells"));
            }
            same_tenant &= skip == 0 || record.first().is_some_and(|(cell, _)| cell == tenant);
            for (column, (cell, quoted)) in table.columns.iter().zip(record.iter().skip(skip)) {
                let value = (*quoted || !cell.is_empty()).then_some(cell.as_str());
                put_cell(column.kind, value, &mut rows.bytes)
                    .map_err(|why| self.wrong(&format!("column {}: {why}", column.name)))?;
            }
            rows.close_row();
        }
        Ok((rows, same_tenant))
    }
}

fn fields(line: &str) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            None => {
                let (cell, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                if cell.contains('"') {
                    return None;
                }
                ((cell.to_owned(), false), after)
            }
            Some(quoted) => {
                let mut cell = String::new();
                let mut open = quoted;
                loop {
                    let (part, after) = open.split_once('"')?;
                    cell.push_str(part);
                    match after.strip_prefix('"') {
                        Some(more) => {
                            cell.push('"');
                            open = more;
                        }
                        None => break ((cell, true), after),
                    }
                }
            }
        };
        fields.push(field);
        if after.is_empty() {
            return Some(fields);
        }
        rest = after.strip_prefix(',')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv_file::put_field;
    use proptest::prelude::*;

    #[test]
    fn quotes_in_wrong_places_are_refused() {
        for line in ["a\"b", "\"a\"b", "\"a", "x,\"a\" ,y"] {
            assert_eq!(fields(line), None, "{line}");
        }
        let null_and_empty = vec![(String::new(), false), (String::new(), true)];
        assert_eq!(fields(",\"\""), Some(null_and_empty));
    }

    proptest! {
        #[test]
        fn fields_come_back(cells in prop::collection::vec("[a\", \r\n;]{0,5}", 1..5)) {
            let mut line = Vec::new();
            for (index, cell) in cells.iter().enumerate() {
                if index > 0 {
                    line.push(b',');
                }
                put_field(&mut line, cell);
            }
            let back = fields(std::str::from_utf8(&line).unwrap()).unwrap();
            prop_assert_eq!(back.into_iter().map(|(cell, _)| cell).collect::<Vec<_>>(), cells);
        }
    }
}
