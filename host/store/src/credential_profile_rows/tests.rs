use beacon_vault::{KeyFile, Secret, SecretBinding, SlotName, Vault};
use uuid::Uuid;

use crate::store::tests::{Fixture, new_connection, now};
use crate::{
    CredentialKind, CredentialProfile, CredentialProfileId, ProfileChange, ProfileSecret, SecondConnection, StoreError,
};

fn profile(number: u128, name: &str) -> CredentialProfile {
    CredentialProfile {
        id: CredentialProfileId::from(Uuid::from_u128(number)),
        name: name.parse().unwrap(),
        client_id: "00000000-0000-0000-0000-000000000001".to_owned(),
        kind: CredentialKind::ClientSecret,
        origins: ["https://login.example.com".parse().unwrap()].into(),
        expires_on: Some("2027-05-31".parse().unwrap()),
        stored_at: now(1),
        next_until: None,
        created_at: now(1),
        updated_at: now(1),
    }
}

/// A secret of the installation, sealed under a key that is stored.
fn secret(fixture: &mut Fixture, slot: &SlotName, version: u32) -> ProfileSecret {
    let owner = fixture.store.installation().into();
    let vault = Vault::new(KeyFile::open_or_create(&fixture.folder.path().join("test.key")).ok().unwrap());
    if fixture.store.installation_keys().unwrap().is_empty() {
        fixture.store.insert_installation_key(&vault.create_data_key(owner).unwrap()).unwrap();
    }
    let keys = vault.unlock(owner, &fixture.store.installation_keys().unwrap()).ok().unwrap();
    let binding = SecretBinding { connection: owner, slot: slot.clone(), origins: profile(1, "One").origins };
    let value = keys.seal(&binding, version, &Secret::from(format!("secret {version}"))).unwrap();
    ProfileSecret { slot: slot.clone(), value }
}

#[test]
fn a_profile_comes_back_with_its_secret_and_goes_with_it() {
    let mut fixture = Fixture::new();
    let slot: SlotName = "profile.one.client_secret".parse().unwrap();
    let sealed = secret(&mut fixture, &slot, 1);
    let one = profile(1, "One");
    fixture.store.insert_profile(&one, Some(&sealed)).unwrap();
    let taken = fixture.store.insert_profile(&profile(2, "ONE"), Some(&sealed)).unwrap_err();
    assert!(matches!(&taken, StoreError::ProfileNameTaken { name } if name == "One"), "{taken}");

    let mut fixture = fixture.reopen();
    assert_eq!(fixture.store.profiles().unwrap(), std::slice::from_ref(&one));
    assert_eq!(fixture.store.profile_by_name("one").unwrap(), Some(one.clone()));
    assert!(fixture.store.installation_secret(&slot).unwrap().is_some());
    fixture.store.delete_profile(one.id, std::slice::from_ref(&slot)).unwrap();
    assert_eq!(fixture.store.installation_secret(&slot).unwrap(), None);
    assert!(matches!(fixture.store.profile(one.id), Err(StoreError::NoSuchProfile { .. })));
}

#[test]
fn a_profile_in_use_stays_and_says_by_whom() {
    let mut fixture = Fixture::new();
    let slot: SlotName = "profile.one.client_secret".parse().unwrap();
    let sealed = secret(&mut fixture, &slot, 1);
    let one = profile(1, "One");
    fixture.store.insert_profile(&one, Some(&sealed)).unwrap();
    let mut new = new_connection(2, "Fabrikam");
    new.profile = Some(one.id);
    let fabrikam = fixture.store.insert_connection(new, SecondConnection::Refuse, now(2)).unwrap();
    let refused = fixture.store.delete_profile(one.id, std::slice::from_ref(&slot)).unwrap_err();
    assert!(matches!(&refused, StoreError::ProfileInUse { connections } if connections == "Fabrikam"), "{refused}");
    assert!(fixture.store.installation_secret(&slot).unwrap().is_some());

    let mut without = fabrikam.clone();
    without.profile = None;
    let without = fixture.store.update_connection(&without, SecondConnection::Refuse, now(3)).unwrap();
    assert_eq!(without.settings_revision, fabrikam.settings_revision + 1);
    fixture.store.delete_profile(one.id, &[slot]).unwrap();
}

#[test]
fn a_change_is_whole_or_not_at_all() {
    let mut fixture = Fixture::new();
    let slot: SlotName = "profile.one.client_secret".parse().unwrap();
    let sealed = secret(&mut fixture, &slot, 1);
    let one = profile(1, "One");
    fixture.store.insert_profile(&one, Some(&sealed)).unwrap();
    let mut changed = one.clone();
    changed.client_id = "00000000-0000-0000-0000-000000000002".to_owned();
    let mut stale = fixture.store.connection(fixture.connection).unwrap();
    stale.settings_revision += 1;
    let newer = secret(&mut fixture, &slot, 2);
    let change = ProfileChange { secret: Some(newer.clone()), forgotten: Vec::new(), connections: vec![stale] };
    let refused = fixture.store.update_profile(&changed, &change, now(4)).unwrap_err();
    assert!(matches!(refused, StoreError::StaleConnection { .. }), "{refused}");
    assert_eq!(fixture.store.profile(one.id).unwrap(), one);
    assert_eq!(fixture.store.installation_secret(&slot).unwrap().unwrap().version, 1);

    let change = ProfileChange { secret: Some(newer), ..ProfileChange::default() };
    fixture.store.update_profile(&changed, &change, now(4)).unwrap();
    assert_eq!(fixture.store.installation_secret(&slot).unwrap().unwrap().version, 2);
}
