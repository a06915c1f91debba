use beacon_vault::{KeyFile, Secret, SecretBinding, Vault};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

use crate::store::tests::{Fixture, now};
use crate::{
    Access, DestinationId, DestinationProxy, DestinationSecrets, NewDestination, ProxySettings, StoreError, Target,
};

fn folder(number: u128, name: &str) -> NewDestination {
    NewDestination {
        id: DestinationId::from(Uuid::from_u128(number)),
        name: name.parse().unwrap(),
        target: Target::Folder { folder: PathBuf::from("/srv/beacon") },
        only_complete: false,
        proxy: DestinationProxy::None,
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
        proxy: DestinationProxy::Own(ProxySettings {
            server: "https://proxy.example:8443".parse().unwrap(),
            username: Some("ada".to_owned()),
        }),
        ..folder(2, "Archive")
    };
    let none = DestinationSecrets::default();
    fixture.store.insert_destination(&folder(1, "Share"), &none, now(1)).unwrap();
    fixture.store.insert_destination(&upload, &none, now(2)).unwrap();
    let taken = fixture.store.insert_destination(&folder(3, "  SHARE".trim()), &none, now(3)).unwrap_err();
    assert!(matches!(&taken, StoreError::DestinationNameTaken { name } if name == "Share"), "{taken}");

    let mut fixture = fixture.reopen();
    let names: Vec<_> = fixture.store.destinations().unwrap().iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, ["Archive", "Share"]);
    let archive = fixture.store.destination_by_name("archive").unwrap().unwrap();
    assert_eq!((archive.target, archive.only_complete, archive.waiting), (upload.target.clone(), true, 0));
    assert_eq!(archive.proxy, upload.proxy);
    let renamed = NewDestination { name: "Vault".parse().unwrap(), proxy: DestinationProxy::Default, ..upload };
    fixture.store.update_destination(&renamed, &none).unwrap();
    let vault = fixture.store.destination(archive.id).unwrap().unwrap();
    assert_eq!((vault.name.as_str(), vault.proxy), ("Vault", DestinationProxy::Default));
    let clash = NewDestination { name: "share".parse().unwrap(), ..renamed };
    let taken = fixture.store.update_destination(&clash, &none).unwrap_err();
    assert!(matches!(&taken, StoreError::DestinationNameTaken { name } if name == "Share"), "{taken}");
    assert!(fixture.store.delete_destination(archive.id).unwrap());
    assert!(!fixture.store.delete_destination(archive.id).unwrap());
    assert_eq!(fixture.store.destination_by_name("Vault").unwrap(), None);
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
    let (slot, value) = (binding(new.id, here).slot, sealed);
    let secrets =
        DestinationSecrets { key: Some(key), values: vec![(slot.clone(), value)], needed: vec![slot.clone()] };
    fixture.store.insert_destination(&new, &secrets, now(1)).unwrap();

    let mut fixture = fixture.reopen();
    let stored = fixture.store.destination_secret(new.id, &slot).unwrap().unwrap();
    assert_eq!(stored, secrets.values[0].1);
    let keys = vault.unlock(new.id.into(), &fixture.store.destination_keys(new.id).unwrap()).ok().unwrap();
    assert!(keys.open(&binding(new.id, here), &stored).is_ok_and(|secret| secret.expose() == b"token"));
    assert!(keys.open(&binding(new.id, elsewhere), &stored).is_err());
    let other = DestinationId::from(Uuid::from_u128(2));
    assert!(keys.open(&binding(other, here), &stored).is_err());

    // What is needed stays, beside what comes with the same key; what is not goes, and in the end its key.
    let second: beacon_vault::SlotName = "destination.proxy_password".parse().unwrap();
    let bound = SecretBinding { slot: second.clone(), ..binding(new.id, here) };
    let value = keys.seal(&bound, 1, &Secret::from("word".to_owned())).unwrap();
    let both = DestinationSecrets {
        key: None,
        values: vec![(second.clone(), value)],
        needed: vec![slot.clone(), second.clone()],
    };
    fixture.store.update_destination(&new, &both).unwrap();
    assert_eq!(fixture.store.destination_secret(new.id, &slot).unwrap(), Some(stored));
    fixture
        .store
        .update_destination(&new, &DestinationSecrets { needed: vec![second.clone()], ..Default::default() })
        .unwrap();
    assert_eq!(fixture.store.destination_secret(new.id, &slot).unwrap(), None);
    assert_eq!(fixture.store.all_data_keys().unwrap().len(), 1);
    fixture.store.update_destination(&new, &DestinationSecrets::default()).unwrap();
    assert_eq!(fixture.store.destination_secret(new.id, &second).unwrap(), None);
    assert!(fixture.store.all_data_keys().unwrap().is_empty());
    assert!(fixture.store.delete_destination(new.id).unwrap());
}
