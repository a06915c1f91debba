//! The two ways in which something leaves the audit trail: by age, and at a customer's leaving. Both leave an entry.

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension};

use crate::audit::{Deed, ERASED};
use crate::column::{Json, Time};
use crate::numbers::Numbers;
use crate::{Action, ConnectionId, Store, StoreError, TenantKey};

impl Store {
    /// Erases what the trail holds of a customer: all that the entries about its connections say, except for number, moment
    /// and action. To them belong connections that were removed before, if an entry about them tells one of its tenants.
    /// Gives how many there were.
    ///
    /// # Errors
    /// Those of writing.
    pub fn erase_audit(&mut self, connections: &[ConnectionId], tenants: &[TenantKey]) -> Result<u64, StoreError> {
        self.change(|database, acting| {
            let mut ids: Vec<String> = connections.iter().map(ToString::to_string).collect();
            ids.extend(removed_of(database, tenants)?);
            let sql =
                "SELECT number FROM audit WHERE connection_id IN (SELECT value FROM json_each(?1)) ORDER BY number";
            let mut statement = database.prepare(sql)?;
            let numbers: Vec<u64> = statement.query_map([Json(&ids)], |row| row.get(0))?.collect::<Result<_, _>>()?;
            if numbers.is_empty() {
                return Ok(0);
            }
            database.execute(
                "UPDATE audit SET who = ?2, way = ?2, client = ?2, subject_kind = ?2, subject_id = ?2, \
                 subject_name = ?2, connection_id = '', details = '{}', outcome = ?2, erased = 1 \
                 WHERE connection_id IN (SELECT value FROM json_each(?1))",
                (Json(&ids), ERASED),
            )?;
            let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
            // Not even the id of a connection is left.
            let deed = Deed::new(Action::AuditErased, "audit", "", "")
                .with("entries", count)
                .with_numbers(&Numbers::of(&numbers));
            acting.record(database, &deed)?;
            Ok(count)
        })
    }

    /// Forgets entries of before a moment; with `only_sent` none that a syslog server does not have yet. Gives how many.
    ///
    /// # Errors
    /// Those of writing.
    pub fn forget_audit(&mut self, before: Timestamp, only_sent: bool) -> Result<u64, StoreError> {
        self.change(|database, acting| {
            // The newest stays, so that the chain has an end; an entry behind a younger one waits for that.
            let sql = "SELECT number, hash FROM audit WHERE number < \
                       min(coalesce((SELECT min(number) FROM audit WHERE at >= ?1), (SELECT max(number) FROM audit)), \
                       CASE WHEN ?2 THEN (SELECT sent_through + 1 FROM audit_syslog) ELSE ?3 END) \
                       ORDER BY number DESC LIMIT 1";
            let last: Option<(u64, String)> = database
                .query_row(sql, (Time(before), only_sent, i64::MAX), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((through, hash)) = last else { return Ok(0) };
            database.execute("UPDATE audit_anchor SET number = ?1, hash = ?2", (through, &hash))?;
            let forgotten = database.execute("DELETE FROM audit WHERE number <= ?1", [through])?;
            let deed = Deed::new(Action::AuditForgotten, "audit", "", "")
                .with("entries", forgotten)
                .with("through", through)
                .with("hash", &hash);
            acting.record(database, &deed)?;
            Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
        })
    }
}

/// Connections that are gone, and that an entry tells one of these tenants of.
fn removed_of(database: &Database, tenants: &[TenantKey]) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT connection_id FROM audit WHERE connection_id <> '' \
               AND connection_id NOT IN (SELECT id FROM connections) \
               AND instr(comparison_key(details), comparison_key(?1)) > 0";
    let mut statement = database.prepare(sql)?;
    let mut found = Vec::new();
    for tenant in tenants {
        // As JSON, so that no longer text is meant.
        let rows = statement.query_map([Json(tenant.as_str())], |row| row.get(0))?;
        found.extend(rows.collect::<Result<Vec<String>, _>>()?);
    }
    Ok(found)
}
