//! Files of the trail, its check, and who may see it.

use super::{actions, entries, last};
use crate::harness::Scene;
use crate::harness::served::Served;
use aws_lc_rs::digest::{SHA256, digest};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn sha256(texts: &[&str]) -> String {
    let digest = digest(&SHA256, json!(texts).to_string().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The chain made again from an exported file, by docs/audit.md alone.
#[track_caller]
fn assert_chained(file: &Value) {
    let mut before = "0".repeat(64);
    let list = file["entries"].as_array().expect("entries");
    for (position, entry) in list.iter().enumerate() {
        let text = |name: &str| entry[name].as_str().expect("a text");
        assert_eq!(entry["number"], position as u64 + 1);
        let content = [
            "who",
            "way",
            "client",
            "subject_kind",
            "subject_id",
            "subject_name",
            "connection_id",
            "details",
            "outcome",
        ];
        assert_eq!(sha256(&content.map(text)), text("content_hash"), "{entry}");
        let number = entry["number"].to_string();
        before = sha256(&[&before, &number, text("at"), text("action"), text("content_hash")]);
        assert_eq!(before, text("hash"), "{entry}");
    }
}

#[test]
fn files_of_the_trail_are_whole_and_no_cell_is_a_formula() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    scene.beacon(&["connection", "pause", "Contoso"]).exits(0);
    let json_file = scene.written("audit.json").display().to_string();
    scene.beacon(&["audit", "export", "--format", "json", &json_file]).exits(0);
    let first: Value = serde_json::from_slice(&std::fs::read(&json_file).expect("the file")).expect("JSON");
    assert_chained(&first);
    let exported = first["entries"].as_array().expect("entries").len();

    // Through a beacon that serves it is the same file, and the export before is in it now.
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let wrong = json!({ "account": "=cmd()", "password": "not the right password" });
    administrator.sends(Method::POST, "/api/v1/session/sign-in", Some(&wrong)).is(StatusCode::UNAUTHORIZED);
    let account = json!({ "name": "-ada", "role": "reader", "password": "a long enough password" });
    administrator.sends(Method::POST, "/api/v1/accounts", Some(&account)).is(StatusCode::NO_CONTENT);
    scene.beacon(&["audit", "export", "--format", "json", &json_file]).exits(0);
    let second: Value = serde_json::from_slice(&std::fs::read(&json_file).expect("the file")).expect("JSON");
    assert_chained(&second);
    let list = second["entries"].as_array().expect("entries");
    assert_eq!(list[..exported], first["entries"].as_array().expect("entries")[..]);
    let behind: Vec<&str> = list[exported..].iter().map(|entry| entry["action"].as_str().expect("an action")).collect();
    let expected =
        ["audit.exported", "sign_in.link_made", "account.added", "sign_in.done", "sign_in.refused", "account.added"];
    assert_eq!(behind, expected);
    let refused = &list[exported + 4];
    assert_eq!((&refused["who"], &refused["subject_name"]), (&json!("not signed in"), &json!("unknown")), "{refused}");
    assert!(refused["client"].as_str().is_some_and(|client| client.contains("127.0.0.1")), "{refused}");

    let page = administrator.sends(Method::GET, "/api/v1/audit/export?format=csv&action=account.", None);
    let csv = String::from_utf8(page.is(StatusCode::OK).body).expect("UTF-8");
    assert!(csv.starts_with("number,at,who,way,") && csv.contains(",'-ada,"), "{csv}");
    assert_eq!(csv.matches("\r\n").count(), 3, "two entries and the head: {csv}");
    let newest = &entries(&scene, &["--action", "audit.exported"])[0];
    assert_eq!((&newest["who"], &newest["details"]["entries"]), (&json!("administrator"), &json!(2)), "{newest}");

    let reader = served.reader(&administrator);
    for path in ["/api/v1/audit", "/api/v1/audit/export"] {
        assert_eq!(reader.sends(Method::GET, path, None).status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(administrator.sends(Method::GET, "/api/v1/audit?action=nothing", None).code(), "audit.action");
    drop(served);
    assert_eq!(scene.beacon(&["--json", "audit", "list", "--since", "soon"]).exits(5).error().code, "audit.time");
    assert!(entries(&scene, &["--until", "2020-01-01"]).is_empty());
    assert_eq!(actions(&entries(&scene, &["--who", "ADMINISTRATOR", "--action", "account.added"])).len(), 3);
}

#[test]
fn whoever_goes_around_the_beacon_is_found_out() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    assert_eq!(last(&scene), 2);
    let database = rusqlite::Connection::open(scene.data().join("beacon.sqlite")).expect("the database");
    let refused = database.execute_batch("UPDATE audit SET who = 'eve' WHERE number = 1").expect_err("a guard");
    assert!(refused.to_string().contains("only appended to"), "{refused}");
    database.execute_batch("DROP TRIGGER audit_stays; UPDATE audit SET who = 'eve' WHERE number = 1").expect("SQL");
    drop(database);
    let verified = scene.beacon(&["--json", "audit", "verify"]).exits(8).json();
    assert_eq!(verified["sound"], false);
    let findings = json!([
        { "number": null, "what": "its guards are missing or were changed" },
        { "number": 1, "what": "what it says was changed" },
    ]);
    assert_eq!(verified["trail"]["findings"], findings);
    let told = scene.beacon(&["audit", "verify"]).exits(8);
    assert!(told.output.contains("unsound: its guards are missing or were changed"), "{}", told.output);
    assert!(told.output.contains("unsound: entry 1: what it says was changed"), "{}", told.output);
}
