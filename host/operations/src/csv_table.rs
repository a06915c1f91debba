//! Tables that people bring as CSV: a line of names, then rows. Hostile input is expected: everything has a limit, and
//! what is wrong is told with its place. Spreadsheets put a byte order mark in front, end lines in several ways, and
//! separate by what their language separates lists with.

use crate::csv_lines::CsvLines;
use crate::trouble::Trouble;
use csv::{ReaderBuilder, StringRecordsIntoIter};

/// A file that is larger was not meant to be such a table.
const LARGEST: usize = 4 << 20;

/// The most rows of one file.
const MOST_ROWS: usize = 5_000;

/// The longest cell, in characters.
const LONGEST_CELL: usize = 4_096;

/// What the tables of one command are.
#[derive(Clone, Copy)]
pub(crate) struct TableKind {
    /// Begins the codes of its troubles.
    pub(crate) code: &'static str,
}

/// A table whose names are read, and whose rows are not.
pub(crate) struct CsvTable<'t> {
    kind: TableKind,
    text: &'t str,
    /// The names of the columns as they stand there.
    pub(crate) names: Vec<String>,
    records: StringRecordsIntoIter<&'t [u8]>,
}

/// One row that is not empty.
pub(crate) struct TableRow {
    /// Where it stands: `line 3`.
    pub(crate) place: String,
    /// A cell for each column, without the blanks around it; empty where the row is short.
    pub(crate) cells: Vec<String>,
}

impl TableKind {
    /// A trouble with a file.
    pub(crate) fn refused(self, code: &str, title: impl ToString, advice: &str) -> Trouble {
        Trouble::settings(&format!("{}.{code}", self.code), title, advice)
    }

    /// The text of a file.
    pub(crate) fn text(self, file: &[u8]) -> Result<&str, Trouble> {
        if file.len() > LARGEST {
            let title = format!("the file is larger than {} MiB", LARGEST >> 20);
            return Err(self.refused("too_large", title, "Cut it into several files."));
        }
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        std::str::from_utf8(file).map_err(|error| {
            let before = file.get(..error.valid_up_to()).unwrap_or_default();
            let title = format!("line {} has characters that are not UTF-8", CsvLines::of(before).last());
            self.refused("encoding", title, "Save the file as \"CSV UTF-8\".")
        })
    }

    /// Refuses one row more than there may be.
    pub(crate) fn room(self, rows: usize) -> Result<(), Trouble> {
        if rows < MOST_ROWS {
            return Ok(());
        }
        let title = format!("the file has more than {MOST_ROWS} connections");
        Err(self.refused("too_many_rows", title, "Cut it into several files."))
    }

    /// A cell without the blanks around it.
    pub(crate) fn sound(self, place: &str, column: &str, cell: &str) -> Result<String, Trouble> {
        let at = format!("{place}, {column}");
        let cell = cell.trim();
        if cell.chars().any(char::is_control) {
            let title = format!("{at}: a line end or another control character");
            let advice = "Remove it; a quotation mark that is not closed swallows the lines behind it.";
            return Err(self.refused("control_character", title, advice));
        }
        if cell.chars().count() > LONGEST_CELL {
            let title = format!("{at}: longer than {LONGEST_CELL} characters");
            return Err(self.refused("cell_too_long", title, "Shorten it."));
        }
        Ok(cell.to_owned())
    }

    /// Refuses a column that holds secrets.
    pub(crate) fn secret_column(self, name: &str) -> Trouble {
        let title = format!("the column {name:?} is for secrets, and none is read from such a file");
        let advice = "A file with secrets lies on disks and in mail. Remove the column, and enter what is needed \
                      afterwards: each connection tells what that is. Nothing was imported.";
        self.refused("secret_column", title, advice)
    }

    /// A table, up to the names of its columns.
    pub(crate) fn open(self, text: &str) -> Result<CsvTable<'_>, Trouble> {
        let first = text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
        // No name of a column holds one of them.
        let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
        let separator = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        let reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
        let mut records = reader.into_records();
        let first = records.next().transpose().map_err(|error| self.unreadable(&error))?.unwrap_or_default();
        let names = first.iter().map(str::to_owned).collect();
        Ok(CsvTable { kind: self, text, names, records })
    }

    fn unreadable(self, error: &csv::Error) -> Trouble {
        self.refused("unreadable", error, "Save the file as CSV anew.")
    }
}

impl CsvTable<'_> {
    /// The rows. `labels` has a name for each column that is used; cells of the others are left out.
    pub(crate) fn rows(self, labels: &[Option<String>]) -> Result<Vec<TableRow>, Trouble> {
        let Self { kind, text, names, records } = self;
        let mut lines = CsvLines::of(text.as_bytes());
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|error| kind.unreadable(&error))?;
            let place = format!("line {}", lines.line(&record));
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.iter().skip(names.len()).any(|cell| !cell.trim().is_empty()) {
                let title = format!("{place} has {} cells, and there are {} columns", record.len(), names.len());
                let advice = "Put a cell that holds the separator into quotation marks.";
                return Err(kind.refused("too_many_cells", title, advice));
            }
            let cells = labels.iter().enumerate().map(|(number, label)| match label {
                Some(label) => kind.sound(&place, label, record.get(number).unwrap_or_default()),
                None => Ok(String::new()),
            });
            let cells = cells.collect::<Result<_, _>>()?;
            kind.room(rows.len())?;
            rows.push(TableRow { place, cells });
        }
        Ok(rows)
    }
}

/// A name from a file, short and without anything that steers a terminal.
pub(crate) fn shown(name: &str) -> String {
    name.trim().chars().take(60).map(|one| if one.is_control() { '\u{fffd}' } else { one }).collect()
}

/// Letters and digits in lower case: blanks, hyphens and brackets are a matter of taste.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Parts of names that stand for secrets.
const SECRETS: [&str; 8] =
    ["password", "passwd", "passphrase", "secret", "refreshtoken", "accesstoken", "privatekey", "credential"];

/// Whether a column of this name, as [`plain`] gives it, is for secrets.
pub(crate) fn is_for_secrets(plain: &str) -> bool {
    plain == "token" || SECRETS.iter().any(|part| plain.contains(part))
}
