//! Reading the CSV files that people export from the Microsoft 365 admin center, line by line.
//!
//! Columns are found by their name, never by their place; names are compared by their letters and digits alone, because
//! the same column is spelt differently from report to report. Unknown columns are left out, and named.

use crate::export_error::ExportError;
use crate::export_value::{BadCell, date, days, flag};
use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use std::io::Read;

const USER: &[&str] =
    &["userprincipalname", "username", "upn", "user", "email", "emailaddress", "useremail", "userid", "primaryemail"];
const LAST_ACTIVITY: &[&str] = &["lastactivitydate", "lastactivity", "lastactivedate", "lastuseddate", "lastused"];
const IS_DELETED: &[&str] = &["isdeleted", "deleted"];
const DELETED_ON: &[&str] = &["deleteddate", "deletiondate"];
const REFRESHED_ON: &[&str] = &["reportrefreshdate", "refreshdate"];
const PERIOD: &[&str] = &["reportperiod", "period", "reportperioddays"];

/// What Microsoft writes where it does not know the person.
const UNKNOWN: &str = "(unknown)";

/// A cell in an error is cut to this many characters.
const SHOWN: usize = 40;

/// What a person says about the file.
#[derive(Clone, Debug, Default)]
pub struct ExportOptions {
    /// Day of the figures, for files that do not say it.
    pub refreshed_on: Option<Date>,
    /// Column with the last activity, where several could be meant.
    pub date_column: Option<String>,
}

/// One line about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow {
    /// The person as the file names them.
    pub user: String,
    /// Last use; `None` is never within what the report looks at.
    pub last_activity_on: Option<Date>,
    /// Whether the account was deleted.
    pub is_deleted: Option<bool>,
    /// When.
    pub deleted_on: Option<Date>,
    /// Days that the report looks at; 0 if the file does not say.
    pub period_days: i64,
}

/// Places of the columns.
#[derive(Debug)]
struct Columns {
    user: usize,
    last_activity: usize,
    is_deleted: Option<usize>,
    deleted_on: Option<usize>,
    refreshed_on: Option<usize>,
    period: Option<usize>,
}

/// A file that is being read.
pub struct ExportReader<R> {
    lines: csv::Reader<R>,
    names: Vec<String>,
    columns: Columns,
    line: StringRecord,
    given: Option<Date>,
    newest: Option<Date>,
    unnamed: u64,
}

/// The letters and digits of a column's name, without the time zone at its end.
fn plain(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    letters.strip_suffix("utc").map_or(letters.clone(), str::to_owned)
}

impl Columns {
    fn find(names: &[String], chosen: Option<&str>) -> Result<Self, ExportError> {
        let plain_names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        // Better names first, wherever they stand.
        let place =
            |wanted: &[&str]| wanted.iter().find_map(|wanted| plain_names.iter().position(|name| name == wanted));
        let found = || names.to_vec();
        let user = place(USER).ok_or_else(|| ExportError::NoUserColumn { found: found() })?;
        let last_activity = match chosen {
            Some(chosen) => plain_names.iter().position(|name| *name == plain(chosen)),
            None => match place(LAST_ACTIVITY) {
                Some(place) => Some(place),
                None => Self::only_like(names, &plain_names)?,
            },
        };
        Ok(Self {
            user,
            last_activity: last_activity.ok_or_else(|| ExportError::NoDateColumn { found: found() })?,
            is_deleted: place(IS_DELETED),
            deleted_on: place(DELETED_ON),
            refreshed_on: place(REFRESHED_ON),
            period: place(PERIOD),
        })
    }

    /// The one column that speaks of a last activity in more words, such as `Copilot Chat Last Activity Date`.
    fn only_like(names: &[String], plain_names: &[String]) -> Result<Option<usize>, ExportError> {
        let speaks = |name: &String| LAST_ACTIVITY.iter().any(|wanted| name.contains(wanted));
        let like: Vec<usize> =
            (0..).zip(plain_names).filter(|(_, name)| speaks(name)).map(|(place, _)| place).collect();
        match like.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => {
                let named = several.iter().filter_map(|place| names.get(*place).cloned());
                Err(ExportError::SeveralDateColumns { found: named.collect() })
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        let optional = [self.is_deleted, self.deleted_on, self.refreshed_on, self.period];
        [self.user, self.last_activity].into_iter().chain(optional.into_iter().flatten())
    }
}

impl<R: Read> ExportReader<R> {
    /// Reads the line with the names of the columns.
    ///
    /// # Errors
    /// [`ExportError`] about the file as a whole.
    pub fn new(input: R, options: &ExportOptions) -> Result<Self, ExportError> {
        // Lines may be shorter or longer than the first one: spreadsheets add empty cells at the end.
        let mut lines = ReaderBuilder::new().flexible(true).from_reader(input);
        let header = lines.headers().map_err(ExportError::NotCsv)?;
        let clean = |name: &str| name.trim_start_matches('\u{feff}').trim().to_owned();
        let names: Vec<String> = header.iter().map(clean).collect();
        if names.iter().all(String::is_empty) {
            return Err(ExportError::NoHeader);
        }
        let columns = Columns::find(&names, options.date_column.as_deref())?;
        let line = StringRecord::new();
        Ok(Self { lines, names, columns, line, given: options.refreshed_on, newest: None, unnamed: 0 })
    }

    /// Columns that are not used.
    #[must_use]
    pub fn ignored(&self) -> Vec<String> {
        let used: Vec<usize> = self.columns.all().collect();
        (0..).zip(&self.names).filter(|(place, _)| !used.contains(place)).map(|(_, name)| name.clone()).collect()
    }

    /// Name of the column that was taken for the last activity.
    #[must_use]
    pub fn date_column(&self) -> &str {
        self.names.get(self.columns.last_activity).map_or("", String::as_str)
    }

    /// Lines so far that name nobody.
    #[must_use]
    pub fn unnamed(&self) -> u64 {
        self.unnamed
    }

    /// The next line about a person; `None` after the last.
    ///
    /// # Errors
    /// [`ExportError::BadValue`], [`ExportError::NotCsv`].
    pub fn next_row(&mut self) -> Result<Option<ExportRow>, ExportError> {
        while self.lines.read_record(&mut self.line).map_err(ExportError::NotCsv)? {
            if let Some(refreshed_on) = self.columns.refreshed_on.map_or(Ok(None), |place| self.cell(place, date))? {
                self.newest = self.newest.max(Some(refreshed_on));
            }
            let user = self.line.get(self.columns.user).unwrap_or_default().trim();
            if user.is_empty() || user.eq_ignore_ascii_case(UNKNOWN) {
                self.unnamed += u64::from(!self.line.iter().all(str::is_empty));
                continue;
            }
            let period = self.columns.period.map_or(Ok(None), |place| self.cell(place, days))?;
            return Ok(Some(ExportRow {
                user: user.to_owned(),
                last_activity_on: self.cell(self.columns.last_activity, date)?,
                is_deleted: self.columns.is_deleted.map_or(Ok(None), |place| self.cell(place, flag))?,
                deleted_on: self.columns.deleted_on.map_or(Ok(None), |place| self.cell(place, date))?,
                period_days: period.unwrap_or(0),
            }));
        }
        Ok(None)
    }

    fn cell<T>(&self, place: usize, read: impl Fn(&str) -> Result<T, BadCell>) -> Result<T, ExportError> {
        let cell = self.line.get(place).unwrap_or_default();
        read(cell).map_err(|BadCell(expected)| ExportError::BadValue {
            line: self.line.position().map_or(0, csv::Position::line),
            column: self.names.get(place).cloned().unwrap_or_default(),
            value: cell.chars().take(SHOWN).collect(),
            expected,
        })
    }

    /// Day of the figures: the newest that the file names, else the one that was given. To be asked after the last line.
    ///
    /// # Errors
    /// [`ExportError::NoRefreshDate`], [`ExportError::OtherRefreshDate`].
    pub fn refreshed_on(&self) -> Result<Date, ExportError> {
        match (self.newest, self.given) {
            (Some(in_file), Some(given)) if in_file != given => Err(ExportError::OtherRefreshDate { in_file, given }),
            (in_file, given) => in_file.or(given).ok_or(ExportError::NoRefreshDate),
        }
    }
}
