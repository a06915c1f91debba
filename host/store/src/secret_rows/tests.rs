use std::{fs, slice};

use beacon_vault::{KeyFile, Secret, SecretBinding, SlotName, Vault, WrappedKey};

use super::SecretRow;
use crate::store::tests::{Fixture, now};
use crate::{ConnectionId, DATABASE_FILE, StoreError};

const SECRET: &str = "a secret that must not be found";

fn vault(fixture: &Fixture) -> Vault {
    Vault::new(KeyFile::open_or_create(&fixture.folder.path().join("test.key")).ok().unwrap())
}

fn slot() -> SlotName {
    "client_secret".parse().unwrap()
}

fn binding(connection: ConnectionId) -> SecretBinding {
    let origins = ["https://login.example", "https://graph.example:8443"];
    SecretBinding {
        connection: connection.into(),
        slot: slot(),
        origins: origins.iter().map(|origin| origin.parse().unwrap()).collect(),
    }
}

fn sealed(vault: &Vault, fixture: &Fixture, version: u32) -> SecretRow {
    let connection = fixture.connection;
    let keys = vault.unlock(connection.into(), &fixture.store.data_keys(connection).unwrap()).ok().unwrap();
    let value = keys.seal(&binding(connection), version, &Secret::from(SECRET.to_owned())).unwrap();
    SecretRow { connection, slot: slot(), value, expires_on: Some(jiff::civil::date(2027, 5, 31)), updated_at: now(1) }
}

fn with_data_key() -> (Fixture, Vault) {
    let mut fixture = Fixture::new();
    let vault = vault(&fixture);
    let key = vault.create_data_key(fixture.connection.into()).unwrap();
    fixture.store.insert_data_key(fixture.connection, &key).unwrap();
    (fixture, vault)
}

fn opens(vault: &Vault, fixture: &Fixture) -> bool {
    let connection = fixture.connection;
    let row = fixture.store.secret(connection, &slot()).unwrap().unwrap();
    let keys = vault.unlock(connection.into(), &fixture.store.data_keys(connection).unwrap()).ok().unwrap();
    keys.open(&binding(connection), &row.value).ok().unwrap().expose_str() == Some(SECRET)
}

#[test]
fn a_sealed_secret_comes_back_as_it_was_stored() {
    let (mut fixture, vault) = with_data_key();
    let row = sealed(&vault, &fixture, 1);
    fixture.store.put_secret(&row).unwrap();
    let mut fixture = fixture.reopen();
    assert_eq!(fixture.store.secret(fixture.connection, &slot()).unwrap(), Some(row.clone()));
    assert_eq!(fixture.store.secrets(fixture.connection).unwrap(), [row]);
    assert!(opens(&vault, &fixture));
    assert!(fixture.store.delete_secret(fixture.connection, &slot()).unwrap());
    assert!(!fixture.store.delete_secret(fixture.connection, &slot()).unwrap());
    assert_eq!(fixture.store.secret(fixture.connection, &slot()).unwrap(), None);
}

#[test]
fn nothing_secret_is_in_the_files() {
    let (mut fixture, vault) = with_data_key();
    let row = sealed(&vault, &fixture, 1);
    fixture.store.put_secret(&row).unwrap();
    let holds = |text: &str| {
        ["", "-wal"].iter().any(|end| {
            let bytes = fs::read(fixture.folder.path().join(format!("{DATABASE_FILE}{end}"))).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(holds("client_secret"), "the search finds what is there");
    assert!(!holds(SECRET));
}

#[test]
fn an_older_secret_never_replaces_a_newer_one() {
    let (mut fixture, vault) = with_data_key();
    let older = sealed(&vault, &fixture, 1);
    let newer = sealed(&vault, &fixture, 2);
    fixture.store.put_secret(&newer).unwrap();
    for row in [older, newer.clone()] {
        let error = fixture.store.put_secret(&row).unwrap_err();
        assert!(matches!(error, StoreError::StaleSecret { stored: 2, .. }), "{error}");
    }
    assert_eq!(fixture.store.secret(fixture.connection, &slot()).unwrap(), Some(newer));
}

#[test]
fn rotation_and_sealing_again() {
    let (mut fixture, vault) = with_data_key();
    let row = sealed(&vault, &fixture, 1);
    fixture.store.put_secret(&row).unwrap();
    let connection = fixture.connection;
    let first = fixture.store.data_keys(connection).unwrap().remove(0);
    let next = vault.rotate(connection.into(), slice::from_ref(&first)).unwrap();
    fixture.store.insert_data_key(connection, &next).unwrap();
    assert!(opens(&vault, &fixture));
    let keys = vault.unlock(connection.into(), &fixture.store.data_keys(connection).unwrap()).ok().unwrap();
    let moved = keys.reseal(&binding(connection), &row.value).unwrap().unwrap();
    fixture.store.put_secret(&SecretRow { value: moved, ..row }).unwrap();
    assert!(opens(&vault, &fixture));
    assert_eq!(fixture.store.secret(connection, &slot()).unwrap().unwrap().value.key_id, next.key_id);
}

#[test]
fn a_secret_needs_its_connection_and_data_key() {
    let (mut fixture, vault) = with_data_key();
    let row = sealed(&vault, &fixture, 1);
    let nobody = ConnectionId::from(uuid::Uuid::from_u128(99));
    let error = fixture.store.put_secret(&SecretRow { connection: nobody, ..row.clone() }).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchConnection { .. }), "{error}");
    let key: WrappedKey = vault.create_data_key(nobody.into()).unwrap();
    assert!(matches!(fixture.store.insert_data_key(nobody, &key), Err(StoreError::NoSuchConnection { .. })));

    let mut stray = row.clone();
    stray.value.key_id = key.key_id;
    assert!(matches!(fixture.store.put_secret(&stray), Err(StoreError::NoSuchDataKey { .. })));

    fixture.store.put_secret(&row).unwrap();
    fixture.store.delete_connection(fixture.connection).unwrap();
    assert!(fixture.store.all_data_keys().unwrap().is_empty());
    assert!(fixture.store.secrets(fixture.connection).unwrap().is_empty());
}
