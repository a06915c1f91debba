//! The outbox of messages about states. Changes are numbered; a message is the range of them that came since the message
//! before, closed when the oldest has waited as long as its receiver collects. So many changes are one message, and a
//! receiver that cannot be reached gets one more when it is back, and not hundreds.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection as Database, Row};
use serde_json::Value;
use uuid::Uuid;

use crate::column::{Json, Text, Time};
use crate::notification::{Message, MessageEnd};
use crate::{MessageId, NotificationId, Store, StoreError};

/// Settled messages, and changes that no message needs any more, are forgotten after this.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Changes that nobody has been told yet.
struct Open {
    notification: NotificationId,
    collect: SignedDuration,
    first: i64,
    last: i64,
    began: Timestamp,
}

impl Store {
    /// Closes the messages whose time has come, or with `at_once` all that there is something for. A receiver has at most
    /// one message on its way.
    ///
    /// # Errors
    /// Those of writing.
    pub fn gather_messages(&mut self, now: Timestamp, at_once: bool) -> Result<(), StoreError> {
        self.write(|database| {
            for open in open(database)? {
                if !at_once && opens_at(&open) > now {
                    continue;
                }
                database.execute(
                    "INSERT INTO messages (id, notification_id, first_change, last_change, state, next_attempt_at, \
                     created_at) VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5)",
                    (Text(Uuid::new_v4()), Text(open.notification), open.first, open.last, Time(now)),
                )?;
                database.execute(
                    "UPDATE notifications SET gathered_through = ?2 WHERE id = ?1",
                    (Text(open.notification), open.last),
                )?;
            }
            forget(database, now)
        })
    }

    /// When there is something to do next for messages; `None` if nothing waits.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next_message_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|database| {
            let sql = "SELECT min(next_attempt_at) FROM messages WHERE state = 'waiting'";
            let waiting: Option<Time> = database.query_row(sql, [], |row| row.get(0))?;
            let closing = open(database)?.iter().map(opens_at).min();
            Ok(waiting.map(|time| time.0).into_iter().chain(closing).min())
        })
    }

    /// Messages on their way; with `due_by` only those that may be tried then.
    ///
    /// # Errors
    /// Those of reading.
    pub fn waiting_messages(&self, due_by: Option<Timestamp>) -> Result<Vec<Message>, StoreError> {
        let sql = "SELECT id, notification_id, first_change, last_change, attempts, created_at FROM messages \
                   WHERE state = 'waiting' AND (?1 IS NULL OR next_attempt_at <= ?1) ORDER BY created_at, rowid";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            Ok(statement.query_map([due_by.map(Time)], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Notes how a message ended.
    ///
    /// # Errors
    /// Those of writing.
    pub fn settle_message(&mut self, message: &Message, end: MessageEnd, now: Timestamp) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "UPDATE messages SET state = ?2, settled_at = ?3 WHERE id = ?1 AND state = 'waiting'",
                (Text(message.id), end.as_str(), Time(now)),
            )?;
            if end == MessageEnd::Sent {
                database.execute(
                    "UPDATE notifications SET last_error = NULL, sent_at = ?2 WHERE id = ?1",
                    (Text(message.notification), Time(now)),
                )?;
            }
            Ok(())
        })
    }

    /// Notes that an attempt failed, and when to try again.
    ///
    /// # Errors
    /// Those of writing.
    pub fn message_failed(&mut self, message: &Message, error: &Value, retry_at: Timestamp) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "UPDATE messages SET attempts = attempts + 1, last_error = ?2, next_attempt_at = ?3 WHERE id = ?1",
                (Text(message.id), Json(error), Time(retry_at)),
            )?;
            database.execute(
                "UPDATE notifications SET last_error = ?2 WHERE id = ?1",
                (Text(message.notification), Json(error)),
            )?;
            Ok(())
        })
    }
}

fn opens_at(open: &Open) -> Timestamp {
    open.began.saturating_add(open.collect).unwrap_or(open.began)
}

/// What receivers without a message on its way have not been told.
fn open(database: &Database) -> Result<Vec<Open>, StoreError> {
    let mut statement = database.prepare(
        "SELECT notifications.id, collect_seconds, min(state_changes.id) AS first, max(state_changes.id) AS last, \
         min(state_changes.at) AS began FROM notifications JOIN state_changes ON state_changes.id > gathered_through \
         WHERE NOT EXISTS (SELECT 1 FROM messages WHERE notification_id = notifications.id AND state = 'waiting') \
         GROUP BY notifications.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Open {
            notification: row.get::<_, Text<_>>("id")?.0,
            collect: SignedDuration::from_secs(row.get("collect_seconds")?),
            first: row.get("first")?,
            last: row.get("last")?,
            began: row.get::<_, Time>("began")?.0,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn forget(database: &Database, now: Timestamp) -> Result<(), StoreError> {
    let before = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    database.execute("DELETE FROM messages WHERE settled_at < ?1", [Time(before)])?;
    database.execute(
        "DELETE FROM state_changes WHERE at < ?1 \
         AND id < coalesce((SELECT min(first_change) FROM messages WHERE state = 'waiting'), id + 1) \
         AND id <= coalesce((SELECT min(gathered_through) FROM notifications), id)",
        [Time(before)],
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get::<_, Text<MessageId>>("id")?.0,
        notification: row.get::<_, Text<_>>("notification_id")?.0,
        first_change: row.get("first_change")?,
        last_change: row.get("last_change")?,
        attempts: row.get("attempts")?,
        created_at: row.get::<_, Time>("created_at")?.0,
    })
}
