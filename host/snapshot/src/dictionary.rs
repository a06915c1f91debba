//! A column with few values while a snapshot is built: a code for each person, and what the codes stand for.

use crate::array::{Kind, write_part};
use beacon_api::ColumnKind;
use rusqlite::{Connection, params};
use std::collections::HashMap;

/// More values than this, and the column is kept as one with many values.
const MOST_VALUES: usize = 16_384;

/// One column.
pub(crate) struct Dictionary {
    column: &'static str,
    kind: ColumnKind,
    codes: HashMap<String, u16>,
    /// Value and people, by code; codes begin with 1.
    values: Vec<(String, u64)>,
    part: Vec<u16>,
    pub(crate) too_many: bool,
}

impl Dictionary {
    pub(crate) fn new(column: &'static str, kind: ColumnKind) -> Self {
        Self { column, kind, codes: HashMap::new(), values: Vec::new(), part: Vec::new(), too_many: false }
    }

    pub(crate) const fn column(&self) -> &'static str {
        self.column
    }

    /// Takes the value of the next person.
    pub(crate) fn push(&mut self, value: Option<&str>) {
        let code = value.map_or(0, |value| self.code(value));
        self.part.push(code);
    }

    fn code(&mut self, value: &str) -> u16 {
        let code = match self.codes.get(value) {
            Some(code) => *code,
            None if self.values.len() >= MOST_VALUES => {
                self.too_many = true;
                return 0;
            }
            None => {
                self.values.push((value.to_owned(), 0));
                let code = u16::try_from(self.values.len()).unwrap_or(u16::MAX);
                self.codes.insert(value.to_owned(), code);
                code
            }
        };
        if let Some((_, people)) = self.values.get_mut(usize::from(code) - 1) {
            *people += 1;
        }
        code
    }

    /// Stores the codes of a part of people.
    pub(crate) fn flush(&mut self, connection: &Connection, part: usize) -> rusqlite::Result<()> {
        if !self.too_many {
            write_part(connection, (Kind::Code, self.column), part, &self.part)?;
        }
        self.part.clear();
        Ok(())
    }

    /// Stores what the codes stand for, or takes away the codes if there are too many values.
    pub(crate) fn finish(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.too_many {
            connection.execute("DELETE FROM arrays WHERE kind = 'code' AND of = ?1", [self.column])?;
            return Ok(());
        }
        let mut statement =
            connection.prepare_cached("INSERT INTO dictionary (of, code, value, people) VALUES (?1, ?2, ?3, ?4)")?;
        for (code, (value, people)) in (1i64..).zip(&self.values) {
            match (self.kind, value.parse::<i64>()) {
                (ColumnKind::Number | ColumnKind::YesNo, Ok(number)) => {
                    statement.execute(params![self.column, code, number, *people as i64])?;
                }
                _ => {
                    statement.execute(params![self.column, code, value, *people as i64])?;
                }
            }
        }
        Ok(())
    }
}
