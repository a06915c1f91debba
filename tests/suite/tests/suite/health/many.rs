//! Many that change at once are one message.

use crate::harness::Scene;
use crate::harness::receiver::Receiver;
use crate::harness::stored::store_connection;
use beacon_operations::health::{State, look};
use beacon_operations::keys::KeySource;
use beacon_operations::notifications::{DraftWay, NotificationDraft, add};
use beacon_operations::notifying::{When, next_at, tell};
use beacon_operations::{Installation, Place};
use beacon_store::{ConnectionId, RunId, RunOutcome, RunState};
use beacon_vault::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

/// Connections that fail together.
const MANY: u128 = 60;

/// What the two sides know; a secret.
const KEY: &str = "n0t-a-real-signing-key-of-many-1";

fn end(installation: &Installation, connection: ConnectionId, number: u128, state: RunState, at: Timestamp) {
    let run = RunId::from(Uuid::from_u128(number));
    let mut store = installation.store();
    store.insert_run(run, connection, at, None).expect("a run");
    let error =
        json!({ "code": "net.unreachable", "title": "alex@contoso.test cannot be reached.", "advice": "Wait." });
    let outcome = RunOutcome {
        state,
        finished_at: at,
        package_id: None,
        package_dir: None,
        summary: None,
        error: (state != RunState::Complete).then_some(error),
    };
    store.finish_run(run, &outcome).expect("an end");
}

#[test]
fn a_person_gets_one_message_for_all_of_them() {
    let scene = Scene::small();
    scene.keep_secret(KEY);
    let receiver = Receiver::start(&scene.tenant, &[]);
    let place = Place {
        data: Some(scene.data()),
        keys: KeySource { key_file: Some(scene.key_file()), ..KeySource::default() },
        allowed: vec!["127.0.0.0/8".parse().expect("a range")],
        ..Place::default()
    };
    let installation = Installation::open(&place).expect("an installation");
    let began: Timestamp = "2027-03-01T06:00:00Z".parse().expect("a moment");
    let ids: Vec<_> = (1..=MANY).map(|number| ConnectionId::from(Uuid::from_u128(number))).collect();
    for (number, id) in (1..).zip(&ids) {
        store_connection(&mut installation.store(), *id, &format!("Tenant {number}"), began);
        end(&installation, *id, 1_000 + number, RunState::Complete, began);
    }
    assert!(look(&installation, began).expect("a look").changed.is_empty(), "the first look tells nothing");
    let way = DraftWay::Webhook {
        address: Secret::from(format!("{}/hooks/many", receiver.address)),
        key: Secret::from(KEY.to_owned()),
    };
    let draft = NotificationDraft { name: "Operations".to_owned(), way, collect_seconds: 60 };
    add(&installation, draft).expect("a notification");
    let second = |seconds| began + SignedDuration::from_secs(seconds);
    for (number, id) in (1..).zip(&ids) {
        end(&installation, *id, 2_000 + number, RunState::Failed, second(100));
        // They end one after the other, and are noticed so.
        if number % 20 == 0 {
            look(&installation, second(100)).expect("a look");
        }
    }
    // One of them recovers within the minute.
    end(&installation, ids[0], 3_000, RunState::Complete, second(130));
    let look = look(&installation, second(130)).expect("a look");
    assert_eq!(look.standings.values().filter(|one| one.state == State::Failing).count() as u128, MANY - 1);
    let due = next_at(&installation).expect("a moment").expect("something to tell");
    assert_eq!(due, second(160), "the oldest change waits as long as it is collected");
    let tell_at = |now| scene.tenant.wait(tell(&installation, now, When::Due)).expect("told");
    assert!(tell_at(second(159)).is_empty());
    let tried = tell_at(second(160));
    assert_eq!(tried.len(), 1);
    assert!(tried[0].error.is_none(), "{tried:?}");
    assert!(tell_at(second(400)).is_empty());
    let [heard] = &receiver.heard()[..] else { panic!("{} messages", receiver.heard().len()) };
    let message = heard.json();
    assert_eq!(message["counts"], json!({ "failing": MANY - 1 }));
    assert_eq!(message["connections"].as_array().map(Vec::len), usize::try_from(MANY - 1).ok());
    assert!(!message.to_string().contains("Tenant 1\""), "what came and went is not told");
    assert!(!message.to_string().contains("alex@contoso.test"), "{message}");
}
