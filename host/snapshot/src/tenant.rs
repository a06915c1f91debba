//! The connections that a question is about, with their open files.

use crate::array::{Kind, read};
use crate::cell::SortKey;
use crate::error::SnapshotError;
use crate::file::{Damage, SnapshotFile};
use crate::people_set::PeopleSet;
use crate::question::Question;
use crate::search_text::search;
use crate::user_columns::{Keep, UserColumn, file_column};
use beacon_api::{ColumnKind, UseState};
use rusqlite::types::{Value, ValueRef};
use std::collections::BTreeMap;

/// Filter of people by a product that they hold; no column, because a person has several.
pub(crate) const PRODUCT_FILTER: &str = "product";

/// One connection.
pub(crate) struct Tenant {
    pub(crate) connection: String,
    pub(crate) name: String,
    pub(crate) file: SnapshotFile,
}

/// An application of a file.
#[derive(Clone, Debug)]
pub(crate) struct StoredApplication {
    pub(crate) number: u16,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) unlisted: UseState,
    pub(crate) oldest_on: Option<i64>,
    /// By rule and state.
    pub(crate) people: BTreeMap<(usize, u8), u64>,
}

impl Tenant {
    /// Applications by their numbers.
    pub(crate) fn applications(&self) -> Result<Vec<StoredApplication>, SnapshotError> {
        let file = &self.file;
        let read = || -> rusqlite::Result<Vec<StoredApplication>> {
            let mut statement = file
                .connection
                .prepare_cached("SELECT application_id, name, unlisted, oldest_on FROM applications ORDER BY number")?;
            let rows = statement.query_map([], |row| {
                let unlisted: usize = row.get(2)?;
                Ok(StoredApplication {
                    number: 0,
                    id: row.get(0)?,
                    name: row.get(1)?,
                    unlisted: crate::use_code::STATES.get(unlisted).copied().unwrap_or(UseState::NotMeasured),
                    oldest_on: row.get(3)?,
                    people: BTreeMap::new(),
                })
            })?;
            let mut applications = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            for (number, application) in (0..).zip(&mut applications) {
                application.number = number;
            }
            let mut statement =
                file.connection.prepare_cached("SELECT application, rule, state, people FROM use_counts")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(application) = applications.get_mut(row.get::<_, usize>(0)?) {
                    application.people.insert((row.get(1)?, row.get(2)?), row.get::<_, i64>(3)?.unsigned_abs());
                }
            }
            Ok(applications)
        };
        file.damaged(read())
    }

    /// Whom the filters about people leave; `known` are the columns that the view can be filtered by.
    pub(crate) fn filtered(&self, question: &Question, known: &[&str]) -> Result<PeopleSet, SnapshotError> {
        let people = self.file.people();
        let mut set = PeopleSet::everybody(people);
        for (column, values) in &question.filters {
            if column == PRODUCT_FILTER {
                set.and(&self.holders(values)?);
            } else if known.contains(&column.as_str())
                && let Some(column) = file_column(column, question.days)
            {
                set.and(&self.with_values(column, values)?);
            }
        }
        Ok(set)
    }

    /// Whom the search finds.
    pub(crate) fn searched(&self, question: &Question) -> Result<Option<PeopleSet>, SnapshotError> {
        let Some(needle) = &question.search else { return Ok(None) };
        self.file.damaged(search(&self.file.connection, needle, self.file.people())).map(Some)
    }

    /// Who holds one of these products.
    fn holders(&self, sku_ids: &[String]) -> Result<PeopleSet, SnapshotError> {
        let people = self.file.people();
        let mut members = vec![false; people];
        for sku_id in sku_ids {
            let mut statement = self
                .file
                .damaged(self.file.connection.prepare_cached("SELECT number FROM products WHERE sku_id = ?1"))?;
            let mut rows = self.file.damaged(statement.query([sku_id]))?;
            while let Some(row) = self.file.damaged(rows.next())? {
                let number: i64 = self.file.damaged(row.get(0))?;
                let of = number.to_string();
                let holders: Vec<u8> = self.file.damaged(read(&self.file.connection, (Kind::Holder, &of), people))?;
                members.iter_mut().zip(holders).for_each(|(member, holds)| *member |= holds != 0);
            }
        }
        Ok(PeopleSet::of(members.into_iter()))
    }

    fn is_coded(&self, column: &UserColumn) -> bool {
        column.keep == Keep::Coded && !self.file.facts.overflowed.iter().any(|name| name == column.id)
    }

    /// Everybody with one of these values.
    fn with_values(&self, column: &UserColumn, texts: &[String]) -> Result<PeopleSet, SnapshotError> {
        let people = self.file.people();
        let connection = &self.file.connection;
        let values = texts.iter().map(|text| parsed(column, text)).collect::<Result<Vec<_>, _>>()?;
        if self.is_coded(column) {
            let dictionary = self.dictionary(column.id)?;
            let wanted: Vec<u16> = std::iter::once((0, &Value::Null))
                .chain(dictionary.iter().map(|(code, value, _)| (*code, value)))
                .filter(|(_, value)| values.contains(value))
                .map(|(code, _)| code)
                .collect();
            let codes: Vec<u16> = self.file.damaged(read(connection, (Kind::Code, column.id), people))?;
            return Ok(PeopleSet::of(codes.iter().map(|code| wanted.contains(code))));
        }
        let mut set = PeopleSet::empty(people);
        for value in values {
            // The name of the column is one of ours.
            let text = format!("SELECT number FROM people WHERE {} IS ?1", column.id);
            let mut statement = self.file.damaged(connection.prepare_cached(&text))?;
            let mut rows = self.file.damaged(statement.query([value]))?;
            while let Some(row) = self.file.damaged(rows.next())? {
                set.insert(self.file.damaged(row.get(0))?);
            }
        }
        Ok(set)
    }

    /// Code, value and people of each value of a column, none if it has too many.
    pub(crate) fn dictionary(&self, column: &str) -> Result<Vec<(u16, Value, u64)>, SnapshotError> {
        let read = || -> rusqlite::Result<Vec<(u16, Value, u64)>> {
            let mut statement =
                self.file.connection.prepare_cached("SELECT code, value, people FROM dictionary WHERE of = ?1")?;
            let rows = statement
                .query_map([column], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs())))?;
            rows.collect()
        };
        self.file.damaged(read())
    }

    /// For everybody the place of their value in the order of the column, 0 for none; and the largest place.
    pub(crate) fn ranks(&self, column: &UserColumn) -> Result<(Vec<u32>, u32), SnapshotError> {
        let (people, connection) = (self.file.people(), &self.file.connection);
        if !self.is_coded(column) {
            let ranks: Vec<u32> = self.file.damaged(read(connection, (Kind::Rank, column.id), people))?;
            let largest = ranks.iter().copied().max().unwrap_or(0);
            if largest as usize > people {
                return self.file.damaged(Err(Damage::Text("somebody stands beyond the last place")));
            }
            return Ok((ranks, largest));
        }
        let mut order: Vec<_> = self
            .dictionary(column.id)?
            .into_iter()
            .map(|(code, value, _)| (SortKey::of_file(ValueRef::from(&value)), code))
            .collect();
        order.sort();
        let mut places = vec![0u32; order.len() + 1];
        let (mut last, mut rank) = (None, 0);
        for (key, code) in &order {
            if last.as_ref() != Some(&key) {
                rank += 1;
                last = Some(key);
            }
            if let Some(place) = places.get_mut(usize::from(*code)) {
                *place = rank;
            }
        }
        let codes: Vec<u16> = self.file.damaged(read(connection, (Kind::Code, column.id), people))?;
        let ranks = codes.iter().map(|code| places.get(usize::from(*code)).copied().unwrap_or(0)).collect();
        Ok((ranks, rank))
    }
}

/// The value that a filter means.
fn parsed(column: &UserColumn, text: &str) -> Result<Value, SnapshotError> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let bad = |expected| SnapshotError::BadFilter { part: format!("{}:{text}", column.id), expected };
    Ok(match column.kind {
        ColumnKind::YesNo => match text {
            "true" => Value::Integer(1),
            "false" => Value::Integer(0),
            _ => return Err(bad("true, false or nothing")),
        },
        ColumnKind::Number => Value::Integer(text.parse().map_err(|_| bad("a whole number or nothing"))?),
        ColumnKind::Moment => {
            let moment: jiff::Timestamp = text.parse().map_err(|_| bad("a time like 2027-05-31T10:00:00Z"))?;
            Value::Integer(moment.as_microsecond())
        }
        _ => Value::Text(text.to_owned()),
    })
}
