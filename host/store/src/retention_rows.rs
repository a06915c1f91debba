//! Which packages go by themselves.

use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

use crate::{Action, Deed, Store, StoreError};

/// What may go. A package goes if every rule that is given lets it go; without a rule none does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The newest so many of each connection stay.
    pub keep: Option<u32>,
    /// Those that are not older than so many days stay.
    pub days: Option<u32>,
}

impl Retention {
    /// Whether there is any rule.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.keep.is_some() || self.days.is_some()
    }
}

impl Store {
    /// What goes by itself; nothing until somebody says otherwise.
    ///
    /// # Errors
    /// Those of reading.
    pub fn retention(&self) -> Result<Retention, StoreError> {
        self.read(|database| {
            let found = database.query_row("SELECT keep, days FROM retention", [], |row| {
                Ok(Retention { keep: row.get(0)?, days: row.get(1)? })
            });
            Ok(found.optional()?.unwrap_or_default())
        })
    }

    /// Stores what goes by itself.
    ///
    /// # Errors
    /// Those of writing.
    pub fn set_retention(&mut self, rule: Retention) -> Result<(), StoreError> {
        let before = self.retention()?;
        if before == rule {
            return Ok(());
        }
        self.change(|database, acting| {
            let sql = "INSERT OR REPLACE INTO retention (only, keep, days) VALUES (1, ?1, ?2)";
            database.execute(sql, (rule.keep, rule.days))?;
            acting.record(database, &Deed::to_installation(Action::RetentionChanged).changes(&before, &rule))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Retention;
    use crate::store::tests::Fixture;

    #[test]
    fn nothing_goes_until_somebody_says_so() {
        let mut fixture = Fixture::new();
        assert!(!fixture.store.retention().unwrap().is_given());
        let rule = Retention { keep: Some(30), days: None };
        fixture.store.set_retention(rule).unwrap();
        let mut fixture = fixture.reopen();
        assert_eq!(fixture.store.retention().unwrap(), rule);
        fixture.store.set_retention(Retention::default()).unwrap();
        assert!(!fixture.store.retention().unwrap().is_given());
    }
}
