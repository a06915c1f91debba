//! A snapshot that is being read.

use crate::error::SnapshotError;
use crate::schema::{APPLICATION_ID, VERSION};
use crate::snapshot::Facts;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::path::{Path, PathBuf};

/// What is wrong with a file, before it is said which.
#[derive(Debug)]
pub(crate) enum Damage {
    Text(&'static str),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Damage {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite::types::FromSqlError> for Damage {
    fn from(_: rusqlite::types::FromSqlError) -> Self {
        Self::Text("a value has another type than its column")
    }
}

impl Damage {
    /// The error, with the file it is about.
    pub(crate) fn of(path: &Path) -> impl FnOnce(Self) -> SnapshotError + use<> {
        let path = path.to_owned();
        move |damage| {
            let why = match damage {
                Self::Text(why) => why.to_owned(),
                Self::Sqlite(error) => error.to_string(),
            };
            SnapshotError::Damaged { path, why }
        }
    }
}

/// An open file. It never changes: a newer snapshot is another file.
pub(crate) struct SnapshotFile {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) facts: Facts,
}

/// A path as SQLite's addresses want it.
fn address(path: &Path) -> String {
    let mut address = String::from("file:");
    let text = path.to_string_lossy().replace('\\', "/");
    if text.chars().nth(1) == Some(':') {
        address.push('/');
    }
    for character in text.chars() {
        match character {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            plain => address.push(plain),
        }
    }
    address.push_str("?immutable=1");
    address
}

impl SnapshotFile {
    pub(crate) fn open(path: &Path) -> Result<Self, SnapshotError> {
        if !path.is_file() {
            return Err(SnapshotError::Missing(path.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let read = || -> Result<(Connection, Facts), Damage> {
            let connection = Connection::open_with_flags(address(path), flags)?;
            let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
            if pragma("application_id")? != APPLICATION_ID {
                return Err(Damage::Text("it was not written by this program"));
            }
            if pragma("user_version")? != VERSION {
                return Err(Damage::Text("it was written by another version of this program"));
            }
            let text: Option<String> = connection
                .query_row("SELECT value FROM facts WHERE name = 'facts'", [], |row| row.get(0))
                .optional()?;
            let facts: Option<Facts> = text.and_then(|text| serde_json::from_str(&text).ok());
            let facts = facts.ok_or(Damage::Text("its facts are missing"))?;
            let people: i64 =
                connection.query_row("SELECT ifnull(max(number) + 1, 0) FROM people", [], |row| row.get(0))?;
            if u64::try_from(people) != Ok(facts.totals.users) {
                return Err(Damage::Text("it has other people than it says"));
            }
            Ok((connection, facts))
        };
        let (connection, facts) = read().map_err(Damage::of(path))?;
        Ok(Self { connection, path: path.to_owned(), facts })
    }

    /// Number of people.
    pub(crate) fn people(&self) -> usize {
        usize::try_from(self.facts.totals.users).unwrap_or(usize::MAX)
    }

    /// The error of a failed read.
    pub(crate) fn damaged<T>(&self, result: Result<T, impl Into<Damage>>) -> Result<T, SnapshotError> {
        result.map_err(|error| Damage::of(&self.path)(error.into()))
    }

    /// The number of a person: ids ascend with numbers, so they are halved until the id is found.
    pub(crate) fn number_of(&self, user_id: &str) -> Result<Option<u32>, SnapshotError> {
        let mut statement =
            self.damaged(self.connection.prepare_cached("SELECT user_id FROM people WHERE number = ?1"))?;
        let (mut low, mut high) = (0, self.people());
        while low < high {
            let middle = low + (high - low) / 2;
            let id: String = self.damaged(statement.query_row([middle as i64], |row| row.get(0)))?;
            match id.as_str().cmp(user_id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(u32::try_from(middle).ok()),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }
}
