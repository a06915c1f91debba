use serde_json::json;

use crate::store::tests::{Fixture, new_connection, now};
use crate::{Connection, ConnectionId, NewConnection, ProxySettings, SecondConnection, StoreError, TenantKey};

const REFUSE: SecondConnection = SecondConnection::Refuse;

fn with_tenant(number: u128, name: &str, tenant: &str) -> NewConnection {
    NewConnection { tenant_key: Some(TenantKey::new(tenant)), ..new_connection(number, name) }
}

fn changed(fixture: &Fixture, change: impl FnOnce(&mut Connection)) -> Connection {
    let mut connection = fixture.store.connection(fixture.connection).unwrap();
    change(&mut connection);
    connection
}

#[test]
fn everything_comes_back_after_a_restart() {
    let mut fixture = Fixture::new();
    let new = NewConnection {
        settings: json!({"tenant": "fabrikam.example", "cloud": {"name": "global"}}).as_object().unwrap().clone(),
        proxy: Some(ProxySettings { server: "10.0.0.1:3128".parse().unwrap(), username: Some("ada".to_owned()) }),
        ..with_tenant(2, "Fabrikam", "Fabrikam.Example ")
    };
    let mut connection = fixture.store.insert_connection(new, REFUSE, now(1)).unwrap();
    connection.tenant_id = Some(TenantKey::new("00000000-0000-0000-0000-00000000ABCD"));
    connection.tenant_name = Some("Fabrikam Ltd".to_owned());
    connection.consented_account = Some("ada@fabrikam.example".to_owned());
    connection.granted_scopes = vec!["Directory.Read.All".to_owned(), "offline_access".to_owned()];
    let stored = fixture.store.update_connection(&connection, REFUSE, now(2)).unwrap();
    assert_eq!((stored.created_at, stored.updated_at), (now(1), now(2)));

    let reopened = fixture.reopen();
    assert_eq!(reopened.store.connection(stored.id).unwrap(), stored);
    assert_eq!(reopened.store.connection_by_name("FABRIKAM").unwrap(), Some(stored));
    assert_eq!(reopened.store.connection_by_name("#").unwrap(), None);
    let names: Vec<_> = reopened.store.connections().unwrap().into_iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, ["Contoso", "Fabrikam"]);
}

#[test]
fn a_name_belongs_to_one_connection() {
    let mut fixture = Fixture::new();
    let error = fixture.store.insert_connection(new_connection(2, "CONTOSO "), REFUSE, now(1)).unwrap_err();
    assert!(matches!(&error, StoreError::NameTaken { name } if name == "Contoso"), "{error}");

    let other = fixture.store.insert_connection(new_connection(2, "Fabrikam"), REFUSE, now(1)).unwrap();
    let renamed = Connection { name: "contoso".parse().unwrap(), ..other };
    assert!(matches!(fixture.store.update_connection(&renamed, REFUSE, now(2)), Err(StoreError::NameTaken { .. })));

    let own_name_in_capitals = changed(&fixture, |one| one.name = "CONTOSO".parse().unwrap());
    assert!(fixture.store.update_connection(&own_name_in_capitals, REFUSE, now(2)).is_ok());
}

#[test]
fn only_what_shapes_a_run_counts_as_a_revision() {
    let mut fixture = Fixture::new();
    let mut expected = 1;
    let mut apply = |change: fn(&mut Connection), counts: bool| {
        let connection = changed(&fixture, change);
        let stored = fixture.store.update_connection(&connection, REFUSE, now(1)).unwrap();
        expected += u64::from(counts);
        assert_eq!(stored.settings_revision, expected);
        assert_eq!(fixture.store.connection(stored.id).unwrap(), stored);
    };
    apply(|one| one.name = "Renamed".parse().unwrap(), false);
    apply(|one| one.tenant_name = Some("Contoso Ltd".to_owned()), false);
    apply(|one| one.granted_scopes = vec!["Reports.Read.All".to_owned()], false);
    apply(|one| one.settings = json!({"a": 1}).as_object().unwrap().clone(), true);
    apply(|one| one.proxy = Some(ProxySettings { server: "p:1".parse().unwrap(), username: None }), true);
    apply(|one| one.module_id = "office-365".to_owned(), true);
    apply(|one| one.source_type = "SaaS Management".to_owned(), true);
    apply(|one| one.tenant_id = Some(TenantKey::new("t")), true);
    apply(|_| {}, false);
}

#[test]
fn two_editors_do_not_overwrite_each_other() {
    let mut fixture = Fixture::new();
    let first = changed(&fixture, |one| one.module_id = "first".to_owned());
    let second = changed(&fixture, |one| one.module_id = "second".to_owned());
    fixture.store.update_connection(&first, REFUSE, now(1)).unwrap();
    let error = fixture.store.update_connection(&second, REFUSE, now(2)).unwrap_err();
    assert!(matches!(error, StoreError::StaleConnection { .. }), "{error}");
    assert_eq!(fixture.store.connection(fixture.connection).unwrap().module_id, "first");
}

#[test]
fn a_second_connection_of_a_tenant_needs_a_confirmation() {
    let mut fixture = Fixture::new();
    let first = fixture.store.insert_connection(with_tenant(2, "First", "fabrikam.example"), REFUSE, now(1)).unwrap();
    let second = || with_tenant(3, "Second", "FABRIKAM.example");
    let error = fixture.store.insert_connection(second(), REFUSE, now(2)).unwrap_err();
    assert!(matches!(&error, StoreError::TenantConnected { existing, .. } if *existing == first.id), "{error}");
    assert_eq!(
        error.to_string(),
        "tenant fabrikam.example is already imported as Microsoft 365 by connection \"First\""
    );

    let other_source =
        NewConnection { source_type: "SaaS Management".to_owned(), ..with_tenant(4, "Other", "fabrikam.example") };
    fixture.store.insert_connection(other_source, REFUSE, now(2)).unwrap();
    let confirmed = fixture.store.insert_connection(second(), SecondConnection::Confirmed, now(2)).unwrap();

    // Confirmed once: a later change that does not move it to another tenant asks nobody again.
    let renamed = Connection { name: "Third".parse().unwrap(), ..confirmed };
    fixture.store.update_connection(&renamed, REFUSE, now(3)).unwrap();
    let same = fixture.store.same_tenant(&TenantKey::new("Fabrikam.example"), "Microsoft 365").unwrap();
    assert_eq!(same.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["First", "Third"]);
}

#[test]
fn the_tenant_that_a_consent_reveals_is_compared_too() {
    let mut fixture = Fixture::new();
    let pinned = changed(&fixture, |one| one.tenant_id = Some(TenantKey::new("TID-1")));
    fixture.store.update_connection(&pinned, REFUSE, now(1)).unwrap();
    let error = fixture.store.insert_connection(with_tenant(2, "By setting", "tid-1"), REFUSE, now(2)).unwrap_err();
    assert!(matches!(error, StoreError::TenantConnected { .. }), "{error}");

    let mut late = fixture.store.insert_connection(new_connection(3, "Late"), REFUSE, now(2)).unwrap();
    late.tenant_id = Some(TenantKey::new("tid-1"));
    let error = fixture.store.update_connection(&late, REFUSE, now(3)).unwrap_err();
    assert!(matches!(error, StoreError::TenantConnected { .. }), "{error}");
    assert!(fixture.store.update_connection(&late, SecondConnection::Confirmed, now(3)).is_ok());
}

#[test]
fn what_is_not_there_is_named() {
    let mut fixture = Fixture::new();
    let id = ConnectionId::from(uuid::Uuid::from_u128(99));
    let error = fixture.store.connection(id).unwrap_err();
    assert_eq!(error.to_string(), "there is no connection 00000000-0000-0000-0000-000000000063");
    assert!(matches!(fixture.store.delete_connection(id), Err(StoreError::NoSuchConnection { .. })));
    let unknown = changed(&fixture, |one| one.id = id);
    let error = fixture.store.update_connection(&unknown, REFUSE, now(1)).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchConnection { .. }), "{error}");
}
