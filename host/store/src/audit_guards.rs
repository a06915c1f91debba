//! The guards of the trail: the triggers that refuse whatever is not allowed to become of it.

use std::collections::BTreeMap;

use rusqlite::Connection as Database;

use crate::{StoreError, migration};

/// Whether they are those of this program: none is missing, none was changed, and there is no further one.
pub(crate) fn stand(database: &Database) -> Result<bool, StoreError> {
    let mut as_made = Database::open_in_memory()?;
    migration::migrate(&mut as_made)?;
    Ok(guards(database)? == guards(&as_made)?)
}

fn guards(database: &Database) -> Result<BTreeMap<String, String>, StoreError> {
    let sql =
        "SELECT name, replace(sql, char(13), '') FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'audit%'";
    let mut statement = database.prepare(sql)?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}
