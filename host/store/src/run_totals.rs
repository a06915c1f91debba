//! What was counted of ended runs.

use rusqlite::Connection as Database;
use serde::Serialize;

use crate::column::Text;
use crate::{ConnectionId, RunId, RunState, Store, StoreError};

/// All ended runs of one connection that ended in one way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunTotals {
    /// The connection.
    pub connection: ConnectionId,
    /// How they ended.
    pub state: RunState,
    /// How many.
    pub runs: u64,
    /// How long they took altogether.
    pub seconds: f64,
    /// Requests that they sent, as far as they left a package.
    pub requests: u64,
    /// Those of them that were repeats.
    pub repeated: u64,
}

impl Store {
    /// The totals of all connections that there are.
    ///
    /// # Errors
    /// Those of reading.
    pub fn run_totals(&self) -> Result<Vec<RunTotals>, StoreError> {
        let sql = "SELECT connection_id, state, runs, seconds, requests, repeated FROM run_totals";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(RunTotals {
                    connection: row.get::<_, Text<_>>("connection_id")?.0,
                    state: row.get::<_, Text<_>>("state")?.0,
                    runs: row.get("runs")?,
                    seconds: row.get("seconds")?,
                    requests: row.get("requests")?,
                    repeated: row.get("repeated")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Counts a run that has just ended, in the transaction that ends it.
pub(crate) fn count(database: &Database, run: RunId) -> Result<(), StoreError> {
    database.execute(
        "INSERT INTO run_totals (connection_id, state, runs, seconds, requests, repeated) \
         SELECT connection_id, state, 1, max((julianday(finished_at) - julianday(started_at)) * 86400.0, 0.0), \
         coalesce(json_extract(summary, '$.requests.total'), 0), \
         coalesce(json_extract(summary, '$.requests.retries'), 0) FROM runs WHERE id = ?1 \
         ON CONFLICT (connection_id, state) DO UPDATE SET runs = runs + 1, seconds = seconds + excluded.seconds, \
         requests = requests + excluded.requests, repeated = repeated + excluded.repeated",
        [Text(run)],
    )?;
    Ok(())
}
