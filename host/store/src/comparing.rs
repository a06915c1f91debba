//! Comparing texts in SQL as names are compared: SQLite's own functions know the case of ASCII letters alone.

use rusqlite::Connection as Database;
use rusqlite::functions::FunctionFlags;

use crate::name::comparison_key;

/// Lets queries of this line say `comparison_key(text)`.
pub(crate) fn register(database: &Database) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    database.create_scalar_function("comparison_key", 1, flags, |context| {
        Ok(context.get::<Option<String>>(0)?.as_deref().map(comparison_key))
    })
}
