//! How far the syslog server has the trail: number and hash of the last entry that it got.

use rusqlite::{Connection as Database, OptionalExtension};

use crate::audit::{AuditEntry, Deed};
use crate::{Action, Store, StoreError, audit_rows};

impl Store {
    /// The last entry that the syslog server has.
    ///
    /// # Errors
    /// Those of reading.
    pub fn audit_sent_through(&self) -> Result<u64, StoreError> {
        Ok(self.read(sent)?.0)
    }

    /// Notes which entry the syslog server has.
    ///
    /// # Errors
    /// Those of writing.
    pub fn audit_sent(&mut self, last: &AuditEntry) -> Result<(), StoreError> {
        self.write(|database| note(database, last.number, &last.hash))
    }

    /// Looks whether the last entry that the syslog server has is in the trail. If it is not, somebody went around this
    /// program: all that is there has to be sent again, and the trail says so. Gives the entry that is missing then.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn resend_lost_audit(&mut self) -> Result<Option<u64>, StoreError> {
        if self.read(is_there)? {
            return Ok(None);
        }
        self.change(|database, acting| {
            let (through, hash) = sent(database)?;
            let (anchor, anchor_hash) = audit_rows::anchor(database)?;
            note(database, anchor, &anchor_hash)?;
            let deed = Deed::new(Action::AuditResent, "audit", "", "").with("through", through).with("hash", hash);
            acting.record(database, &deed)?;
            Ok(Some(through))
        })
    }
}

/// Number and hash of the last entry that the syslog server has; the hash is empty if an older version sent it.
pub(crate) fn sent(database: &Database) -> Result<(u64, String), StoreError> {
    let sql = "SELECT sent_through, sent_hash FROM audit_syslog";
    Ok(database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Whether the last entry that the syslog server has is in the trail, or was forgotten since.
pub(crate) fn is_there(database: &Database) -> Result<bool, StoreError> {
    let (through, hash) = sent(database)?;
    if through <= audit_rows::anchor(database)?.0 {
        return Ok(true);
    }
    let found =
        database.query_row("SELECT hash FROM audit WHERE number = ?1", [through], |row| row.get(0)).optional()?;
    Ok(found.is_some_and(|found: String| hash.is_empty() || found == hash))
}

fn note(database: &Database, through: u64, hash: &str) -> Result<(), StoreError> {
    database.execute("UPDATE audit_syslog SET sent_through = ?1, sent_hash = ?2", (through, hash))?;
    Ok(())
}
