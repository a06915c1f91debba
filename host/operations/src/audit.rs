//! The audit trail: what is told of operations that change nothing in the database, and what an installation does with
//! the trail as a whole. Changes in the database are told by the database itself, in the same transaction.

mod export;

pub use export::{AuditFormat, export};

use crate::acting;
use crate::folders::Folders;
use crate::installation::{Installation, Place};
use crate::modules::Module;
use crate::trouble::Trouble;
use beacon_store::{Action, ActionOutcome, AuditQuery, Connection, Deed, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

/// Days for which entries are kept if nobody says otherwise.
pub const DEFAULT_KEEP_DAYS: u16 = 400;

impl Installation {
    /// Appends what was done by whoever acts.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn record(&self, deed: &Deed) -> Result<(), Trouble> {
        Ok(self.store().record(deed)?)
    }

    /// The same for what was tried, whatever came of it. What went wrong in it is more important than a failure to tell.
    ///
    /// # Errors
    /// That of the attempt; [`Trouble`] of the store.
    pub fn record_attempt<T>(&self, deed: Deed, attempt: Result<T, Trouble>) -> Result<T, Trouble> {
        match attempt {
            Ok(value) => {
                self.record(&deed)?;
                Ok(value)
            }
            Err(trouble) => {
                let _ = self.record(&deed.with("code", &trouble.code).ended(ActionOutcome::Failed));
                Err(trouble)
            }
        }
    }

    /// Forgets entries that are older than so many days; with `only_sent` none that a syslog server does not have yet.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn forget_audit(&self, keep_days: u16, only_sent: bool, now: Timestamp) -> Result<u64, Trouble> {
        let kept = SignedDuration::from_hours(24_i64.saturating_mul(i64::from(keep_days)));
        let before = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        Ok(self.store().forget_audit(before, only_sent)?)
    }
}

/// Tells that another version of a module is used than the last time, and that nobody vouches for one.
pub(crate) fn note_module(
    installation: &Installation,
    connection: &Connection,
    module: &Module,
) -> Result<(), StoreError> {
    let mut store = installation.store();
    let (id, digest) = (module.manifest.id.to_string(), module.digest.to_string());
    if !module.trusted {
        let deed = Deed::to_connection(Action::ModuleUntrusted, connection);
        return store.record(&deed.with("module", id).with("version", &module.manifest.version).with("sha256", digest));
    }
    store.use_module(&id, &module.manifest.source_type, &module.manifest.version, &digest)
}

/// Appends what was done to a data folder that nobody has opened, without asking for its keys.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn record_at(place: &Place, deed: &Deed) -> Result<(), Trouble> {
    let mut store = Store::open(Folders::new(place.data.clone())?.root())?;
    acting::attend(&mut store);
    Ok(store.record(deed)?)
}

/// What is told of a change of the keys themselves.
pub(crate) fn keys(action: Action, provider: impl ToString) -> Deed {
    Deed::to_installation(action).with("provider", provider.to_string())
}

/// Whether a person acts here.
pub(crate) fn is_person() -> bool {
    acting::actor().is_person()
}

/// What a query of words asks for.
///
/// # Errors
/// [`Trouble`] that names the word that is wrong.
pub fn query(
    who: Option<&str>,
    action: Option<&str>,
    subject: Option<&str>,
    since: Option<&str>,
    until: Option<&str>,
) -> Result<AuditQuery, Trouble> {
    let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let action = given(action);
    if let Some(code) = action.as_deref().filter(|code| !code.ends_with('.')) {
        code.parse::<Action>().map_err(|error| {
            let advice = "docs/audit.md lists the actions; `connection.` stands for all that begin so.";
            Trouble::settings("audit.action", error, advice).about("action")
        })?;
    }
    Ok(AuditQuery {
        who: given(who),
        action,
        subject: given(subject),
        since: given(since).map(|text| moment(&text, "since")).transpose()?,
        until: given(until).map(|text| moment(&text, "until")).transpose()?,
    })
}

/// A moment, or the beginning of a day in UTC.
fn moment(text: &str, field: &str) -> Result<Timestamp, Trouble> {
    let of_day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| Some(of_day()?.timestamp())).ok_or_else(|| {
        let advice = "Write a day as in 2026-05-31, or a moment as in 2026-05-31T06:00:00Z.";
        Trouble::settings("audit.time", format!("{text:?} is neither a day nor a moment"), advice).about(field)
    })
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn words_of_a_query_are_understood_or_named() {
        let asked =
            query(Some(" ada "), Some("connection."), Some(""), Some("2026-05-31"), Some("2026-05-31T06:00:00Z"));
        let asked = asked.unwrap();
        assert_eq!((asked.who.as_deref(), asked.subject), (Some("ada"), None));
        assert_eq!(asked.since.unwrap().to_string(), "2026-05-31T00:00:00Z");
        assert_eq!(asked.until.unwrap().to_string(), "2026-05-31T06:00:00Z");
        assert_eq!(query(None, Some("connection"), None, None, None).unwrap_err().code, "audit.action");
        assert_eq!(query(None, None, None, Some("yesterday"), None).unwrap_err().code, "audit.time");
    }
}
