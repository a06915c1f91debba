//! One data folder with its database and its keys, opened once per command.

use crate::acting;
use crate::at_work::AtWork;
use crate::delivery::Sending;
use crate::file;
use crate::folders::Folders;
use crate::interrupted;
use crate::keys::{self, KeySource};
use crate::trouble::Trouble;
use beacon_driver::{AddressRule, ClientOptions, Clock as _, NetworkTransport, ProxyAccess, SystemClock};
use beacon_package::NameTable;
use beacon_store::{Connection, ConnectionId, Store, StoreError};
use beacon_vault::Vault;
use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// Where an installation lies and what its operator allows.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The data folder; the platform's own if `None`.
    pub data: Option<PathBuf>,
    /// Where the keys of the stored secrets come from.
    pub keys: KeySource,
    /// Certificate authorities to trust as well (PEM).
    pub ca_file: Option<PathBuf>,
    /// Private addresses that connections may go to.
    pub allowed: Vec<IpNet>,
    /// What the organisation's configuration file wants filled in for new connections.
    pub defaults: OrganisationDefaults,
}

/// Values of fields by source type.
pub type OrganisationDefaults = BTreeMap<String, BTreeMap<String, Value>>;

/// Everything that operations share. A copy shares it, too.
#[derive(Clone)]
pub struct Installation {
    /// Paths below the data folder.
    pub folders: Folders,
    store: Arc<Mutex<Store>>,
    vault: Arc<Vault>,
    ca_file: Option<PathBuf>,
    /// Authorities that a caller brought along, in place of those in the file.
    brought: Option<Arc<[u8]>>,
    allowed: Vec<IpNet>,
    defaults: OrganisationDefaults,
    parking: Arc<AtomicBool>,
    sending: Arc<Sending>,
    at_work: AtWork,
}

impl Installation {
    /// Opens the data folder; makes it, its database and its key at the first use.
    ///
    /// # Errors
    /// [`Trouble`] if another process holds the folder, or keys are missing.
    pub fn open(place: &Place) -> Result<Self, Trouble> {
        Self::opened(place, |keys, folders, store| Ok(keys::open(keys, folders, store, None)?.1))
    }

    /// Opens a data folder that is there for whoever changes nothing: no key is made, and a database of an older version is
    /// refused instead of brought up to date.
    ///
    /// # Errors
    /// Those of [`Installation::open`]; `store.older`.
    pub fn open_to_look(place: &Place) -> Result<Self, Trouble> {
        let folders = Folders::new(place.data.clone())?;
        if let Err(older @ StoreError::Older { .. }) = Store::open_to_look(folders.root()) {
            return Err(older.into());
        }
        Self::opened(place, |keys, folders, store| keys::open_to_look(keys, folders, store))
    }

    fn opened(
        place: &Place,
        vault: impl FnOnce(&KeySource, &Folders, &mut Store) -> Result<Vault, Trouble>,
    ) -> Result<Self, Trouble> {
        let folders = Folders::new(place.data.clone())?;
        let mut store = Store::open(folders.root())?;
        acting::attend(&mut store);
        let vault = vault(&place.keys, &folders, &mut store)?;
        let stored = store.all_data_keys()?;
        vault.check(stored.iter().map(|(connection, key)| (*connection, key)))?;
        // What stays because rows cannot be read is in nobody's way; whoever needs them says so.
        let _ = interrupted::sweep(&folders, &store);
        Ok(Self {
            folders,
            store: Arc::new(Mutex::new(store)),
            vault: Arc::new(vault),
            ca_file: place.ca_file.clone(),
            brought: None,
            allowed: place.allowed.clone(),
            defaults: place.defaults.clone(),
            parking: Arc::default(),
            sending: Arc::default(),
            at_work: AtWork::default(),
        })
    }

    /// The same installation as somebody at a command line wants to see it: what they trust, allow and fill in counts
    /// where they say something.
    #[must_use]
    pub fn seen_from(&self, place: &Place, authorities: Option<Vec<u8>>) -> Self {
        let mut seen = self.clone();
        if let Some(authorities) = authorities {
            seen.brought = Some(authorities.into());
        }
        if !place.allowed.is_empty() {
            seen.allowed.clone_from(&place.allowed);
        }
        if !place.defaults.is_empty() {
            seen.defaults.clone_from(&place.defaults);
        }
        seen
    }

    /// The time.
    pub fn now() -> Timestamp {
        SystemClock.now()
    }

    /// The database, for whoever acts. A thread that panicked while holding it left no half transaction behind: SQLite rolls back.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        acting::attended(&self.store)
    }

    /// The database, for what outlives a borrow.
    pub fn shared_store(&self) -> Arc<Mutex<Store>> {
        Arc::clone(&self.store)
    }

    /// From now on runs that are dropped leave what they have, to go on later.
    pub fn park(&self) {
        self.parking.store(true, Ordering::Relaxed);
    }

    pub(crate) fn sending(&self) -> &Arc<Sending> {
        &self.sending
    }

    pub(crate) fn at_work(&self) -> &AtWork {
        &self.at_work
    }

    /// Whether a connection is being removed just now.
    #[must_use]
    pub fn is_leaving(&self, connection: ConnectionId) -> bool {
        self.at_work.leaves(connection)
    }

    pub(crate) fn parking(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.parking)
    }

    /// The vault.
    pub fn vault(&self) -> Arc<Vault> {
        Arc::clone(&self.vault)
    }

    /// The connection of a name, or an error that lists what there is.
    ///
    /// # Errors
    /// [`Trouble`] if there is none, or the database cannot be read.
    pub fn connection(&self, name: &str) -> Result<Connection, Trouble> {
        let store = self.store();
        if let Some(connection) = store.connection_by_name(name)? {
            return Ok(connection);
        }
        let names: Vec<String> = store.connections()?.iter().map(|one| one.name.to_string()).collect();
        let advice = if names.is_empty() {
            "Add one with `beacon connection add NAME`.".to_owned()
        } else {
            format!("Connections: {}.", names.join(", "))
        };
        Err(Trouble::settings("connection.unknown", format!("there is no connection named {name:?}"), advice))
    }

    /// What the configuration file wants filled in for new connections.
    #[must_use]
    pub fn file_defaults(&self) -> &OrganisationDefaults {
        &self.defaults
    }

    /// What is filled in for a new connection: by the page's settings, and where they say nothing by the file.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn defaults(&self) -> Result<OrganisationDefaults, Trouble> {
        let stored = self.store().defaults()?;
        // Defaults of a later version that cannot be read are none.
        let stored = stored.and_then(|mut value| serde_json::from_value(value.get_mut("values")?.take()).ok());
        let stored: OrganisationDefaults = stored.unwrap_or_default();
        let mut all = self.defaults.clone();
        for (source_type, values) in stored {
            all.entry(source_type).or_default().extend(values);
        }
        Ok(all)
    }

    /// Which addresses may be connected to.
    pub fn addresses(&self) -> AddressRule {
        AddressRule::new(self.allowed.clone())
    }

    /// Certificate authorities that the operator trusts as well, PEM; empty if there are none.
    ///
    /// # Errors
    /// [`Trouble`] if their file cannot be read.
    pub fn extra_authorities(&self) -> Result<Vec<u8>, Trouble> {
        if let Some(brought) = &self.brought {
            return Ok(brought.to_vec());
        }
        Ok(self.ca_file.as_deref().map(|path| file::read(path, "--ca-file")).transpose()?.unwrap_or_default())
    }

    /// A line to the network.
    ///
    /// # Errors
    /// [`Trouble`] if the certificate file or the proxy cannot be used.
    pub fn transport(&self, proxy: Option<ProxyAccess>) -> Result<NetworkTransport, Trouble> {
        let extra_authorities = self.extra_authorities()?;
        Ok(NetworkTransport::new(ClientOptions { extra_authorities, proxy, addresses: self.addresses() })?)
    }

    /// The installed names, or those that came with the program.
    ///
    /// # Errors
    /// [`Trouble`] if installed names cannot be read.
    pub fn names(&self) -> Result<(NameTable, &'static str), Trouble> {
        let path = self.folders.names();
        if path.exists() { Ok((NameTable::load(&path)?, "installed")) } else { Ok((NameTable::embedded(), "built in")) }
    }
}
