//! Who holds the keys, and what lies under them.

use super::inventory::{Belongs, Inventory};
use super::open;
use crate::folders::Folders;
use crate::installation::Place;
use crate::trouble::Trouble;
use beacon_store::{DataKeyRow, Store};
use beacon_vault::Vault;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the keys of a data folder stand.
#[derive(Clone, Debug, Serialize)]
pub struct KeyStatus {
    /// Who holds the keys; `None` before anything needed one.
    pub provider: Option<String>,
    /// Where, if they can be had.
    pub location: Option<String>,
    /// Id of the active key.
    pub key_id: Option<String>,
    /// Its fingerprint, if it can be had.
    pub fingerprint: Option<String>,
    /// When it was made, if that is known.
    pub made_at: Option<Timestamp>,
    /// Earlier keys that the provider still has.
    pub older_keys: usize,
    /// How many secrets there are.
    pub secrets: usize,
    /// What lies under it.
    pub data_keys: Vec<DataKeyStatus>,
    /// Why the keys cannot be had, if they cannot.
    pub trouble: Option<Trouble>,
}

/// A data key.
#[derive(Clone, Debug, Serialize)]
pub struct DataKeyStatus {
    /// Whose secrets it encrypts.
    pub belongs_to: Belongs,
    /// Its id.
    pub id: String,
    /// Its place among the data keys of its owner.
    pub generation: u32,
    /// The key that it is wrapped with.
    pub wrapped_with: String,
    /// How many secrets it encrypts.
    pub secrets: usize,
}

/// How the keys of a data folder stand. Asks no provider for a key that was never made.
///
/// # Errors
/// [`Trouble`] of the store. That keys are missing is no error here.
pub fn status(place: &Place) -> Result<KeyStatus, Trouble> {
    let folders = Folders::new(place.data.clone())?;
    let mut store = Store::open(folders.root())?;
    let opened = open::recorded(&store)?.map(|_| open::open(&place.keys, &folders, &mut store, None));
    match opened {
        None => without(&store, &folders, None),
        Some(Err(trouble)) => without(&store, &folders, Some(trouble)),
        Some(Ok((_, vault))) => status_of(&folders, &store, &vault),
    }
}

/// The same for keys that are open.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn status_of(folders: &Folders, store: &Store, vault: &Vault) -> Result<KeyStatus, Trouble> {
    let (id, fingerprint) = vault.active()?;
    let stored = store.all_data_keys()?;
    let opens = vault.check(stored.iter().map(|(owner, key)| (*owner, key)));
    // After an interrupted change the provider has a key that nothing is wrapped with yet.
    let made_at = store.key_choice()?.filter(|choice| choice.kek_id == id).and_then(|choice| choice.made_at);
    Ok(KeyStatus {
        location: Some(vault.location()),
        key_id: Some(id.to_string()),
        fingerprint: Some(fingerprint),
        made_at,
        older_keys: vault.key_ids().len().saturating_sub(1),
        ..without(store, folders, opens.err().map(Trouble::from))?
    })
}

/// What the data folder says by itself.
fn without(store: &Store, folders: &Folders, trouble: Option<Trouble>) -> Result<KeyStatus, Trouble> {
    let choice = store.key_choice()?;
    let data_keys = data_keys(store, folders)?;
    Ok(KeyStatus {
        provider: open::recorded(store)?.map(|provider| provider.to_string()),
        location: None,
        key_id: choice.as_ref().map(|choice| choice.kek_id.to_string()),
        fingerprint: None,
        made_at: choice.and_then(|choice| choice.made_at),
        older_keys: 0,
        secrets: data_keys.iter().map(|key| key.secrets).sum(),
        data_keys,
        trouble,
    })
}

fn data_keys(store: &Store, folders: &Folders) -> Result<Vec<DataKeyStatus>, Trouble> {
    let inventory = Inventory::read(store, folders)?;
    let mut secrets: BTreeMap<_, usize> = BTreeMap::new();
    for row in store.sealed_rows()? {
        let count = secrets.entry((row.id, row.value.key_id)).or_default();
        *count = count.saturating_add(1);
    }
    let one = |DataKeyRow { owner, id, key }: DataKeyRow| DataKeyStatus {
        belongs_to: inventory.owner(owner, id),
        id: key.key_id.to_string(),
        generation: key.generation,
        wrapped_with: key.kek_id.to_string(),
        secrets: secrets.get(&(id, key.key_id)).copied().unwrap_or_default(),
    };
    let mut all: Vec<DataKeyStatus> = store.data_key_rows()?.into_iter().map(one).collect();
    all.sort_by(|left, right| (&left.belongs_to, left.generation).cmp(&(&right.belongs_to, right.generation)));
    Ok(all)
}
