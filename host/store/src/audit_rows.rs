//! Storing and reading the audit trail. Entries are appended in the transaction of what they tell.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection as Database, OptionalExtension, Row, named_params};

use crate::audit::{Acting, Actor, AuditEntry, AuditQuery, Deed};
use crate::audit_chain::{chained, content_hash};
use crate::column::{Text, Time};
use crate::{Store, StoreError};

const COLUMNS: &str = "number, at, who, way, client, action, subject_kind, subject_id, subject_name, connection_id, \
                       details, outcome, erased, content_hash, hash";

impl Store {
    /// From now on this actor acts, at this moment: whatever is changed is told of them.
    pub fn act_as(&mut self, actor: Arc<Actor>, at: Timestamp) {
        self.acting = Acting { actor, at };
    }

    /// Appends what was done by whoever acts. Of a connection that is gone nothing is told any more: its customer may have
    /// been erased while somebody was still at it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn record(&mut self, deed: &Deed) -> Result<(), StoreError> {
        self.change(|database, acting| {
            if let Some(connection) = deed.connection {
                let sql = "SELECT 1 FROM connections WHERE id = ?1";
                let found = database.query_row(sql, [Text(connection)], |_| Ok(())).optional()?;
                if found.is_none() {
                    return Ok(());
                }
            }
            acting.record(database, deed)
        })
    }

    /// Does the job in one transaction, as whoever acts.
    pub(crate) fn change<T>(
        &mut self,
        job: impl FnOnce(&Database, &Acting) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let acting = self.acting.clone();
        self.write(|database| job(database, &acting))
    }

    /// Entries that a query finds, newest first, at most `limit`; with `before` only those before that number.
    ///
    /// # Errors
    /// Those of reading.
    pub fn audit_entries(
        &self,
        query: &AuditQuery,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        self.audit_page(query, "number < :edge", "DESC", before, limit)
    }

    /// Entries that a query finds, oldest first, those behind a number, at most `limit`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn audit_entries_after(
        &self,
        query: &AuditQuery,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.audit_page(query, "number > :edge", "ASC", i64::try_from(after).unwrap_or(i64::MAX), limit)
    }

    fn audit_page(
        &self,
        query: &AuditQuery,
        edge: &str,
        order: &str,
        number: i64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit WHERE {edge} \
             AND (:who IS NULL OR comparison_key(who) = comparison_key(:who)) \
             AND (:action IS NULL OR action = :action OR (:action LIKE '%.' AND substr(action, 1, length(:action)) = :action)) \
             AND (:subject IS NULL OR subject_kind = :subject OR subject_id = :subject OR connection_id = :subject \
                  OR instr(comparison_key(subject_name), comparison_key(:subject)) > 0) \
             AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until) \
             ORDER BY number {order} LIMIT :limit"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            let rows = statement.query_map(
                named_params! {
                    ":edge": number,
                    ":who": query.who,
                    ":action": query.action,
                    ":subject": query.subject,
                    ":since": query.since.map(Time),
                    ":until": query.until.map(Time),
                    ":limit": limit,
                },
                from_row,
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Everybody who is named in the trail, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn audit_actors(&self) -> Result<Vec<String>, StoreError> {
        self.read(|database| {
            // From one name to the next in the index: the trail is long, and few are named in it.
            let next = "SELECT min(who) FROM audit WHERE erased = 0";
            let sql = format!(
                "WITH RECURSIVE named (who) AS ({next} UNION ALL SELECT ({next} AND audit.who > named.who) FROM named \
                 WHERE named.who IS NOT NULL) SELECT who FROM named WHERE who IS NOT NULL"
            );
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }
}

impl Acting {
    /// Appends what was done.
    pub(crate) fn record(&self, database: &Database, deed: &Deed) -> Result<(), StoreError> {
        let (last, before) = head(database)?;
        let mut entry = AuditEntry {
            number: last.saturating_add(1),
            at: moment(self.at)?,
            who: self.actor.who.clone(),
            way: self.actor.way.as_str().to_owned(),
            client: self.actor.client.clone().unwrap_or_default(),
            action: deed.action.as_str().to_owned(),
            subject_kind: deed.kind.to_owned(),
            subject_id: deed.id.clone(),
            subject_name: deed.name.clone(),
            connection_id: deed.connection.map(|id| id.to_string()).unwrap_or_default(),
            details: serde_json::Value::Object(deed.details.clone()).to_string(),
            outcome: deed.outcome.as_str().to_owned(),
            erased: false,
            content_hash: String::new(),
            hash: String::new(),
        };
        entry.content_hash = content_hash(&entry);
        entry.hash = chained(&before, &entry);
        database.execute(
            "INSERT INTO audit (number, at, who, way, client, action, subject_kind, subject_id, subject_name, \
             connection_id, details, outcome, content_hash, hash) VALUES (:number, :at, :who, :way, :client, :action, \
             :subject_kind, :subject_id, :subject_name, :connection_id, :details, :outcome, :content_hash, :hash)",
            named_params! {
                ":number": entry.number,
                ":at": entry.at,
                ":who": entry.who,
                ":way": entry.way,
                ":client": entry.client,
                ":action": entry.action,
                ":subject_kind": entry.subject_kind,
                ":subject_id": entry.subject_id,
                ":subject_name": entry.subject_name,
                ":connection_id": entry.connection_id,
                ":details": entry.details,
                ":outcome": entry.outcome,
                ":content_hash": entry.content_hash,
                ":hash": entry.hash,
            },
        )?;
        Ok(())
    }
}

/// The moment as it is stored and hashed.
fn moment(at: Timestamp) -> Result<String, StoreError> {
    match Time(at).to_sql()? {
        rusqlite::types::ToSqlOutput::Owned(rusqlite::types::Value::Text(text)) => Ok(text),
        _ => Ok(at.to_string()),
    }
}

/// Number and hash of the last entry; of the anchor if there is none behind it.
pub(crate) fn head(database: &Database) -> Result<(u64, String), StoreError> {
    let sql = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1";
    let last = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match last {
        Some(last) => Ok(last),
        None => anchor(database),
    }
}

/// Number and hash of the last entry that was forgotten.
pub(crate) fn anchor(database: &Database) -> Result<(u64, String), StoreError> {
    Ok(database.query_row("SELECT number, hash FROM audit_anchor", [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        number: row.get("number")?,
        at: row.get("at")?,
        who: row.get("who")?,
        way: row.get("way")?,
        client: row.get("client")?,
        action: row.get("action")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        subject_name: row.get("subject_name")?,
        connection_id: row.get("connection_id")?,
        details: row.get("details")?,
        outcome: row.get("outcome")?,
        erased: row.get("erased")?,
        content_hash: row.get("content_hash")?,
        hash: row.get("hash")?,
    })
}

#[cfg(test)]
mod tests;
