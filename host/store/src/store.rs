use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection as Database, OpenFlags, TransactionBehavior};
use uuid::Uuid;

use crate::audit::{Acting, Actor};
use crate::column::Text;
use crate::lock::FolderLock;
use crate::{StoreError, folder, migration};

/// The name of the database in the data folder.
pub const DATABASE_FILE: &str = "beacon.sqlite";

/// How long to wait for another reader of the file, such as a backup, before giving up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The database of one data folder, owned by this process while the value lives.
pub struct Store {
    // Closed before the lock is given back: fields drop in this order.
    database: Database,
    // None for one that only looks.
    _lock: Option<FolderLock>,
    folder: PathBuf,
    installation: Uuid,
    /// Whether what is written belongs to [`Store::together`].
    together: bool,
    /// Who acts, and when.
    pub(crate) acting: Acting,
}

impl Store {
    /// Opens the database in `folder`; makes both where they are missing, and brings an older one up to date.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process owns the folder, [`StoreError::OpenToOthers`],
    /// [`StoreError::NotWritable`], [`StoreError::DiskFull`], [`StoreError::Folder`], [`StoreError::Newer`],
    /// [`StoreError::ForeignMigration`], [`StoreError::Damaged`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::prepare(folder)?;
        let lock = FolderLock::take(folder)?;
        let path = folder.join(DATABASE_FILE);
        // Made by us before SQLite makes it, so that it is private from the start; its side files take its mode.
        folder::open_private(&path).map_err(|source| StoreError::from_io(folder, source))?;
        let (database, installation) = open_database(&path).map_err(|error| error.located(folder))?;
        let lock = Some(lock);
        Ok(Self { database, _lock: lock, folder: folder.to_owned(), installation, together: false, acting: nobody() })
    }

    /// Opens the database in `folder` to look at it, beside whoever owns the folder: nothing is made, brought up to date
    /// or changed, and every attempt to write is an error.
    ///
    /// # Errors
    /// [`StoreError::NoDatabase`], [`StoreError::Older`], and those of [`Store::open`] except for those of the lock.
    pub fn open_to_look(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(DATABASE_FILE);
        // Asked first: what cannot be entered is not the same as what is not there.
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NoDatabase { folder: folder.to_owned() });
            }
            found => found.map_err(|source| StoreError::from_io(folder, source))?,
        };
        let (database, installation) = open_to_look(&path).map_err(|error| error.located(folder))?;
        Ok(Self { database, _lock: None, folder: folder.to_owned(), installation, together: false, acting: nobody() })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who this data folder is: an id drawn when it was made, which stays when it is moved.
    #[must_use]
    pub fn installation(&self) -> Uuid {
        self.installation
    }

    pub(crate) fn read<T>(&self, job: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        job(&self.database).map_err(|error| error.located(&self.folder))
    }

    /// Does the job in one transaction: all of it, or nothing where it gives an error.
    pub(crate) fn write<T>(&mut self, job: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let done = if self.together { nest(&mut self.database, job) } else { transact(&mut self.database, job) };
        done.map_err(|error| error.located(&self.folder))
    }

    /// Does several writings in one transaction: all of them, or none where one gives an error.
    ///
    /// # Errors
    /// Those of the job, and of writing.
    pub fn together<T, E: From<StoreError>>(&mut self, job: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.execute("BEGIN IMMEDIATE")?;
        self.together = true;
        // A panic must not leave the transaction open for whoever writes next.
        let done = catch_unwind(AssertUnwindSafe(|| job(self)));
        self.together = false;
        let done = done.map(|done| done.and_then(|value| Ok(self.execute("COMMIT").map(|()| value)?)));
        if !matches!(done, Ok(Ok(_))) && !self.database.is_autocommit() {
            // What went wrong says more than a failure to undo it. A full disk may have undone it already, and what could
            // not be kept must not stay open for whoever writes next.
            let _ = self.execute("ROLLBACK");
        }
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub(crate) fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.database.execute_batch(sql).map_err(|error| StoreError::from(error).located(&self.folder))
    }
}

/// Until somebody says who acts.
fn nobody() -> Acting {
    Acting { actor: Arc::new(Actor::beacon()), at: Timestamp::UNIX_EPOCH }
}

/// Within a transaction: what fails is undone, and the rest stays to be decided.
fn nest<T>(database: &mut Database, job: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let savepoint = database.savepoint()?;
    let result = job(&savepoint)?;
    savepoint.commit()?;
    Ok(result)
}

fn transact<T>(database: &mut Database, job: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = job(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

fn open_database(path: &Path) -> Result<(Database, Uuid), StoreError> {
    let mut database = Database::open(path)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    // `synchronous = FULL`: a pending state must be on the disk before the package's manifest is renamed into place.
    // `secure_delete`: a deleted row's ciphertext is overwritten, not only forgotten.
    database.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;",
    )?;
    migration::migrate(&mut database)?;
    database.execute("INSERT OR IGNORE INTO installation (only, id) VALUES (1, ?1)", [Text(Uuid::new_v4())])?;
    let installation: Text<Uuid> = database.query_row("SELECT id FROM installation", [], |row| row.get(0))?;
    Ok((database, installation.0))
}

fn open_to_look(path: &Path) -> Result<(Database, Uuid), StoreError> {
    let database = Database::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    database.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")?;
    migration::check(&database)?;
    let installation: Text<Uuid> = database.query_row("SELECT id FROM installation", [], |row| row.get(0))?;
    Ok((database, installation.0))
}

#[cfg(test)]
pub(crate) mod tests;
