//! A reader of report files for tests: strict about what the simulation writes.

use super::client::Bench;
use crate::{Period, Report};

/// The address of a report function.
pub(super) fn target(report: Report, period: Option<Period>) -> String {
    let folder = if report == Report::Copilot { "copilot/reports" } else { "reports" };
    let version = if period == Some(Period::D28) { ",version='v2'" } else { "" };
    let arguments = period.map_or_else(String::new, |period| format!("(period='{}'{version})", period.as_str()));
    format!("/v1.0/{folder}/{}{arguments}", report.function())
}

/// Asks for the file's address and fetches the file without a token.
pub(super) async fn fetch(bench: &Bench, token: &str, report: Report, period: Option<Period>) -> Table {
    let location = bench.link(token, &target(report, period)).await;
    let file = bench.http.get(location).send().await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert!(file.headers().get("access-control-allow-origin").is_none());
    Table::read(&file.bytes().await.unwrap())
}

pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A row by column names.
pub(super) struct Row<'a> {
    header: &'a [String],
    cells: &'a [String],
}

impl<'a> Row<'a> {
    pub(super) fn get(&self, column: &str) -> Option<&'a str> {
        let place = self.header.iter().position(|known| known == column)?;
        Some(self.cells[place].as_str())
    }

    pub(super) fn text(&self, column: &str) -> &'a str {
        self.get(column).expect("the report has this column")
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.header.iter().map(String::as_str).zip(self.cells.iter().map(String::as_str))
    }
}

impl Table {
    pub(super) fn read(file: &[u8]) -> Self {
        let text = std::str::from_utf8(file).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.strip_suffix("\r\n").unwrap().split("\r\n").map(cells);
        let header = lines.next().unwrap();
        let rows: Vec<Vec<String>> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == header.len()), "a row has another number of cells than the header");
        Self { header, rows }
    }

    /// Where the person's name is.
    pub(super) fn name_column(&self) -> usize {
        let is_name = |column: &String| column == "User Principal Name" || column == "Owner Principal Name";
        self.header.iter().position(is_name).unwrap()
    }

    /// Rows that name somebody.
    pub(super) fn named_rows(&self) -> impl Iterator<Item = Row<'_>> {
        let name = self.name_column();
        let named = self.rows.iter().filter(move |row| !["", "(Unknown)"].contains(&row[name].as_str()));
        named.map(|cells| Row { header: &self.header, cells })
    }
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut quoted, mut characters) = (false, line.chars().peekable());
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cells.last_mut().unwrap().push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}
