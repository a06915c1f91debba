//! Secrets of the installation itself, such as the password of its default proxy. They are sealed as those of
//! connections are, under [`Store::installation`] in place of a connection's id.

use beacon_vault::{SealedValue, SlotName, WrappedKey};
use rusqlite::{Connection as Database, OptionalExtension};

use crate::column::{Json, Text};
use crate::data_key_rows::from_row as key_from_row;
use crate::secret_rows::value_from_row;
use crate::{Action, Deed, Store, StoreError};

impl Store {
    /// Stores a new data key of the installation.
    ///
    /// # Errors
    /// Those of writing.
    pub fn insert_installation_key(&mut self, key: &WrappedKey) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "INSERT INTO installation_keys (id, generation, kek_id, provider, nonce, ciphertext) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (Text(key.key_id), key.generation, Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
            )?;
            Ok(())
        })
    }

    /// The data keys of the installation, oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn installation_keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        let sql = "SELECT (SELECT id FROM installation) AS connection_id, id, generation, kek_id, provider, nonce, \
                   ciphertext FROM installation_keys ORDER BY generation";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| Ok(key_from_row(row)?.1))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Stores a secret of the installation in its slot, in place of an older version.
    ///
    /// # Errors
    /// [`StoreError::StaleSecret`] where the slot holds this version or a newer one.
    pub fn put_installation_secret(&mut self, slot: &SlotName, value: &SealedValue) -> Result<(), StoreError> {
        self.change(|database, acting| {
            put_in(database, slot, value)?;
            let action = if value.version <= 1 { Action::SecretSet } else { Action::SecretReplaced };
            acting.record(database, &Deed::to_installation(action).with("slot", slot.as_str()))
        })
    }

    /// The secret of the installation in a slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn installation_secret(&self, slot: &SlotName) -> Result<Option<SealedValue>, StoreError> {
        let sql = "SELECT version, key_id, algorithm, nonce, ciphertext, origins FROM installation_secrets \
                   WHERE slot = ?1";
        self.read(|database| Ok(database.query_row(sql, [slot.as_str()], value_from_row).optional()?))
    }

    /// Empties a slot of the installation; says whether there was something in it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn delete_installation_secret(&mut self, slot: &SlotName) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            let deleted = database.execute("DELETE FROM installation_secrets WHERE slot = ?1", [slot.as_str()])? > 0;
            if deleted {
                acting.record(database, &Deed::to_installation(Action::SecretRemoved).with("slot", slot.as_str()))?;
            }
            Ok(deleted)
        })
    }
}

/// The same within a transaction.
pub(crate) fn put_in(database: &Database, slot: &SlotName, value: &SealedValue) -> Result<(), StoreError> {
    let sql = "SELECT version FROM installation_secrets WHERE slot = ?1";
    let stored: Option<u32> = database.query_row(sql, [slot.as_str()], |row| row.get(0)).optional()?;
    if let Some(stored) = stored.filter(|stored| *stored >= value.version) {
        return Err(StoreError::StaleSecret { slot: slot.clone(), stored, offered: value.version });
    }
    database.execute(
        "INSERT OR REPLACE INTO installation_secrets (slot, version, key_id, algorithm, nonce, ciphertext, \
         origins) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            slot.as_str(),
            value.version,
            Text(value.key_id),
            value.algorithm.as_str(),
            value.nonce,
            &value.ciphertext,
            Json(value.origins.iter().map(beacon_vault::Origin::as_str).collect::<Vec<_>>()),
        ),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use beacon_vault::{KeyFile, Secret, SecretBinding, SlotName, Vault};

    use crate::store::tests::Fixture;
    use crate::{DATABASE_FILE, StoreError};

    const SECRET: &str = "a password that must not be found";

    #[test]
    fn a_secret_of_the_installation_opens_after_a_restart() {
        let mut fixture = Fixture::new();
        let vault = Vault::new(KeyFile::open_or_create(&fixture.folder.path().join("test.key")).ok().unwrap());
        let owner = fixture.store.installation().into();
        let slot: SlotName = "proxy.password".parse().unwrap();
        let origins = ["proxy+http://proxy.example:3128".parse().unwrap()].into();
        let binding = SecretBinding { connection: owner, slot: slot.clone(), origins };
        assert_eq!(fixture.store.installation_secret(&slot).unwrap(), None);

        let key = vault.create_data_key(owner).unwrap();
        fixture.store.insert_installation_key(&key).unwrap();
        let keys = vault.unlock(owner, &fixture.store.installation_keys().unwrap()).ok().unwrap();
        let sealed = keys.seal(&binding, 1, &Secret::from(SECRET.to_owned())).unwrap();
        fixture.store.put_installation_secret(&slot, &sealed).unwrap();
        let error = fixture.store.put_installation_secret(&slot, &sealed).unwrap_err();
        assert!(matches!(error, StoreError::StaleSecret { stored: 1, offered: 1, .. }), "{error}");

        let mut fixture = fixture.reopen();
        let bytes = fs::read(fixture.folder.path().join(DATABASE_FILE)).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
        let keys = vault.unlock(owner, &fixture.store.installation_keys().unwrap()).ok().unwrap();
        let value = fixture.store.installation_secret(&slot).unwrap().unwrap();
        assert_eq!(keys.open(&binding, &value).ok().unwrap().expose_str(), Some(SECRET));
        assert!(fixture.store.delete_installation_secret(&slot).unwrap());
        assert!(!fixture.store.delete_installation_secret(&slot).unwrap());
    }
}
