use aws_lc_rs::digest::{SHA256, digest};
use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// One step of the schema. A released step is never edited; a change is a new step.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All steps; the first one has number 1.
const MIGRATIONS: &[Migration] = &[
    Migration { name: "initial", sql: include_str!("../migrations/0001_initial.sql") },
    Migration { name: "accounts", sql: include_str!("../migrations/0002_accounts.sql") },
    Migration { name: "schedules", sql: include_str!("../migrations/0003_schedules.sql") },
    Migration { name: "delivery", sql: include_str!("../migrations/0004_delivery.sql") },
    Migration { name: "proxy", sql: include_str!("../migrations/0005_proxy.sql") },
    Migration { name: "keys", sql: include_str!("../migrations/0006_keys.sql") },
    Migration { name: "credentials", sql: include_str!("../migrations/0007_credentials.sql") },
    Migration { name: "health", sql: include_str!("../migrations/0008_health.sql") },
    Migration { name: "destinations", sql: include_str!("../migrations/0009_destinations.sql") },
    Migration { name: "consents", sql: include_str!("../migrations/0010_consents.sql") },
    Migration { name: "tenants", sql: include_str!("../migrations/0011_tenants.sql") },
    Migration { name: "audit", sql: include_str!("../migrations/0012_audit.sql") },
    Migration { name: "audit_kept", sql: include_str!("../migrations/0013_audit_kept.sql") },
];

/// Brings the database to the newest version, all in one transaction: it is at the old version or at the new one.
///
/// # Errors
/// [`StoreError::Newer`] and [`StoreError::ForeignMigration`] where the database is not of this program; nothing has
/// been changed then.
pub(crate) fn migrate(database: &mut Connection) -> Result<(), StoreError> {
    migrate_with(database, MIGRATIONS)
}

/// Checks that the database is at the newest version, and changes nothing. Gives that version.
///
/// # Errors
/// [`StoreError::Older`], [`StoreError::Newer`] and [`StoreError::ForeignMigration`] where it is not.
pub(crate) fn check(database: &Connection) -> Result<u32, StoreError> {
    let supported = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let applied = applied(database)?;
    let found = applied.last().map_or(0, |(number, _)| *number);
    if found > supported {
        return Err(StoreError::Newer { found, supported });
    }
    for ((number, migration), step) in (1_u32..).zip(MIGRATIONS).zip(applied) {
        if step != (number, migration.checksum()) {
            return Err(StoreError::ForeignMigration { number });
        }
    }
    if found < supported { Err(StoreError::Older { found, supported }) } else { Ok(found) }
}

fn migrate_with(database: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL
        ) STRICT",
    )?;
    let applied = applied(&transaction)?;
    let supported = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if let Some((found, _)) = applied.last().filter(|(number, _)| *number > supported) {
        return Err(StoreError::Newer { found: *found, supported });
    }
    let mut applied = applied.into_iter();
    for (number, migration) in (1_u32..).zip(migrations) {
        let checksum = migration.checksum();
        match applied.next() {
            Some(step) if step == (number, checksum.clone()) => {}
            Some(_) => return Err(StoreError::ForeignMigration { number }),
            None => {
                transaction.execute_batch(migration.sql)?;
                transaction.execute(
                    "INSERT INTO migrations (number, name, checksum) VALUES (?1, ?2, ?3)",
                    (number, migration.name, checksum),
                )?;
            }
        }
    }
    Ok(transaction.commit()?)
}

fn applied(database: &Connection) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let mut statement = database.prepare("SELECT number, checksum FROM migrations ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Migration {
    /// SHA-256 of the text. Line ends don't count: a checkout may have changed them.
    fn checksum(&self) -> Vec<u8> {
        digest(&SHA256, self.sql.replace("\r\n", "\n").as_bytes()).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{MIGRATIONS, Migration, check, migrate, migrate_with};
    use crate::StoreError;

    const ONE: Migration = Migration { name: "one", sql: "CREATE TABLE one (a TEXT);\nCREATE TABLE two (a TEXT);" };
    const TWO: Migration = Migration { name: "two", sql: "ALTER TABLE one ADD COLUMN b TEXT" };

    fn schema(database: &Connection) -> Vec<String> {
        let mut statement = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn doing_it_again_changes_nothing() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate(&mut database).unwrap();
        let first = schema(&database);
        migrate(&mut database).unwrap();
        assert_eq!(schema(&database), first);
        assert!(first.len() > MIGRATIONS.len());
    }

    #[test]
    fn only_what_is_missing_is_done() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate_with(&mut database, &[ONE]).unwrap();
        database.execute("INSERT INTO one VALUES ('kept')", []).unwrap();
        migrate_with(&mut database, &[ONE, TWO]).unwrap();
        let row: (String, Option<String>) =
            database.query_row("SELECT a, b FROM one", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, ("kept".to_owned(), None));
    }

    #[test]
    fn a_look_tells_an_older_database_and_changes_nothing() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate_with(&mut database, &MIGRATIONS[..1]).unwrap();
        let before = schema(&database);
        let error = check(&database).unwrap_err();
        assert!(matches!(error, StoreError::Older { found: 1, .. }), "{error}");
        assert_eq!(schema(&database), before);
        migrate(&mut database).unwrap();
        assert_eq!(check(&database).unwrap() as usize, MIGRATIONS.len());
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate_with(&mut database, &[ONE, TWO]).unwrap();
        let before = schema(&database);
        let error = migrate_with(&mut database, &[ONE]).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, supported: 1 }), "{error}");
        assert_eq!(schema(&database), before);
    }

    #[test]
    fn an_edited_step_is_refused_but_line_ends_are_not_an_edit() {
        let mut database = Connection::open_in_memory().unwrap();
        migrate_with(&mut database, &[ONE]).unwrap();
        let other_line_ends = Migration { sql: "CREATE TABLE one (a TEXT);\r\nCREATE TABLE two (a TEXT);", ..ONE };
        migrate_with(&mut database, &[other_line_ends]).unwrap();
        let edited = Migration { sql: "CREATE TABLE one (a INTEGER)", ..ONE };
        let error = migrate_with(&mut database, &[edited]).unwrap_err();
        assert!(matches!(error, StoreError::ForeignMigration { number: 1 }), "{error}");
    }

    #[test]
    fn a_failing_step_undoes_all_steps() {
        let mut database = Connection::open_in_memory().unwrap();
        let broken = Migration { name: "broken", sql: "CREATE TABLE three (a TEXT); CREATE NONSENSE" };
        assert!(migrate_with(&mut database, &[ONE, broken]).is_err());
        assert!(schema(&database).is_empty());
    }
}
