//! What whoever helps needs to know of an installation: figures and codes, no secret, and no name unless its owner wants
//! it. Names are taken out of everything by [`Pseudonyms`].

mod pseudonyms;

pub use pseudonyms::Pseudonyms;

use crate::trouble::Trouble;
use beacon_store::{Run, Store};
use serde_json::{Value, json};

/// Runs that are listed, the newest.
const RUNS: u32 = 500;

/// The database: its version, and how many rows each table has.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn database(store: &Store) -> Result<Value, Trouble> {
    Ok(json!({
        "schema_version": store.schema_version()?,
        "library": Store::library_version(),
        "rows": store.row_counts()?,
    }))
}

/// The newest runs, each with how it ended: the code of its error, and not its words.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn runs(store: &Store) -> Result<Value, Trouble> {
    let names: std::collections::BTreeMap<_, _> =
        store.connections()?.into_iter().map(|one| (one.id, one.name)).collect();
    let one = |run: Run| {
        let error = |member: &str| run.error.as_ref().and_then(|error| error.get(member)).cloned();
        json!({
            "id": run.id,
            "connection": names.get(&run.connection),
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "schedule": run.schedule_name,
            "state": run.state,
            "error_code": error("code"),
            "error_kind": error("kind"),
        })
    };
    Ok(store.all_runs(RUNS)?.into_iter().map(one).collect())
}

/// The schedules as they are stored, and what is owed.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn schedules(store: &Store) -> Result<Value, Trouble> {
    Ok(json!({ "schedules": store.schedules()?, "owed": store.due()? }))
}
