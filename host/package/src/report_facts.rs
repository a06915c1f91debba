//! What the rows of a table from reports say about those reports: up to which day they know, and whom they name.

use crate::csv_cell::date;
use crate::row::{DamagedRow, RowCursor};
use crate::user_join::names_nobody;
use beacon_contract::dataset::TableSchema;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The column that says up to which day a report knows. Only tables from reports have it.
const REFRESHED_ON: &str = "refreshed_on";

/// Days up to which the reports behind a table know. They differ where one report is older than the others, or where a
/// person imported a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshDates {
    /// Of the oldest row.
    pub oldest: Date,
    /// Of the newest row.
    pub newest: Date,
}

/// Counts over the rows of one table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReportFacts {
    schema: &'static TableSchema,
    /// Rows with a `user_id`.
    pub(crate) matched: u64,
    /// Rows with a concealed name.
    pub(crate) concealed: u64,
    days: Option<(i32, i32)>,
}

impl ReportFacts {
    /// No rows yet; `None` for a table that comes from no reports.
    pub(crate) fn of(schema: &'static TableSchema) -> Option<Self> {
        schema.column(REFRESHED_ON)?;
        Some(Self { schema, matched: 0, concealed: 0, days: None })
    }

    /// Takes a row whose person was looked up.
    pub(crate) fn row(&mut self, row: &[u8]) -> Result<(), DamagedRow> {
        let mut cursor = RowCursor::new(row);
        let (mut user_key, mut attributable) = (&[][..], None);
        for column in self.schema.columns {
            let mut value = RowCursor::new(cursor.skip(column.kind)?);
            match column.name {
                "user_key" => user_key = value.text()?.unwrap_or_default(),
                "attributable" => attributable = value.boolean()?,
                "user_id" => self.matched += u64::from(value.text()?.is_some()),
                REFRESHED_ON => {
                    if let Some(day) = value.date()? {
                        let (oldest, newest) = self.days.unwrap_or((day, day));
                        self.days = Some((oldest.min(day), newest.max(day)));
                    }
                }
                _ => {}
            }
        }
        self.concealed += u64::from(names_nobody(user_key, attributable));
        Ok(())
    }

    /// Oldest and newest day; `None` if no row has one.
    pub(crate) fn refreshed_on(&self) -> Option<RefreshDates> {
        let (oldest, newest) = self.days?;
        Some(RefreshDates { oldest: date(oldest)?, newest: date(newest)? })
    }
}
