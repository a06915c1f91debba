use std::collections::BTreeSet;

use beacon_vault::{ConnectionRef, DataKeyId, KekId, KeyFile, Origin, Secret, SecretBinding, Vault, WrappedKey};

use super::{DataKeyRow, KeyChange, Owner, SealedRow};
use crate::store::tests::{Fixture, now};
use crate::{
    DestinationId, DestinationProxy, DestinationSecrets, KeyChoice, NewDestination, SecretRow, StoreError, Target,
};

const DESTINATION: u128 = 0xd;

/// A secret of each kind of owner: in its value its own slot's name.
fn filled() -> (Fixture, Vault) {
    let mut fixture = Fixture::new();
    let vault = Vault::new(KeyFile::open_or_create(&fixture.folder.path().join("test.key")).ok().unwrap());
    let seal = |id: ConnectionRef, slot: &str, key: &WrappedKey| {
        let keys = vault.unlock(id, std::slice::from_ref(key)).ok().unwrap();
        keys.seal(&binding(id, slot), 1, &Secret::from(slot.to_owned())).unwrap()
    };
    let connection = fixture.connection;
    let key = vault.create_data_key(connection.into()).unwrap();
    fixture.store.insert_data_key(connection, &key).unwrap();
    let value = seal(connection.into(), "client_secret", &key);
    let slot = "client_secret".parse().unwrap();
    let expires_on = Some(jiff::civil::date(2027, 5, 31));
    fixture.store.put_secret(&SecretRow { connection, slot, value, expires_on, updated_at: now(1) }).unwrap();

    let destination = DestinationId::from(uuid::Uuid::from_u128(DESTINATION));
    let key = vault.create_data_key(destination.into()).unwrap();
    let value = seal(destination.into(), "destination.bearer", &key);
    let slot: beacon_vault::SlotName = "destination.bearer".parse().unwrap();
    let secrets = DestinationSecrets { key: Some(key), values: vec![(slot.clone(), value)], needed: vec![slot] };
    let new = NewDestination {
        id: destination,
        name: "Archive".parse().unwrap(),
        target: Target::Folder { folder: "/srv".into() },
        only_complete: false,
        proxy: DestinationProxy::None,
    };
    fixture.store.insert_destination(&new, &secrets, now(1)).unwrap();

    let installation = fixture.store.installation().into();
    let key = vault.create_data_key(installation).unwrap();
    fixture.store.insert_installation_key(&key).unwrap();
    let slot = "proxy.password".parse().unwrap();
    fixture.store.put_installation_secret(&slot, &seal(installation, "proxy.password", &key)).unwrap();
    (fixture, vault)
}

fn binding(connection: ConnectionRef, slot: &str) -> SecretBinding {
    let origins = BTreeSet::from(["https://login.example".parse::<Origin>().unwrap()]);
    SecretBinding { connection, slot: slot.parse().unwrap(), origins }
}

fn choice(kek_id: KekId) -> KeyChoice {
    KeyChoice { provider: "key-file".to_owned(), kek_id, made_at: Some(now(5)) }
}

/// Checks that every stored secret opens with what is stored beside it.
#[track_caller]
fn assert_all_open(fixture: &Fixture, vault: &Vault) {
    let rows = fixture.store.sealed_rows().unwrap();
    let slots: Vec<_> = rows.iter().map(|row| (row.owner, row.slot.as_str())).collect();
    assert_eq!(
        slots,
        [
            (Owner::Connection, "client_secret"),
            (Owner::Destination, "destination.bearer"),
            (Owner::Installation, "proxy.password")
        ]
    );
    for row in rows {
        let keys = fixture.store.data_key_rows().unwrap();
        let keys: Vec<_> = keys.into_iter().filter(|key| key.id == row.id).map(|key| key.key).collect();
        let keys = vault.unlock(row.id, &keys).ok().unwrap();
        let opened = keys.open(&binding(row.id, row.slot.as_str()), &row.value).ok().unwrap();
        assert_eq!(opened.expose_str(), Some(row.slot.as_str()));
    }
}

/// A change of everything: a new key above, new data keys, every secret sealed again, the old data keys gone.
fn renewal(fixture: &Fixture, vault: &Vault) -> (Vec<DataKeyRow>, Vec<SealedRow>, Vec<DataKeyRow>) {
    let old = fixture.store.data_key_rows().unwrap();
    let added: Vec<DataKeyRow> = old
        .iter()
        .map(|row| {
            let key = vault.rotate(row.id, std::slice::from_ref(&row.key)).unwrap();
            DataKeyRow { owner: row.owner, id: row.id, key }
        })
        .collect();
    let resealed = fixture.store.sealed_rows().unwrap().into_iter().map(|row| {
        let keys = old.iter().chain(&added).filter(|key| key.id == row.id).map(|key| key.key.clone());
        let keys = vault.unlock(row.id, &keys.collect::<Vec<_>>()).ok().unwrap();
        let value = keys.reseal(&binding(row.id, row.slot.as_str()), &row.value).unwrap().unwrap();
        SealedRow { value, ..row }
    });
    let resealed = resealed.collect();
    (added, resealed, old)
}

#[test]
fn secrets_of_every_owner_are_renewed_in_one_transaction() {
    let (mut fixture, mut vault) = filled();
    assert_all_open(&fixture, &vault);
    let (added, resealed, obsolete) = renewal(&fixture, &vault);
    let stored = fixture.store.all_data_keys().unwrap();
    let rewrapped = vault.rekey(&stored).unwrap();
    let choice = choice(vault.active().unwrap().0);
    let (added, resealed, obsolete, rewrapped) = (&added[..], &resealed[..], &obsolete[..], &rewrapped[..]);
    fixture.store.change_keys(&KeyChange { rewrapped, added, resealed, obsolete, choice: &choice }).unwrap();
    let fixture = fixture.reopen();
    assert_all_open(&fixture, &vault);
    let keys: BTreeSet<DataKeyId> = fixture.store.data_key_rows().unwrap().iter().map(|row| row.key.key_id).collect();
    assert_eq!(keys, added.iter().map(|row| row.key.key_id).collect());
    assert_eq!(fixture.store.key_choice().unwrap(), Some(choice));
    assert_eq!(fixture.store.sealed_rows().unwrap()[0].expires_on, Some(jiff::civil::date(2027, 5, 31)));
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let (mut fixture, vault) = filled();
    let (added, resealed, obsolete) = renewal(&fixture, &vault);
    let before = (fixture.store.data_key_rows().unwrap(), fixture.store.sealed_rows().unwrap());
    let choice = choice(vault.active().unwrap().0);
    let nothing = KeyChange { rewrapped: &[], added: &added, resealed: &[], obsolete: &[], choice: &choice };

    let error = fixture.store.change_keys(&KeyChange { obsolete: &obsolete, ..nothing_of(&nothing) }).unwrap_err();
    assert!(matches!(error, StoreError::DataKeyInUse { secrets: 1, .. }), "{error}");
    let mut newer = resealed;
    newer[2].value.version = 2;
    let error = fixture.store.change_keys(&KeyChange { resealed: &newer, ..nothing_of(&nothing) }).unwrap_err();
    assert!(matches!(error, StoreError::StaleSecret { offered: 2, .. }), "{error}");
    let stranger = [(fixture.connection.into(), vault.create_data_key(fixture.connection.into()).unwrap())];
    let error = fixture.store.change_keys(&KeyChange { rewrapped: &stranger, ..nothing_of(&nothing) }).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchDataKey { .. }), "{error}");

    assert_eq!((fixture.store.data_key_rows().unwrap(), fixture.store.sealed_rows().unwrap()), before);
    assert_eq!(fixture.store.key_choice().unwrap(), None);
    assert_all_open(&fixture, &vault);
}

fn nothing_of<'a>(change: &KeyChange<'a>) -> KeyChange<'a> {
    KeyChange { ..*change }
}

#[test]
fn a_key_that_is_made_is_harmless_until_the_rows_are_stored() {
    let (fixture, mut vault) = filled();
    let stored = fixture.store.all_data_keys().unwrap();
    vault.rekey(&stored).unwrap();
    let restarted = Vault::new(KeyFile::open(&fixture.folder.path().join("test.key")).ok().unwrap());
    assert_eq!(restarted.key_ids().len(), 2);
    assert_all_open(&fixture, &restarted);
}

#[test]
fn lost_secrets_are_forgotten_and_nothing_else_is() {
    let (mut fixture, vault) = filled();
    fixture.store.set_key_choice(&choice(vault.active().unwrap().0)).unwrap();
    assert_eq!(fixture.store.forget_secrets().unwrap(), 3);
    let fixture = fixture.reopen();
    assert!(fixture.store.sealed_rows().unwrap().is_empty());
    assert!(fixture.store.all_data_keys().unwrap().is_empty());
    assert_eq!(fixture.store.key_choice().unwrap(), None);
    assert_eq!((fixture.store.connections().unwrap().len(), fixture.store.destinations().unwrap().len()), (1, 1));
}
