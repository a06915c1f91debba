//! What can be told of the database itself, without changing it.

use std::collections::BTreeMap;

use rusqlite::ErrorCode;

use crate::{Store, StoreError, migration};

/// The most complaints that one look brings; a damaged file has thousands.
const COMPLAINTS: u32 = 20;

impl Store {
    /// The number of the newest change of the schema.
    ///
    /// # Errors
    /// Those of reading.
    pub fn schema_version(&self) -> Result<u32, StoreError> {
        self.read(migration::check)
    }

    /// The version of the database library.
    #[must_use]
    pub fn library_version() -> &'static str {
        rusqlite::version()
    }

    /// How many rows each table has, by its name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn row_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.read(|database| {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            let mut statement = database.prepare(sql)?;
            let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let count = |name: String| {
                // The names are our own words.
                let rows = database.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0))?;
                Ok((name, rows))
            };
            names.into_iter().map(count).collect()
        })
    }

    /// What the database finds wrong with its own file; nothing if it is sound. Reads all of it.
    ///
    /// # Errors
    /// Those of reading.
    pub fn complaints(&self) -> Result<Vec<String>, StoreError> {
        self.read(|database| {
            let mut lines = integrity(database)?;
            lines.retain(|line| line != "ok");
            // Of a damaged file no rows can be held against each other.
            if lines.is_empty() {
                lines = foreign_keys(database)?;
            }
            Ok(lines)
        })
    }
}

/// What the check of the file says; damage may end the check itself, and is what it says then.
fn integrity(database: &rusqlite::Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = database.prepare(&format!("PRAGMA integrity_check({COMPLAINTS})"))?;
    let mut lines = Vec::new();
    for line in statement.query_map([], |row| row.get(0))? {
        match line {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                lines.push(error.to_string());
                break;
            }
            line => lines.push(line?),
        }
    }
    Ok(lines)
}

fn foreign_keys(database: &rusqlite::Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = database.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("a row of {table} belongs to nothing in {parent}"))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
