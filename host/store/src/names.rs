use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::column::Time;
use crate::{Action, Deed, Store, StoreError};

/// The table of product and plan names that an operator installed in place of the embedded one. The table is a file;
/// here is only which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledNames {
    /// The digest of the table, in the form of whoever reads it.
    pub digest: String,
    /// When it was installed.
    pub installed_at: Timestamp,
}

impl Store {
    /// The installed table, or `None` while the embedded one is used.
    ///
    /// # Errors
    /// Those of reading.
    pub fn installed_names(&self) -> Result<Option<InstalledNames>, StoreError> {
        self.read(|database| {
            let found = database.query_row("SELECT digest, installed_at FROM installed_names", [], |row| {
                Ok(InstalledNames { digest: row.get(0)?, installed_at: row.get::<_, Time>(1)?.0 })
            });
            Ok(found.optional()?)
        })
    }

    /// Notes the installed table, in place of an earlier one.
    ///
    /// # Errors
    /// Those of writing.
    pub fn set_installed_names(&mut self, names: &InstalledNames) -> Result<(), StoreError> {
        self.change(|database, acting| {
            database.execute(
                "INSERT OR REPLACE INTO installed_names (only, digest, installed_at) VALUES (1, ?1, ?2)",
                (&names.digest, Time(names.installed_at)),
            )?;
            acting.record(database, &Deed::to_installation(Action::NamesInstalled).with("sha256", &names.digest))
        })
    }
}
