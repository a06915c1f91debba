use std::sync::Arc;

use rusqlite::Connection as Database;

use crate::store::tests::{Fixture, new_connection, now};
use crate::{
    Action, Actor, ActorWay, AuditEntry, AuditFinding, AuditQuery, AuditSoundness, ConnectionId, DATABASE_FILE, Deed,
    Hold, NewConnection, SecondConnection, Store, StoreError, TenantKey,
};

fn ada() -> Arc<Actor> {
    Arc::new(Actor { who: "ada".to_owned(), way: ActorWay::Page, client: Some("192.0.2.7".to_owned()) })
}

/// A store in which ada paused a connection and let it go, at these seconds.
fn used() -> Fixture {
    let mut fixture = Fixture::new();
    for (second, hold) in [(10, Some(Hold::Paused)), (20, None), (30, Some(Hold::Disabled))] {
        fixture.store.act_as(ada(), now(second));
        fixture.store.hold(fixture.connection, hold, now(second)).unwrap();
    }
    fixture
}

fn all(fixture: &Fixture) -> Vec<AuditEntry> {
    fixture.store.audit_entries_after(&AuditQuery::default(), 0, 1_000).unwrap()
}

fn actions(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.action.as_str()).collect()
}

fn checked(fixture: &Fixture) -> AuditSoundness {
    fixture.store.check_audit().unwrap()
}

/// The database, as somebody opens it who goes around this program.
fn raw(fixture: &Fixture) -> Database {
    Database::open(fixture.folder.path().join(DATABASE_FILE)).unwrap()
}

/// The same, of somebody who also takes the guards away.
fn unguarded(fixture: &Fixture) -> Database {
    let database = raw(fixture);
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'";
    let names: Vec<String> =
        database.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(names.len() >= 4, "{names:?}");
    names.iter().for_each(|name| database.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    database
}

#[test]
fn what_is_changed_is_told_with_who_and_when() {
    let fixture = used();
    let entries = all(&fixture);
    let expected = ["connection.added", "connection.paused", "connection.resumed", "connection.disabled"];
    assert_eq!(actions(&entries), expected);
    let paused = &entries[1];
    assert_eq!((paused.who.as_str(), paused.way.as_str(), paused.client.as_str()), ("ada", "page", "192.0.2.7"));
    assert_eq!((paused.subject_kind.as_str(), paused.subject_name.as_str()), ("connection", "Contoso"));
    assert_eq!(paused.connection_id, fixture.connection.to_string());
    assert!(paused.at.starts_with("2025-10-09T08:53:30.000000005Z"), "{}", paused.at);
    let soundness = checked(&fixture);
    assert!(soundness.is_sound() && soundness.last == 4 && soundness.hash == entries[3].hash, "{soundness:?}");
}

#[test]
fn a_change_that_fails_leaves_no_entry_and_one_that_changes_nothing_neither() {
    let mut fixture = used();
    let taken = fixture.store.insert_connection(new_connection(2, "contoso"), SecondConnection::Refuse, now(40));
    assert!(matches!(taken, Err(StoreError::NameTaken { .. })));
    fixture.store.hold(fixture.connection, Some(Hold::Disabled), now(40)).unwrap();
    let connection = fixture.store.connection(fixture.connection).unwrap();
    fixture.store.update_connection(&connection, SecondConnection::Refuse, now(40)).unwrap();
    let undone: Result<(), StoreError> = fixture.store.together(|store| {
        store.hold(connection.id, None, now(40))?;
        Err(StoreError::NoSuchConnection { id: connection.id })
    });
    assert!(undone.is_err());
    assert_eq!(all(&fixture).len(), 4);
}

#[test]
fn a_changed_connection_is_told_field_by_field() {
    let mut fixture = used();
    let mut connection = fixture.store.connection(fixture.connection).unwrap();
    connection.name = "Contoso Ltd".parse().unwrap();
    connection.settings.insert("cloud".to_owned(), "global".into());
    fixture.store.update_connection(&connection, SecondConnection::Refuse, now(40)).unwrap();
    let entry = all(&fixture).pop().unwrap();
    let expected = r#"{"name":{"new":"Contoso Ltd","old":"Contoso"},"settings.cloud":{"new":"global","old":null}}"#;
    assert_eq!((entry.action.as_str(), entry.details.as_str()), ("connection.changed", expected));
}

#[test]
fn nobody_changes_an_entry_or_takes_one_away() {
    let fixture = used();
    let database = raw(&fixture);
    let attempts = [
        "UPDATE audit SET who = 'eve' WHERE number = 2",
        "UPDATE audit SET erased = 1 WHERE number = 2",
        "DELETE FROM audit WHERE number = 4",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT number, at, 'eve', way, client, action, subject_kind, subject_id, \
         subject_name, connection_id, details, outcome, erased, content_hash, hash FROM audit WHERE number = 2",
        "UPDATE audit_anchor SET number = 4",
        "DELETE FROM audit_anchor",
        "INSERT OR REPLACE INTO audit_anchor VALUES (1, 4, 'x')",
    ];
    for attempt in attempts {
        let error = database.execute_batch(attempt).expect_err(attempt);
        assert!(error.to_string().contains("only appended to"), "{attempt}: {error}");
    }
    assert!(checked(&fixture).is_sound());
}

#[test]
fn whoever_goes_around_the_guards_is_found_out() {
    let cases = [
        ("UPDATE audit SET who = 'eve' WHERE number = 2", "what it says was changed"),
        ("UPDATE audit SET at = '2020' WHERE number = 2", "it does not follow the entry before"),
        ("DELETE FROM audit WHERE number = 3", "entries before it are missing"),
        (
            "UPDATE audit SET who = 'erased', way = 'erased', client = 'erased', subject_kind = 'erased', \
             subject_id = 'erased', subject_name = 'erased', connection_id = '', details = '{}', outcome = 'erased', \
             erased = 1 WHERE number = 2",
            "nothing says that it was erased",
        ),
        ("UPDATE audit SET erased = 1 WHERE number = 2", "it is marked as erased and still says something"),
        (
            "UPDATE audit_anchor SET number = 1, hash = (SELECT hash FROM audit WHERE number = 1); \
             DELETE FROM audit WHERE number = 1",
            "nothing says that the entries up to it were forgotten",
        ),
    ];
    for (attempt, expected) in cases {
        let fixture = used();
        unguarded(&fixture).execute_batch(attempt).unwrap();
        let soundness = checked(&fixture);
        assert!(soundness.findings.iter().any(|finding| finding.what == expected), "{attempt}: {soundness:?}");
    }
}

#[test]
fn a_guard_that_was_taken_away_or_weakened_is_missed() {
    for attempt in ["", "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit WHEN 0 BEGIN SELECT 1; END"] {
        let fixture = used();
        raw(&fixture).execute_batch(&format!("DROP TRIGGER audit_stays; {attempt}")).unwrap();
        let findings = checked(&fixture).findings;
        let expected = AuditFinding { number: None, what: "its guards are missing or were changed" };
        assert_eq!(findings, [expected], "{attempt}");
    }
}

/// Whoever takes the newest entries away, guards and all, and puts the guards back.
#[test]
fn entries_that_only_the_syslog_server_still_has_are_missed_and_the_others_sent_again() {
    let mut fixture = used();
    let last = all(&fixture)[3].clone();
    fixture.store.audit_sent(&last).unwrap();
    assert_eq!(fixture.store.resend_lost_audit().unwrap(), None);
    let database = raw(&fixture);
    let guard: String =
        database.query_row("SELECT sql FROM sqlite_schema WHERE name = 'audit_is_kept'", [], |row| row.get(0)).unwrap();
    let sql = format!("DROP TRIGGER audit_is_kept; DELETE FROM audit WHERE number > 2; {guard}");
    database.execute_batch(&sql).unwrap();
    let missed = AuditFinding { number: Some(4), what: "the syslog server has it, and it is not here any more" };
    assert_eq!(checked(&fixture).findings, std::slice::from_ref(&missed));
    // Numbers are given again, and the hash tells them apart.
    for (second, hold) in [(40, None), (50, Some(Hold::Paused))] {
        fixture.store.hold(fixture.connection, hold, now(second)).unwrap();
    }
    assert_eq!(all(&fixture).len(), 4);
    assert_eq!(checked(&fixture).findings, [missed]);
    assert_eq!(fixture.store.resend_lost_audit().unwrap(), Some(4));
    assert_eq!(fixture.store.audit_sent_through().unwrap(), 0);
    let told = all(&fixture).pop().unwrap();
    assert_eq!((told.action.as_str(), told.details.contains(&last.hash)), ("audit.resent", true));
    let told = AuditFinding { number: Some(5), what: "the syslog server had others before it" };
    assert_eq!(checked(&fixture).findings, [told]);
    assert_eq!(fixture.store.resend_lost_audit().unwrap(), None);
}

#[test]
fn an_erased_customer_is_gone_and_the_chain_still_holds() {
    let mut fixture = used();
    fixture.store.insert_connection(new_connection(2, "Fabrikam"), SecondConnection::Refuse, now(40)).unwrap();
    fixture.store.delete_connection(fixture.connection).unwrap();
    let erased = fixture.store.erase_audit(&[fixture.connection], &[]).unwrap();
    assert_eq!(erased, 5);
    assert_eq!(fixture.store.erase_audit(&[ConnectionId::from(uuid::Uuid::from_u128(99))], &[]).unwrap(), 0);
    let entries = all(&fixture);
    assert!(!format!("{entries:?}").contains("Contoso"));
    assert!(format!("{entries:?}").contains("Fabrikam"));
    assert_eq!((entries[1].action.as_str(), entries[1].who.as_str()), ("connection.paused", "erased"));
    assert_eq!(entries.last().unwrap().details, r#"{"entries":5,"numbers":"1-4,6"}"#);
    let soundness = checked(&fixture);
    assert!(soundness.is_sound() && soundness.erased == 5, "{soundness:?}");
}

#[test]
fn connections_that_were_removed_before_go_with_their_customer_and_nothing_more_is_told_of_them() {
    let mut fixture = used();
    let tenants = ["fabrikam.example", "fabrikam.example.org"].map(TenantKey::new);
    for (number, tenant) in (2..).zip(&tenants) {
        let name = format!("Fabrikam {number}");
        let new = NewConnection { tenant_key: Some(tenant.clone()), ..new_connection(number, &name) };
        let connection = fixture.store.insert_connection(new, SecondConnection::Refuse, now(40)).unwrap();
        fixture.store.delete_connection(connection.id).unwrap();
        fixture.store.record(&Deed::to_connection(Action::ConsentFailed, &connection)).unwrap();
    }
    assert_eq!(fixture.store.erase_audit(&[], &tenants[..1]).unwrap(), 2);
    let entries = format!("{:?}", all(&fixture));
    assert!(!entries.contains("Fabrikam 2") && entries.contains("Fabrikam 3") && entries.contains("Contoso"));
    assert!(!entries.contains("consent.failed"), "{entries}");
    assert!(checked(&fixture).is_sound());
}

#[test]
fn each_erased_entry_has_to_be_named_however_the_named_ones_lie() {
    let mut fixture = used();
    let other =
        fixture.store.insert_connection(new_connection(2, "Fabrikam"), SecondConnection::Refuse, now(40)).unwrap();
    fixture.store.hold(fixture.connection, None, now(50)).unwrap();
    fixture.store.hold(other.id, Some(Hold::Paused), now(60)).unwrap();
    assert_eq!(fixture.store.erase_audit(&[fixture.connection], &[]).unwrap(), 5);
    assert_eq!(fixture.store.erase_audit(&[other.id], &[]).unwrap(), 2);
    assert!(checked(&fixture).is_sound());
    // The entry that named the first ones.
    let sql = "UPDATE audit SET who = 'erased', way = 'erased', client = 'erased', subject_kind = 'erased', \
               subject_id = 'erased', subject_name = 'erased', details = '{}', outcome = 'erased', erased = 1 \
               WHERE number = 8";
    unguarded(&fixture).execute_batch(sql).unwrap();
    let findings = checked(&fixture).findings;
    let unnamed = findings.iter().filter(|finding| finding.what == "nothing says that it was erased");
    let unnamed: Vec<_> = unnamed.filter_map(|finding| finding.number).collect();
    assert_eq!(unnamed, [1, 2, 3, 4, 6, 8]);
}

/// As `audit verify` does, while somebody else is in the middle of writing.
#[test]
fn the_check_goes_on_beside_the_owner_who_writes() {
    let mut fixture = used();
    let folder = fixture.folder.path().to_owned();
    let done: Result<(), StoreError> = fixture.store.together(|store| {
        store.hold(fixture.connection, None, now(40))?;
        let soundness = Store::open_to_look(&folder)?.check_audit()?;
        assert!(soundness.is_sound() && soundness.last == 4, "{soundness:?}");
        Ok(())
    });
    done.unwrap();
}

#[test]
fn a_removed_connection_is_found_by_its_tenant_though_all_but_its_removal_is_forgotten() {
    let mut fixture = used();
    let tenant = TenantKey::new("fabrikam.example");
    let new = NewConnection { tenant_key: Some(tenant.clone()), ..new_connection(2, "Fabrikam") };
    let connection = fixture.store.insert_connection(new, SecondConnection::Refuse, now(40)).unwrap();
    fixture.store.act_as(ada(), now(1_000));
    fixture.store.delete_connection(connection.id).unwrap();
    assert_eq!(fixture.store.forget_audit(now(500), false).unwrap(), 5);
    assert_eq!(fixture.store.erase_audit(&[], &[tenant]).unwrap(), 1);
    assert!(!format!("{:?}", all(&fixture)).contains("Fabrikam"));
}

#[test]
fn old_entries_are_forgotten_and_the_chain_begins_behind_them() {
    let mut fixture = used();
    fixture.store.act_as(Arc::new(Actor::beacon()), now(50));
    assert_eq!(fixture.store.forget_audit(now(25), true).unwrap(), 0, "the syslog server has none of them yet");
    let second = all(&fixture)[1].clone();
    fixture.store.audit_sent(&second).unwrap();
    assert_eq!(fixture.store.forget_audit(now(25), true).unwrap(), 2);
    // The first one was made before anybody acted; those before it in number go with it.
    assert_eq!(fixture.store.forget_audit(now(25), false).unwrap(), 1);
    assert_eq!(fixture.store.forget_audit(now(25), false).unwrap(), 0);
    let mut fixture = fixture.reopen();
    assert_eq!(actions(&all(&fixture)), ["connection.disabled", "audit.forgotten", "audit.forgotten"]);
    let soundness = checked(&fixture);
    assert!(soundness.is_sound() && soundness.forgotten_through == 3 && soundness.last == 6, "{soundness:?}");
    fixture.store.act_as(ada(), now(10_000));
    assert_eq!(fixture.store.forget_audit(now(9_000), false).unwrap(), 2, "the newest stays");
    assert!(checked(&fixture).is_sound());
}

#[test]
fn entries_are_found_by_who_what_and_when() {
    let fixture = used();
    let found = |query: AuditQuery| {
        let entries = fixture.store.audit_entries(&query, None, 10).unwrap();
        entries.iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(found(AuditQuery { who: text("ADA"), ..AuditQuery::default() }), [4, 3, 2]);
    assert_eq!(found(AuditQuery { action: text("connection."), ..AuditQuery::default() }), [4, 3, 2, 1]);
    let resumed = Action::ConnectionResumed.as_str();
    assert_eq!(found(AuditQuery { action: text(resumed), ..AuditQuery::default() }), [3]);
    assert_eq!(found(AuditQuery { action: text("connection"), ..AuditQuery::default() }), [0_u64; 0]);
    assert_eq!(found(AuditQuery { subject: text("conto"), ..AuditQuery::default() }), [4, 3, 2, 1]);
    let times = AuditQuery { since: Some(now(20)), until: Some(now(30)), ..AuditQuery::default() };
    assert_eq!(found(times), [3]);
    let page = fixture.store.audit_entries(&AuditQuery::default(), Some(3), 1).unwrap();
    assert_eq!(page.iter().map(|entry| entry.number).collect::<Vec<_>>(), [2]);
    assert_eq!(fixture.store.audit_actors().unwrap(), ["ada", "beacon"]);
}

#[test]
fn the_case_of_letters_counts_in_no_script() {
    let mut fixture = Fixture::new();
    fixture.store.act_as(Arc::new(Actor { who: "Zoë".to_owned(), ..(*ada()).clone() }), now(10));
    fixture.store.insert_connection(new_connection(2, "Büro Zürich"), SecondConnection::Refuse, now(10)).unwrap();
    let text = |text: &str| Some(text.to_owned());
    for query in [
        AuditQuery { who: text("ZOË"), ..AuditQuery::default() },
        AuditQuery { subject: text("ZÜR"), ..AuditQuery::default() },
    ] {
        let found = fixture.store.audit_entries(&query, None, 10).unwrap();
        assert_eq!(found.len(), 1, "{query:?}");
    }
}
