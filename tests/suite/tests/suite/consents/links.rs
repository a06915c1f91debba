//! Many links at once: all of them are made or none, and each leads on when there is room for it.

use super::{BOARD, added, links_of, path, stands};
use crate::harness::Scene;
use crate::harness::served::{Served, eventually};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Sign-ins by links that a beacon has under way at the same time.
const AT_ONCE: usize = 64;

/// As many connections more, each like the one that is there.
const COPIES: &str = "
    WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 64)
    INSERT INTO connections (id, name, name_key, source_type, module_id, settings, settings_revision, granted_scopes,
                             created_at, updated_at)
    SELECT printf('00000000-0000-4000-8000-%012d', number), 'Copy' || number, 'copy' || number, source_type, module_id,
           settings, settings_revision, granted_scopes, created_at, updated_at
    FROM numbers, connections";

fn made(answer: &Value) -> &Vec<Value> {
    answer["links"].as_array().expect("links")
}

#[test]
fn a_link_stays_good_until_there_is_room_and_keeps_nobody_from_working() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let id = added(&scene, &administrator, "Contoso");
    scene.tamper(COPIES);
    let answer = administrator.sends(Method::POST, BOARD, Some(&json!({}))).is(StatusCode::CREATED).json();
    let (at_once, rest) = made(&answer).split_at(AT_ONCE);
    let [last] = rest else { panic!("one link more than there is room for: {}", rest.len()) };
    let customer = served.visitor();
    for link in at_once {
        customer.sends(Method::POST, &path(link), None).is(StatusCode::OK);
    }
    let later = customer.sends(Method::POST, &path(last), None).is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(later.headers["retry-after"], "60");
    customer.sends(Method::GET, &path(last), None).is(StatusCode::OK);
    stands(&administrator, last["name"].as_str().expect("a name"), "opened");
    let test = administrator.task(&id, &json!({ "kind": "test", "runs_in": "host" }));
    assert_ne!(test["problem"]["code"], "task.too_many", "{test}");

    // Somebody is done.
    let done = at_once[0]["connection"].as_str().expect("an id");
    administrator.sends(Method::DELETE, &links_of(done), None).is(StatusCode::NO_CONTENT);
    eventually("there is room", || {
        let status = customer.sends(Method::POST, &path(last), None).status;
        assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&status), "{status}");
        (status == StatusCode::OK).then_some(())
    });
}

#[test]
fn links_for_many_are_all_stored_or_none() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let ids = ["Contoso", "Fabrikam"].map(|name| added(&scene, &administrator, name));
    let order = json!({ "connections": ids });
    let older = administrator.sends(Method::POST, BOARD, Some(&order)).is(StatusCode::CREATED).json();
    scene.tamper(&format!(
        "CREATE TRIGGER no_room BEFORE INSERT ON invitations WHEN NEW.connection_id = '{}' \
         BEGIN SELECT RAISE(ABORT, 'no room'); END",
        ids[1]
    ));
    administrator.sends(Method::POST, BOARD, Some(&order)).is(StatusCode::INTERNAL_SERVER_ERROR);
    let customer = served.visitor();
    for link in made(&older) {
        customer.sends(Method::GET, &path(link), None).is(StatusCode::OK);
    }
    scene.tamper("DROP TRIGGER no_room");
    let newer = administrator.sends(Method::POST, BOARD, Some(&order)).is(StatusCode::CREATED).json();
    assert_eq!(made(&newer).len(), 2, "{newer}");
    for link in made(&newer) {
        customer.sends(Method::GET, &path(link), None).is(StatusCode::OK);
    }
    customer.sends(Method::GET, &path(&made(&older)[0]), None).is(StatusCode::NOT_FOUND);
}
