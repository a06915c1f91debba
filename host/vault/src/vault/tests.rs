use std::collections::BTreeSet;
use std::path::Path;
use std::slice;

use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    ConnectionKeys, ConnectionRef, ErrorKind, KeyFile, Origin, PassphraseFile, RunRef, SealedValue, Secret,
    SecretBinding, Vault, VaultError, WrappedKey,
};

const LOGIN: &str = "https://login.example";
const GRAPH: &str = "https://graph.example";

fn key_file(folder: &Path) -> KeyFile {
    KeyFile::open_or_create(&folder.join("a.key")).ok().unwrap()
}

fn connection(number: u128) -> ConnectionRef {
    Uuid::from_u128(number).into()
}

fn binding(number: u128, slot: &str, origins: &[&str]) -> SecretBinding {
    SecretBinding {
        connection: connection(number),
        slot: slot.parse().unwrap(),
        origins: origins.iter().map(|origin| origin.parse::<Origin>().unwrap()).collect(),
    }
}

/// A vault with its key file, and one connection with its first data key.
struct Fixture {
    folder: TempDir,
    vault: Vault,
    wrapped: WrappedKey,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(key_file(folder.path()));
        let wrapped = vault.create_data_key(connection(1)).unwrap();
        Self { folder, vault, wrapped }
    }

    fn keys(&self) -> ConnectionKeys {
        unlock(&self.vault, slice::from_ref(&self.wrapped))
    }

    /// The vault after a restart: the keys come from the file again.
    fn restarted(&self) -> Vault {
        Vault::new(key_file(self.folder.path()))
    }
}

fn unlock(vault: &Vault, wrapped: &[WrappedKey]) -> ConnectionKeys {
    vault.unlock(connection(1), wrapped).ok().unwrap()
}

fn refusal<T>(result: Result<T, VaultError>) -> VaultError {
    result.err().expect("it must be refused")
}

#[test]
fn a_secret_survives_a_restart() {
    let fixture = Fixture::new();
    let binding = binding(1, "client_secret", &[LOGIN, GRAPH]);
    let sealed = fixture.keys().seal(&binding, 1, &Secret::from("s3cret".to_owned())).unwrap();
    assert!(!sealed.ciphertext.windows(6).any(|window| window == b"s3cret"));
    let keys = unlock(&fixture.restarted(), &[fixture.wrapped]);
    assert_eq!(keys.open(&binding, &sealed).ok().unwrap().expose_str(), Some("s3cret"));
}

#[test]
fn changed_origins_ask_for_the_secret_again() {
    let fixture = Fixture::new();
    let keys = fixture.keys();
    let sealed = keys.seal(&binding(1, "client_secret", &[LOGIN]), 1, &Secret::new(vec![1])).unwrap();
    for origins in [&[GRAPH][..], &[LOGIN, GRAPH], &[]] {
        let error = refusal(keys.open(&binding(1, "client_secret", origins), &sealed));
        assert!(matches!(error, VaultError::OriginsChanged { .. }));
        assert_eq!(error.kind(), ErrorKind::EnterSecretAgain);
    }
    let error = refusal(keys.open(&binding(1, "client_secret", &["https://evil.example:444"]), &sealed));
    assert_eq!(
        error.to_string(),
        "the origins of slot `client_secret` changed from https://login.example:443 to https://evil.example:444, so \
         its secret must be entered again"
    );
}

#[test]
fn a_value_opens_nowhere_else_and_not_altered() {
    let fixture = Fixture::new();
    let keys = fixture.keys();
    let home = binding(1, "client_secret", &[LOGIN]);
    let sealed = keys.seal(&home, 7, &Secret::new(b"value".to_vec())).unwrap();
    let altered = |change: fn(&mut SealedValue)| {
        let mut value = sealed.clone();
        change(&mut value);
        value
    };
    let graph = |value: &mut SealedValue| value.origins = BTreeSet::from([GRAPH.parse().unwrap()]);
    let not_authentic = [
        (binding(1, "refresh_token", &[LOGIN]), sealed.clone()),
        // Somebody who can write to the database also changes what the row says about itself.
        (binding(1, "client_secret", &[GRAPH]), altered(graph)),
        (home.clone(), altered(|value| value.version = 8)),
        (home.clone(), altered(|value| value.nonce[0] ^= 1)),
        (home.clone(), altered(|value| value.ciphertext[0] ^= 1)),
        (home.clone(), altered(|value| *value.ciphertext.last_mut().unwrap() ^= 1)),
        (home.clone(), altered(|value| value.ciphertext.truncate(20))),
        (home.clone(), altered(|value| value.ciphertext.clear())),
    ];
    for (binding, value) in not_authentic {
        let error = refusal(keys.open(&binding, &value));
        assert!(matches!(error, VaultError::ValueNotAuthentic { .. }), "{binding:?}: {error}");
    }
    let unknown = altered(|value| value.key_id = Uuid::from_u128(9).into());
    assert!(matches!(refusal(keys.open(&home, &unknown)), VaultError::UnknownDataKey { .. }));
    let other = binding(2, "client_secret", &[LOGIN]);
    assert!(matches!(refusal(keys.open(&other, &sealed)), VaultError::OtherConnection { .. }));
    assert!(matches!(refusal(keys.seal(&other, 1, &Secret::new(vec![]))), VaultError::OtherConnection { .. }));
}

#[test]
fn a_data_key_belongs_to_its_connection_and_row() {
    let fixture = Fixture::new();
    let wrapped = &fixture.wrapped;
    let altered = |change: fn(&mut WrappedKey)| {
        let mut key = wrapped.clone();
        change(&mut key);
        key
    };
    let not_authentic = [
        (2, wrapped.clone()),
        (1, altered(|key| key.key_id = Uuid::from_u128(9).into())),
        (1, altered(|key| key.generation = 2)),
        (1, altered(|key| key.provider = "other".to_owned())),
        (1, altered(|key| key.nonce[23] ^= 1)),
        (1, altered(|key| key.ciphertext[31] ^= 1)),
        (1, altered(|key| key.ciphertext.truncate(16))),
    ];
    for (number, key) in not_authentic {
        let error = refusal(fixture.vault.unlock(connection(number), slice::from_ref(&key)));
        assert!(matches!(error, VaultError::KeyNotAuthentic { .. }), "{key:?}: {error}");
    }
    assert!(matches!(refusal(fixture.vault.unlock(connection(1), &[])), VaultError::NoDataKey { .. }));
}

#[test]
fn a_missing_key_encryption_key_is_named_with_its_provider() {
    let fixture = Fixture::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let stranger = Vault::new(key_file(elsewhere.path()));
    let error = refusal(stranger.check([(connection(1), &fixture.wrapped)]));
    assert_eq!(error.code(), "vault.unknown_key_encryption_key");
    let message = error.to_string();
    let location = elsewhere.path().join("a.key").display().to_string();
    for part in [&fixture.wrapped.kek_id.to_string(), "`key-file`", &location] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(fixture.vault.check([(connection(1), &fixture.wrapped)]).is_ok());
}

#[test]
fn after_a_rotation_old_values_open_and_can_be_sealed_again() {
    let fixture = Fixture::new();
    let binding = binding(1, "refresh_token", &[LOGIN]);
    let old = fixture.keys().seal(&binding, 3, &Secret::new(b"token".to_vec())).unwrap();
    let newer = fixture.vault.rotate(connection(1), slice::from_ref(&fixture.wrapped)).unwrap();
    assert_eq!((fixture.wrapped.generation, newer.generation), (1, 2));

    // The order in which a store gives rows back means nothing.
    let keys = unlock(&fixture.vault, &[newer.clone(), fixture.wrapped.clone()]);
    assert_eq!(keys.active(), newer.key_id);
    assert_eq!(keys.open(&binding, &old).ok().unwrap().expose(), b"token");
    let moved = keys.reseal(&binding, &old).unwrap().unwrap();
    assert_eq!((moved.key_id, moved.version), (newer.key_id, 3));
    assert_eq!(keys.reseal(&binding, &moved).unwrap(), None);

    let only_newer = unlock(&fixture.vault, &[newer]);
    assert_eq!(only_newer.open(&binding, &moved).ok().unwrap().expose(), b"token");
    assert!(matches!(refusal(only_newer.open(&binding, &old)), VaultError::UnknownDataKey { .. }));
}

#[test]
fn rekeying_keeps_every_secret_readable_at_every_step() {
    let mut fixture = Fixture::new();
    let binding = binding(1, "refresh_token", &[LOGIN]);
    let sealed = fixture.keys().seal(&binding, 1, &Secret::new(b"token".to_vec())).unwrap();
    let before = vec![(connection(1), fixture.wrapped.clone())];
    let readable = |vault: &Vault, wrapped: &WrappedKey| {
        unlock(vault, slice::from_ref(wrapped)).open(&binding, &sealed).ok().unwrap().expose() == b"token"
    };

    // Interrupted after the new key was made, before the rows were stored.
    fixture.vault.rekey(&before).unwrap();
    assert!(readable(&fixture.vault, &fixture.wrapped));
    assert!(readable(&fixture.restarted(), &fixture.wrapped));

    // Done again, and stopped before the old keys are retired: rows of before and after are both
    // readable.
    let after = fixture.vault.rekey(&before).unwrap();
    let new = after[0].1.kek_id;
    assert_eq!((fixture.vault.active().unwrap().0, fixture.vault.key_ids().len()), (new, 3));
    assert_ne!(fixture.wrapped.kek_id, new);
    assert!(readable(&fixture.restarted(), &fixture.wrapped));
    assert!(readable(&fixture.restarted(), &after[0].1));

    // A row of before keeps its key; without one it goes.
    assert_eq!(fixture.vault.retire_unused(&BTreeSet::from([fixture.wrapped.kek_id, new])).unwrap().len(), 1);
    assert!(readable(&fixture.restarted(), &fixture.wrapped));
    assert_eq!(fixture.vault.retire_unused(&BTreeSet::from([new])).unwrap(), [fixture.wrapped.kek_id]);
    assert!(readable(&fixture.restarted(), &after[0].1));
    assert!(fixture.restarted().check([(connection(1), &fixture.wrapped)]).is_err());
}

#[test]
fn keys_move_to_another_provider_and_have_one_fingerprint_each() {
    let fixture = Fixture::new();
    let binding = binding(1, "refresh_token", &[LOGIN]);
    let sealed = fixture.keys().seal(&binding, 1, &Secret::new(b"token".to_vec())).unwrap();
    let path = fixture.folder.path().join("keys.locked");
    let passphrase = || Secret::from("a passphrase of some words".to_owned());
    let locked = Vault::new(PassphraseFile::create(&path, passphrase()).ok().unwrap());
    let moved = locked.rewrap(&fixture.vault, &[(connection(1), fixture.wrapped.clone())]).unwrap().remove(0).1;
    assert_eq!((moved.key_id, moved.provider.as_str()), (fixture.wrapped.key_id, "passphrase"));
    let again = Vault::new(PassphraseFile::open(&path, passphrase()).ok().unwrap());
    assert_eq!(unlock(&again, slice::from_ref(&moved)).open(&binding, &sealed).ok().unwrap().expose(), b"token");
    assert!(fixture.vault.unlock(connection(1), &[moved]).is_err());

    let fingerprint = |vault: &Vault| vault.active().unwrap().1;
    assert_eq!(fingerprint(&locked), fingerprint(&again));
    assert_ne!(fingerprint(&locked), fingerprint(&fixture.vault));
    assert_eq!(fingerprint(&locked).len(), 19);
}

#[test]
fn rekeying_stops_before_it_begins_where_a_key_can_not_be_opened() {
    let mut fixture = Fixture::new();
    let mut broken = fixture.wrapped.clone();
    broken.ciphertext[0] ^= 1;
    let rows = [(connection(1), fixture.wrapped.clone()), (connection(1), broken)];
    let path = fixture.folder.path().join("a.key");
    let keys_before = std::fs::read(&path).unwrap();
    assert!(matches!(fixture.vault.rekey(&rows), Err(VaultError::KeyNotAuthentic { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), keys_before);
}

#[test]
fn a_run_key_is_the_same_again_and_different_for_everything_else() {
    let fixture = Fixture::new();
    let keys = fixture.keys();
    let run = |number| RunRef::from(Uuid::from_u128(number));
    let first = keys.derive_run_key(run(1)).ok().unwrap();
    let newer = fixture.vault.rotate(connection(1), slice::from_ref(&fixture.wrapped)).unwrap();
    let rotated = unlock(&fixture.restarted(), &[fixture.wrapped, newer]);
    let resumed = rotated.derive_run_key_with(first.data_key_id(), run(1)).ok().unwrap();
    assert_eq!(first.expose(), resumed.expose());
    assert_ne!(first.expose(), keys.derive_run_key(run(2)).ok().unwrap().expose());
    assert_ne!(first.expose(), rotated.derive_run_key(run(1)).ok().unwrap().expose());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_secret_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..5000), version in any::<u32>()) {
        let fixture = Fixture::new();
        let binding = binding(1, "slot", &[LOGIN]);
        let sealed = fixture.keys().seal(&binding, version, &Secret::new(bytes.clone())).unwrap();
        let opened = fixture.keys().open(&binding, &sealed).ok().unwrap();
        prop_assert_eq!(opened.expose(), &bytes[..]);
    }
}
