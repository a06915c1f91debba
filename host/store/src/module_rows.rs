//! Which connector modules were used last.

use rusqlite::OptionalExtension;
use serde_json::json;

use crate::{Action, Deed, Store, StoreError};

impl Store {
    /// Notes that a module is used, and tells it if it is not the one that was used the last time. That is kept beside
    /// the trail, which forgets.
    ///
    /// # Errors
    /// Those of writing.
    pub fn use_module(&mut self, id: &str, name: &str, version: &str, digest: &str) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let sql = "SELECT sha256 FROM used_modules WHERE id = ?1";
            let known: Option<String> = database.query_row(sql, [id], |row| row.get(0)).optional()?;
            if known.as_deref() == Some(digest) {
                return Ok(());
            }
            database.execute("INSERT OR REPLACE INTO used_modules (id, sha256) VALUES (?1, ?2)", (id, digest))?;
            let deed = Deed::new(Action::ModuleChanged, "module", id, name)
                .with("version", version)
                .with("sha256", json!({ "old": known, "new": digest }));
            acting.record(database, &deed)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::store::tests::{Fixture, now};
    use crate::{Actor, AuditQuery};

    #[test]
    fn a_module_is_told_when_it_changes_whatever_the_trail_forgot() {
        let mut fixture = Fixture::new();
        let told = |fixture: &Fixture| {
            let query = AuditQuery { action: Some("module.changed".to_owned()), ..AuditQuery::default() };
            fixture.store.audit_entries(&query, None, 10).unwrap()
        };
        fixture.store.use_module("microsoft-365", "Microsoft 365", "1.0.0", "first").unwrap();
        assert_eq!(told(&fixture).len(), 1);
        fixture.store.act_as(Actor::beacon().into(), now(1_000));
        fixture.store.forget_audit(now(500), false).unwrap();
        // The newest always stays.
        fixture.store.forget_audit(now(2_000), false).unwrap();
        assert!(told(&fixture).is_empty());
        fixture.store.use_module("microsoft-365", "Microsoft 365", "1.0.0", "first").unwrap();
        assert!(told(&fixture).is_empty());
        fixture.store.use_module("microsoft-365", "Microsoft 365", "1.0.1", "second").unwrap();
        let expected = r#"{"sha256":{"new":"second","old":"first"},"version":"1.0.1"}"#;
        assert_eq!(told(&fixture)[0].details, expected);
    }
}
