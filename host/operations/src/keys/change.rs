//! Changing keys. Whatever interrupts a change, everything can be opened afterwards: a new key is durable before
//! anything is wrapped with it, what is wrapped changes in one transaction, and old keys go last, if at all.

use super::inventory::{Inventory, Under, look};
use super::open::{self, Keys};
use crate::audit;
use crate::trouble::Trouble;
use beacon_store::{Action, DataKeyRow, KeyChange, KeyChoice, SealedRow, Store, StoreError};
use beacon_vault::{ConnectionRef, ProviderKind, Secret, SecretBinding, Vault, WrappedKey};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What a rotation did.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// Who holds the keys.
    pub provider: ProviderKind,
    /// Where.
    pub location: String,
    /// The new key.
    pub key_id: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// How many secrets were encrypted again.
    pub secrets: usize,
    /// How many data keys are new.
    pub data_keys: usize,
    /// Keys of before that were destroyed.
    pub forgotten: usize,
    /// Keys of before that the provider still has.
    pub older: usize,
    /// What is left for a person to do, a command a line.
    pub left_to_do: Vec<String>,
}

/// Where keys moved.
#[derive(Clone, Debug)]
pub struct Rekeyed {
    /// Who held them.
    pub from: ProviderKind,
    /// Where.
    pub from_location: String,
    /// Who holds them.
    pub provider: ProviderKind,
    /// Where.
    pub location: String,
    /// The new key.
    pub key_id: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Whether the old keys were destroyed.
    pub forgotten: bool,
    /// What is left for a person to do, a command a line.
    pub left_to_do: Vec<String>,
}

/// A new key from the same provider, new data keys, and every secret encrypted again. Data keys of connections with an
/// interrupted run stay beside the new ones: its journal needs them to go on.
///
/// # Errors
/// [`Trouble`] if a secret cannot be opened, before anything has changed; of provider and store.
pub fn rotate(keys: &mut Keys, output: Option<&PathBuf>, forget_old: bool, now: Timestamp) -> Result<Rotated, Trouble> {
    check_output(keys.provider, output, &keys.vault.location())?;
    all_open(keys)?;
    let Keys { store, vault, provider, .. } = keys;
    let data_keys = store.data_key_rows()?;
    let stored: Vec<(ConnectionRef, WrappedKey)> = data_keys.iter().map(|row| (row.id, row.key.clone())).collect();
    let rewrapped = vault.rekey(&stored)?;
    let Renewed { added, resealed, obsolete } = renew(store, vault, data_keys)?;
    let (kek_id, fingerprint) = vault.active()?;
    let choice = KeyChoice { provider: provider.to_string(), kek_id, made_at: Some(now) };
    store.together(|store| -> Result<(), StoreError> {
        store.change_keys(&KeyChange {
            rewrapped: &rewrapped,
            added: &added,
            resealed: &resealed,
            obsolete: &obsolete,
            choice: &choice,
        })?;
        store.record(&audit::keys(Action::KeysRotated, *provider).with("secrets", resealed.len()))
    })?;
    let forgotten = if forget_old { vault.retire_unused(&in_use(store)?)?.len() } else { 0 };
    Ok(Rotated {
        provider: *provider,
        location: vault.location(),
        key_id: kek_id.to_string(),
        fingerprint,
        secrets: resealed.len(),
        data_keys: added.len(),
        forgotten,
        older: vault.key_ids().len().saturating_sub(1),
        left_to_do: left_to_do(*provider, output),
    })
}

/// Moves the keys to another provider, or locks them with another passphrase: a new key there, which wraps every data key.
///
/// # Errors
/// [`Trouble`] if they are there already, or a data key cannot be opened, before anything has changed; of provider and
/// store.
pub fn rekey(
    keys: Keys,
    provider: ProviderKind,
    output: Option<&PathBuf>,
    passphrase: Option<Secret>,
    forget_old: bool,
    now: Timestamp,
) -> Result<Rekeyed, Trouble> {
    let Keys { folders, mut store, mut vault, source, provider: from } = keys;
    check_output(provider, output, provider.as_str())?;
    let stored = store.all_data_keys()?;
    vault.check(stored.iter().map(|(owner, key)| (*owner, key)))?;
    let mut new = match passphrase {
        _ if provider == from && provider != ProviderKind::Passphrase => {
            let title = format!("the provider `{provider}` holds the keys already");
            return Err(Trouble::settings("keys.same_provider", title, "For a new key: beacon secrets rotate"));
        }
        Some(passphrase) if provider == from => {
            let mut relocked = open::relocked(&source, &folders.locked_keys(), passphrase)?;
            relocked.add_key()?;
            relocked
        }
        passphrase => open::new(provider, &source, &folders, &store, output.cloned(), passphrase)?,
    };
    let rewrapped = new.rewrap(&vault, &stored)?;
    let (kek_id, fingerprint) = new.active()?;
    let choice = KeyChoice { provider: provider.to_string(), kek_id, made_at: Some(now) };
    let rewrapped = &rewrapped[..];
    store.together(|store| -> Result<(), StoreError> {
        store.change_keys(&KeyChange { rewrapped, added: &[], resealed: &[], obsolete: &[], choice: &choice })?;
        store.record(&audit::keys(Action::KeysRekeyed, provider).with("from", from.to_string()))
    })?;
    let from_location = vault.location();
    if forget_old {
        if provider == from {
            new.retire_unused(&in_use(&store)?)?;
        } else {
            vault.erase()?;
        }
    }
    Ok(Rekeyed {
        from,
        from_location,
        provider,
        location: new.location(),
        key_id: kek_id.to_string(),
        fingerprint,
        forgotten: forget_old,
        left_to_do: left_to_do(provider, output),
    })
}

/// Providers that do not keep changed keys by themselves need a file for them; others need none.
fn check_output(provider: ProviderKind, output: Option<&PathBuf>, location: &str) -> Result<(), Trouble> {
    let needed = matches!(provider, ProviderKind::SystemdCredential | ProviderKind::OsKeyring);
    match (needed, output) {
        (true, None) => {
            let title = format!("the provider `{provider}` cannot keep new keys by itself");
            let advice = "Name a file for them, which does not exist yet, with --key-out FILE.";
            Err(Trouble::settings("keys.output_needed", title, advice).about("key_out"))
        }
        (false, Some(_)) => {
            let title = format!("the provider `{provider}` keeps its keys itself, so --key-out has no use");
            let advice = format!("Leave it out; copy {location} for a backup.");
            Err(Trouble::settings("keys.output_unused", title, advice).about("key_out"))
        }
        _ => Ok(()),
    }
}

fn left_to_do(provider: ProviderKind, output: Option<&PathBuf>) -> Vec<String> {
    let Some(output) = output.map(|path| path.display()) else { return Vec::new() };
    match provider {
        ProviderKind::SystemdCredential => vec![
            format!("systemd-creds encrypt --name=beacon-keys {output} /etc/credstore.encrypted/beacon-keys"),
            format!("shred -u {output}   # once the beacon runs again: until then it is the only copy"),
        ],
        _ => vec![format!("keep {output} apart: it is needed after every restart of this machine")],
    }
}

/// A rotation is no moment to lose a secret in: all of them open, or nothing is changed.
fn all_open(keys: &Keys) -> Result<(), Trouble> {
    let inventory = Inventory::read(&keys.store, &keys.folders)?;
    let looked = look(&inventory, &keys.store, &keys.vault, Under::Stored)?;
    let broken: Vec<_> = looked.iter().filter(|one| one.opened.is_err()).collect();
    if broken.is_empty() {
        return Ok(());
    }
    let title = match broken.len() {
        1 => "one secret cannot be opened, so nothing was changed".to_owned(),
        several => format!("{several} secrets cannot be opened, so nothing was changed"),
    };
    let advice = "`beacon secrets check` tells why. Enter those secrets again, or remove what they belong to.";
    let named = broken.iter().map(|one| format!("{} {}: {}", one.belongs.kind, one.belongs.name, one.row.slot));
    Err(named.fold(Trouble::settings("keys.secret_does_not_open", title, advice), Trouble::with))
}

struct Renewed {
    added: Vec<DataKeyRow>,
    resealed: Vec<SealedRow>,
    obsolete: Vec<DataKeyRow>,
}

fn renew(store: &Store, vault: &Vault, data_keys: Vec<DataKeyRow>) -> Result<Renewed, Trouble> {
    let interrupted: BTreeSet<ConnectionRef> = store.running_runs()?.iter().map(|run| run.connection.into()).collect();
    let mut by_owner: BTreeMap<ConnectionRef, Vec<DataKeyRow>> = BTreeMap::new();
    for row in data_keys {
        by_owner.entry(row.id).or_default().push(row);
    }
    let mut sealed: BTreeMap<ConnectionRef, Vec<SealedRow>> = BTreeMap::new();
    for row in store.sealed_rows()? {
        sealed.entry(row.id).or_default().push(row);
    }
    let mut renewed = Renewed { added: Vec::new(), resealed: Vec::new(), obsolete: Vec::new() };
    for (id, rows) in by_owner {
        let Some(owner) = rows.first().map(|row| row.owner) else { continue };
        let mut present: Vec<WrappedKey> = rows.iter().map(|row| row.key.clone()).collect();
        let next = vault.rotate(id, &present)?;
        present.push(next.clone());
        let keys = vault.unlock(id, &present)?;
        for row in sealed.remove(&id).unwrap_or_default() {
            let origins = row.value.origins.clone();
            let binding = SecretBinding { connection: id, slot: row.slot.clone(), origins };
            if let Some(value) = keys.reseal(&binding, &row.value)? {
                renewed.resealed.push(SealedRow { value, ..row });
            }
        }
        renewed.added.push(DataKeyRow { owner, id, key: next });
        if !interrupted.contains(&id) {
            renewed.obsolete.extend(rows);
        }
    }
    Ok(renewed)
}

fn in_use(store: &Store) -> Result<BTreeSet<beacon_vault::KekId>, Trouble> {
    Ok(store.all_data_keys()?.iter().map(|(_, key)| key.kek_id).collect())
}
