//! Stored secrets of one connection: the vault and the database behind the driver's slots.

use crate::acting;
use crate::credential_profiles::{ProfileSecrets, governs};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::SlotName;
use beacon_driver::{SecretSlots, SlotError};
use beacon_store::{ConnectionId, SecretRow, Store, StoreError};
use beacon_vault::{ConnectionKeys, DataKeyId, Origin, RunKey, RunRef, Secret, SecretBinding, VaultError};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

/// Slot of the proxy's password. No module can name it: a slot of a manifest has no dot.
pub(crate) const PROXY_PASSWORD: &str = "proxy.password";

/// Secrets of one connection, unlocked.
pub struct Secrets {
    connection: ConnectionId,
    store: Arc<Mutex<Store>>,
    keys: ConnectionKeys,
    /// What it shares with others, in place of a secret or a certificate of its own.
    profile: Option<ProfileSecrets>,
}

impl Secrets {
    /// Unlocks the keys of a connection; makes the first one if it has none.
    ///
    /// # Errors
    /// [`Trouble`] of store and vault.
    pub fn open(installation: &Installation, connection: ConnectionId) -> Result<Self, Trouble> {
        let vault = installation.vault();
        let mut store = installation.store();
        let mut stored = store.data_keys(connection)?;
        if stored.is_empty() {
            let key = vault.create_data_key(connection.into())?;
            store.insert_data_key(connection, &key)?;
            stored = store.data_keys(connection)?;
        }
        let keys = vault.unlock(connection.into(), &stored)?;
        let profile = store.connection(connection)?.profile.map(|id| store.profile(id)).transpose()?;
        drop(store);
        let profile = profile.map(|profile| ProfileSecrets::open(installation, profile)).transpose()?;
        Ok(Self { connection, store: installation.shared_store(), keys, profile })
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        acting::attended(&self.store)
    }

    fn binding(&self, slot: &str, origins: &BTreeSet<String>) -> Result<SecretBinding, SlotError> {
        let refuse = |message: String| SlotError { code: "vault.binding", message };
        let slot = slot.parse().map_err(|error: beacon_vault::InvalidSlotName| refuse(error.to_string()))?;
        let origins: BTreeSet<Origin> = origins
            .iter()
            .map(|origin| origin.parse().map_err(|error: beacon_vault::InvalidOrigin| refuse(error.to_string())))
            .collect::<Result<_, _>>()?;
        Ok(SecretBinding { connection: self.connection.into(), slot, origins })
    }

    pub(crate) fn load(&self, slot: &str, origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        let binding = self.binding(slot, origins)?;
        let row = self.store().secret(self.connection, &binding.slot).map_err(|error| slot_error(&error))?;
        row.map(|row| self.keys.open(&binding, &row.value).map_err(|error| vault_error(&error))).transpose()
    }

    /// Stores a value with the day on which it expires. A day that is not given is forgotten: it belonged to the
    /// value that is replaced.
    ///
    /// # Errors
    /// [`SlotError`] if it cannot be sealed or stored.
    pub fn put(
        &self,
        slot: &str,
        origins: &BTreeSet<String>,
        value: &Secret,
        expires_on: Option<Date>,
    ) -> Result<(), SlotError> {
        self.put_after(slot, origins, value, expires_on, None).map(|_| ())
    }

    /// The same, but only if the slot still holds the version that was read; says whether it did.
    pub(crate) fn put_if_unchanged(
        &self,
        slot: &str,
        origins: &BTreeSet<String>,
        value: &Secret,
        read: u32,
    ) -> Result<bool, SlotError> {
        self.put_after(slot, origins, value, None, Some(read))
    }

    fn put_after(
        &self,
        slot: &str,
        origins: &BTreeSet<String>,
        value: &Secret,
        expires_on: Option<Date>,
        read: Option<u32>,
    ) -> Result<bool, SlotError> {
        let mut store = self.store();
        let row = self.sealed(&store, slot, origins, value, expires_on)?;
        if read.is_some_and(|read| read.saturating_add(1) != row.value.version) {
            return Ok(false);
        }
        store.put_secret(&row).map_err(|error| slot_error(&error))?;
        Ok(true)
    }

    /// A value as it is to be stored: as the version after the one that is there.
    pub(crate) fn sealed(
        &self,
        store: &Store,
        slot: &str,
        origins: &BTreeSet<String>,
        value: &Secret,
        expires_on: Option<Date>,
    ) -> Result<SecretRow, SlotError> {
        let binding = self.binding(slot, origins)?;
        let present = store.secret(self.connection, &binding.slot).map_err(|error| slot_error(&error))?;
        let version = present.map_or(0, |row| row.value.version).saturating_add(1);
        let sealed = self.keys.seal(&binding, version, value).map_err(|error| vault_error(&error))?;
        Ok(SecretRow {
            connection: self.connection,
            slot: binding.slot,
            value: sealed,
            expires_on,
            updated_at: Installation::now(),
        })
    }

    /// The version that a slot holds now; 0 if it is empty.
    pub(crate) fn version(&self, slot: &str) -> Result<u32, SlotError> {
        let slot = self.binding(slot, &BTreeSet::new())?.slot;
        let row = self.store().secret(self.connection, &slot).map_err(|error| slot_error(&error))?;
        Ok(row.map_or(0, |row| row.value.version))
    }

    /// Empties a slot; says whether there was something in it.
    pub(crate) fn forget(&self, slot: &str) -> Result<bool, SlotError> {
        let slot = self.binding(slot, &BTreeSet::new())?.slot;
        self.store().delete_secret(self.connection, &slot).map_err(|error| slot_error(&error))
    }

    /// Stores the password of a proxy, bound to its address.
    ///
    /// # Errors
    /// [`SlotError`] if it cannot be sealed or stored.
    pub fn put_proxy_password(&self, server: &str, value: &Secret) -> Result<(), SlotError> {
        self.put(PROXY_PASSWORD, &proxy_origin(server), value, None)
    }

    /// The stored password of a proxy.
    ///
    /// # Errors
    /// [`SlotError`] if it cannot be opened.
    pub fn proxy_password(&self, server: &str) -> Result<Option<Secret>, SlotError> {
        self.load(PROXY_PASSWORD, &proxy_origin(server))
    }

    /// The key of a run's journal; of one that was begun before, under the data key that it names.
    ///
    /// # Errors
    /// [`Trouble`] of the vault.
    pub fn run_key(&self, run: impl Into<RunRef>, begun_under: Option<DataKeyId>) -> Result<RunKey, Trouble> {
        Ok(match begun_under {
            Some(key) => self.keys.derive_run_key_with(key, run.into())?,
            None => self.keys.derive_run_key(run.into())?,
        })
    }
}

pub(crate) fn proxy_origin(server: &str) -> BTreeSet<String> {
    BTreeSet::from([format!("proxy+{server}")])
}

fn slot_error(error: &StoreError) -> SlotError {
    SlotError { code: error.code(), message: error.to_string() }
}

pub(crate) fn vault_error(error: &VaultError) -> SlotError {
    SlotError { code: error.code(), message: format!("{error}. {}", error.hint()) }
}

impl From<SlotError> for Trouble {
    fn from(error: SlotError) -> Self {
        Self::settings(error.code, error.message, "Enter the secret of this connection again.")
    }
}

impl SecretSlots for Secrets {
    fn configured(&self) -> BTreeSet<SlotName> {
        // A database that cannot be read shows no slots; reading one of them then tells why.
        let rows = self.store().secrets(self.connection).unwrap_or_default();
        let own = rows.iter().map(|row| row.slot.as_str()).filter(|slot| self.profile.is_none() || !governs(slot));
        let shared = self.profile.iter().map(|shared| shared.profile.kind.as_str());
        own.chain(shared).filter_map(|slot| SlotName::new(slot).ok()).collect()
    }

    fn read(&self, slot: &SlotName, origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        match &self.profile {
            Some(shared) if governs(slot.as_str()) => shared.read(&self.store(), slot.as_str(), origins),
            _ => self.load(slot.as_str(), origins),
        }
    }

    fn write(&self, slot: &SlotName, origins: &BTreeSet<String>, value: &Secret) -> Result<(), SlotError> {
        self.put(slot.as_str(), origins, value, None)
    }
}
