//! Lines of a file: comma, quotes where needed, CRLF, in the shape that was ordered.

use super::columns;
use super::settings::ReportShape;
use crate::tenant::DaysAgo;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// The oldest day a report can name, in days before the refresh date.
const OLDEST: u16 = 2_000;

/// Days before the refresh date as they are written.
struct Days(Vec<String>);

impl Days {
    fn before(refreshed_on: Date, shape: &ReportShape) -> Self {
        let zone = if shape.iso_dates { "T00:00:00Z" } else { "" };
        let text = |days: u16| {
            let date = refreshed_on.checked_sub(i64::from(days).days()).unwrap_or(refreshed_on);
            format!("{date}{zone}")
        };
        Self((0..=OLDEST).map(text).collect())
    }
}

/// Writes rows one after the other; columns that were left out are swallowed.
pub(super) struct RowWriter {
    buffer: Vec<u8>,
    kept: Vec<bool>,
    column: usize,
    unknown_column: bool,
    lower_case: bool,
    days: Days,
}

impl RowWriter {
    /// A writer that has written the beginning of the file: byte order mark and header line.
    pub(super) fn begin(columns: &[&str], shape: &ReportShape, refreshed_on: Date) -> Self {
        let left_out = |column: &&str| shape.without.iter().any(|without| without.eq_ignore_ascii_case(column));
        let mut writer = Self {
            buffer: if shape.without_bom { Vec::new() } else { "\u{feff}".into() },
            kept: columns.iter().map(|column| !left_out(column)).collect(),
            column: 0,
            unknown_column: shape.unknown_column,
            lower_case: shape.lower_case_booleans,
            days: Days::before(refreshed_on, shape),
        };
        for column in columns {
            writer.cell(column);
            if writer.column == 1 && writer.unknown_column {
                writer.plain(columns::UNKNOWN.as_bytes());
            }
        }
        writer.close();
        writer
    }

    /// What was written since the last call.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let capacity = self.buffer.len();
        std::mem::replace(&mut self.buffer, Vec::with_capacity(capacity))
    }

    pub(super) fn len(&self) -> usize {
        self.buffer.len()
    }

    /// One row: the cells in the order of the header.
    pub(super) fn row(&mut self, refresh: impl FnOnce(&mut Self)) {
        self.date(Some(0));
        if self.unknown_column {
            self.plain(b"new");
        }
        refresh(self);
        self.close();
    }

    fn close(&mut self) {
        debug_assert_eq!(self.column, self.kept.len(), "a row has as many cells as its header");
        if self.buffer.last() == Some(&b',') {
            self.buffer.pop();
        }
        self.buffer.extend_from_slice(b"\r\n");
        self.column = 0;
    }

    fn plain(&mut self, text: &[u8]) {
        self.buffer.extend_from_slice(text);
        self.buffer.push(b',');
    }

    /// The next cell, which must not need quotes.
    fn cell(&mut self, text: &str) {
        if self.kept.get(self.column) == Some(&true) {
            self.plain(text.as_bytes());
        }
        self.column += 1;
    }

    pub(super) fn text(&mut self, text: &str) {
        if text.contains(['"', ',', '\r', '\n']) {
            let quoted = format!("\"{}\"", text.replace('"', "\"\""));
            return self.cell(&quoted);
        }
        self.cell(text);
    }

    pub(super) fn empty(&mut self) {
        self.cell("");
    }

    pub(super) fn number(&mut self, value: u64) {
        self.cell(&value.to_string());
    }

    pub(super) fn date(&mut self, days_ago: DaysAgo) {
        if self.kept.get(self.column) == Some(&true) {
            if let Some(text) = days_ago.and_then(|days| self.days.0.get(usize::from(days))) {
                self.buffer.extend_from_slice(text.as_bytes());
            }
            self.buffer.push(b',');
        }
        self.column += 1;
    }

    pub(super) fn boolean(&mut self, value: bool) {
        self.word(if value { "True" } else { "False" });
    }

    pub(super) fn yes_no(&mut self, value: bool) {
        self.word(if value { "Yes" } else { "No" });
    }

    fn word(&mut self, word: &str) {
        if self.lower_case { self.cell(&word.to_ascii_lowercase()) } else { self.cell(word) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: &ReportShape) -> String {
        let columns = ["Report Refresh Date", "Name", "Last Activity Date", "Is Deleted"];
        let mut writer = RowWriter::begin(&columns, shape, jiff::civil::date(2026, 3, 1));
        writer.row(|row| {
            row.text("Smith, \"Rocky\"");
            row.date(Some(1));
            row.boolean(true);
        });
        String::from_utf8(writer.take()).unwrap()
    }

    #[test]
    fn a_file_has_a_mark_quotes_and_both_characters_of_a_line_end() {
        let expected = "\u{feff}Report Refresh Date,Name,Last Activity Date,Is Deleted\r\n\
            2026-03-01,\"Smith, \"\"Rocky\"\"\",2026-02-28,True\r\n";
        assert_eq!(written(&ReportShape::default()), expected);
    }

    #[test]
    fn every_shape_can_be_ordered() {
        let shape = ReportShape {
            unknown_column: true,
            without: vec!["is deleted".into()],
            iso_dates: true,
            without_bom: true,
            lower_case_booleans: true,
        };
        let expected = "Report Refresh Date,Column Added By A Later Version,Name,Last Activity Date\r\n\
            2026-03-01T00:00:00Z,new,\"Smith, \"\"Rocky\"\"\",2026-02-28T00:00:00Z\r\n";
        assert_eq!(written(&shape), expected);
        let lower = ReportShape { lower_case_booleans: true, ..ReportShape::default() };
        assert!(written(&lower).ends_with(",true\r\n"));
    }
}
