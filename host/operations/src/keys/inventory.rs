//! Whose each secret is, and where it may go today.

use crate::destination_secrets;
use crate::folders::Folders;
use crate::modules::Module;
use crate::secrets::{PROXY_PASSWORD, proxy_origin};
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName};
use beacon_store::{Connection, CredentialProfile, DefaultProxy, Destination, Owner, SealedRow, Store};
use beacon_vault::{ConnectionKeys, ConnectionRef, Origin, Secret, SecretBinding, Vault};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a secret belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Belongs {
    /// `connection`, `destination`, `profile` or `installation`.
    pub kind: &'static str,
    /// Its name; of the installation, which part of it.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// Under which origins a secret is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// Those that it was stored for.
    Stored,
    /// Those that it would be sent to today.
    Today,
}

/// Everything that may own a secret.
pub(super) struct Inventory {
    connections: BTreeMap<ConnectionRef, Connection>,
    destinations: BTreeMap<ConnectionRef, Destination>,
    default_proxy: Option<DefaultProxy>,
    /// By the text of their ids, as it stands in the names of their slots.
    profiles: BTreeMap<String, CredentialProfile>,
    modules: BTreeMap<String, Option<Module>>,
}

impl Inventory {
    pub(super) fn read(store: &Store, folders: &Folders) -> Result<Self, Trouble> {
        let connections = store.connections()?;
        let mut modules = BTreeMap::new();
        for connection in &connections {
            // A module that is not there any more says nothing about its slots.
            let found = || Module::find(folders, None, &connection.source_type).ok();
            modules.entry(connection.source_type.clone()).or_insert_with(found);
        }
        Ok(Self {
            connections: connections.into_iter().map(|one| (one.id.into(), one)).collect(),
            destinations: store.destinations()?.into_iter().map(|one| (one.id.into(), one)).collect(),
            default_proxy: store.default_proxy()?,
            profiles: store.profiles()?.into_iter().map(|one| (one.id.to_string(), one)).collect(),
            modules,
        })
    }

    /// Whose a data key is.
    pub(super) fn owner(&self, owner: Owner, id: ConnectionRef) -> Belongs {
        let (kind, name) = match owner {
            Owner::Connection => ("connection", self.connections.get(&id).map(|one| one.name.to_string())),
            Owner::Destination => ("destination", self.destinations.get(&id).map(|one| one.name.to_string())),
            Owner::Installation => ("installation", Some("shared".to_owned())),
        };
        Belongs { kind, name: name.unwrap_or_else(|| id.to_string()), id: id.to_string() }
    }

    /// What a secret belongs to.
    pub(super) fn belongs(&self, row: &SealedRow) -> Belongs {
        match row.owner {
            Owner::Installation if row.slot.as_str() == PROXY_PASSWORD => {
                Belongs { kind: "installation", name: "default proxy".to_owned(), id: row.id.to_string() }
            }
            owner => match self.profile(row) {
                Some(profile) => {
                    Belongs { kind: "profile", name: profile.name.to_string(), id: profile.id.to_string() }
                }
                None => self.owner(owner, row.id),
            },
        }
    }

    /// The credential profile that a secret of the installation belongs to.
    fn profile(&self, row: &SealedRow) -> Option<&CredentialProfile> {
        let (id, _) = row.slot.as_str().strip_prefix("profile.")?.split_once('.')?;
        self.profiles.get(id).filter(|_| row.owner == Owner::Installation)
    }

    pub(super) fn connection(&self, id: ConnectionRef) -> Option<&Connection> {
        self.connections.get(&id)
    }

    /// The origins of a secret today; those that it was stored for where nothing uses it.
    fn origins(&self, row: &SealedRow) -> BTreeSet<Origin> {
        if let Some(profile) = self.profile(row) {
            return profile.origins.clone();
        }
        let today = match row.owner {
            Owner::Connection => self.of_connection(row),
            Owner::Destination => {
                let destination = self.destinations.get(&row.id);
                destination.and_then(|destination| destination_secrets::origins(destination, &row.slot))
            }
            Owner::Installation => self.of_default_proxy(row),
        };
        let parsed = |origins: BTreeSet<String>| origins.iter().map(|origin| origin.parse().ok()).collect();
        today.and_then(parsed).unwrap_or_else(|| row.value.origins.clone())
    }

    fn of_default_proxy(&self, row: &SealedRow) -> Option<BTreeSet<String>> {
        let proxy = self.default_proxy.as_ref().filter(|_| row.slot.as_str() == PROXY_PASSWORD)?;
        Some(proxy_origin(&proxy.settings.server.to_url()))
    }

    fn of_connection(&self, row: &SealedRow) -> Option<BTreeSet<String>> {
        let connection = self.connections.get(&row.id)?;
        if row.slot.as_str() == PROXY_PASSWORD {
            return connection.proxy.as_ref().map(|proxy| proxy_origin(&proxy.server.to_url()));
        }
        let manifest = &self.modules.get(&connection.source_type)?.as_ref()?.manifest;
        let settings = manifest.form.effective(&Settings(connection.settings.clone().into_iter().collect()));
        // A part behind a dot says which one of the slot it is, such as the next certificate.
        let slot = row.slot.as_str().split('.').next().and_then(|slot| SlotName::new(slot).ok())?;
        let origins = &manifest.slot(&slot)?.origins;
        Some(origins.iter().filter_map(|origin| origin.exact_origin(&settings)).collect())
    }
}

/// A secret and what it belongs to; opened, or why it cannot be.
pub(super) struct Looked {
    pub(super) belongs: Belongs,
    pub(super) row: SealedRow,
    pub(super) opened: Result<Secret, Trouble>,
}

/// Opens every secret of a data folder, one owner after the other.
pub(super) fn look(inventory: &Inventory, store: &Store, vault: &Vault, under: Under) -> Result<Vec<Looked>, Trouble> {
    let data_keys = store.data_key_rows()?;
    let mut unlocked: BTreeMap<ConnectionRef, Result<ConnectionKeys, Trouble>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in store.sealed_rows()? {
        let keys = unlocked.entry(row.id).or_insert_with(|| {
            let keys = data_keys.iter().filter(|key| key.id == row.id).map(|key| key.key.clone());
            Ok(vault.unlock(row.id, &keys.collect::<Vec<_>>())?)
        });
        let origins = match under {
            Under::Stored => row.value.origins.clone(),
            Under::Today => inventory.origins(&row),
        };
        let binding = SecretBinding { connection: row.id, slot: row.slot.clone(), origins };
        let opened = match keys {
            Ok(keys) => keys.open(&binding, &row.value).map_err(Trouble::from),
            Err(trouble) => Err(trouble.clone()),
        };
        all.push(Looked { belongs: inventory.belongs(&row), row, opened });
    }
    Ok(all)
}
