use beacon_vault::{KeyFile, Secret, SecretBinding, Vault};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

use crate::store::tests::{Fixture, now};
use crate::{Access, DestinationId, DestinationSecret, NewDestination, StoreError, Target};

fn folder(number: u128, name: &str) -> NewDestination {
    NewDestination {
        id: DestinationId::from(Uuid::from_u128(number)),
        name: name.parse().unwrap(),
        target: Target::Folder { folder: PathBuf::from("/srv/beacon") },
        only_complete: false,
    }
}

#[test]
fn destinations_are_had_by_their_names_and_can_go() {
    let mut fixture = Fixture::new();
    let upload = NewDestination {
        target: Target::Upload {
            address: "https://files.example.com/".to_owned(),
            access: Access::Basic,
            username: Some("beacon".to_owned()),
        },
        only_complete: true,
        ..folder(2, "Archive")
    };
    fixture.store.insert_destination(&folder(1, "Share"), None, now(1)).unwrap();
    fixture.store.insert_destination(&upload, None, now(2)).unwrap();
    let taken = fixture.store.insert_destination(&folder(3, "  SHARE".trim()), None, now(3)).unwrap_err();
    assert!(matches!(&taken, StoreError::DestinationNameTaken { name } if name == "Share"), "{taken}");

    let mut fixture = fixture.reopen();
    let names: Vec<_> = fixture.store.destinations().unwrap().iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, ["Archive", "Share"]);
    let archive = fixture.store.destination_by_name("archive").unwrap().unwrap();
    assert_eq!((archive.target, archive.only_complete, archive.waiting), (upload.target, true, 0));
    assert!(fixture.store.delete_destination(archive.id).unwrap());
    assert!(!fixture.store.delete_destination(archive.id).unwrap());
    assert_eq!(fixture.store.destination_by_name("Archive").unwrap(), None);
}

#[test]
fn a_secret_opens_for_its_destination_and_its_origin_alone() {
    let mut fixture = Fixture::new();
    let vault = Vault::new(KeyFile::open_or_create(&fixture.folder.path().join("test.key")).ok().unwrap());
    let new = folder(1, "Share");
    let key = vault.create_data_key(new.id.into()).unwrap();
    let keys = vault.unlock(new.id.into(), std::slice::from_ref(&key)).ok().unwrap();
    let binding = |destination: DestinationId, origin: &str| SecretBinding {
        connection: destination.into(),
        slot: "destination.bearer".parse().unwrap(),
        origins: BTreeSet::from([origin.parse().unwrap()]),
    };
    let (here, elsewhere) = ("https://files.example.com", "https://other.example.com");
    let sealed = keys.seal(&binding(new.id, here), 1, &Secret::from("token".to_owned())).unwrap();
    let secret = DestinationSecret { keys: vec![key], slot: "destination.bearer".parse().unwrap(), value: sealed };
    fixture.store.insert_destination(&new, Some(&secret), now(1)).unwrap();

    let mut fixture = fixture.reopen();
    let stored = fixture.store.destination_secret(new.id).unwrap().unwrap();
    assert_eq!(stored, secret);
    let keys = vault.unlock(new.id.into(), &stored.keys).ok().unwrap();
    assert!(keys.open(&binding(new.id, here), &stored.value).is_ok_and(|secret| secret.expose() == b"token"));
    assert!(keys.open(&binding(new.id, elsewhere), &stored.value).is_err());
    let other = DestinationId::from(Uuid::from_u128(2));
    assert!(keys.open(&binding(other, here), &stored.value).is_err());

    assert!(fixture.store.delete_destination(new.id).unwrap());
    assert!(fixture.store.all_data_keys().unwrap().is_empty());
    assert_eq!(fixture.store.destination_secret(new.id).unwrap(), None);
}
