//! The same configuration comes out of a data folder that took it in.

use super::{connections, elsewhere, export, furnished, import, left};
use crate::harness::modes;
use serde_json::{Value, json};

#[test]
fn a_fresh_data_folder_gives_the_same_file_again() {
    let scene = furnished();
    let file = export(&scene, "config.json", &[]);
    let first = std::fs::read_to_string(&file).expect("the export");
    let again = export(&scene, "config-again.json", &[]);
    assert_eq!(std::fs::read_to_string(again).expect("the export"), first, "the same bytes every time");
    modes::assert_private(&file);

    // Looking changes nothing.
    let looked = import(&scene, &file, &["--dry-run"]).exits(0).json();
    assert_eq!(looked["dry_run"], true);
    assert_eq!(connections(&scene).len(), 0);

    let report = import(&scene, &file, &[]).exits(0).json();
    assert_eq!(report["report"]["items"], looked["report"]["items"]);
    let fates = report["report"]["items"].as_array().expect("items").iter().map(|item| &item["fate"]);
    assert!(fates.clone().all(|fate| fate == "added") && fates.count() == 9, "{report}");
    let expected = [
        ("default proxy", "password, if it has one"),
        ("profile Shared", "client secret"),
        ("connection Contoso", "Client Secret"),
        ("connection Person", "consent"),
        ("connection Person", "password of its proxy, if it has one"),
        ("destination Files", "credential"),
    ];
    let mut found = left(&report);
    let mut expected: Vec<_> = expected.iter().map(|(of, what)| ((*of).to_owned(), (*what).to_owned())).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);

    let moved = scene.written("config-moved.json");
    elsewhere(&scene, &["config", "export", &moved.display().to_string()]).exits(0);
    assert_eq!(std::fs::read_to_string(&moved).expect("the export"), first);

    let shown = elsewhere(&scene, &["--json", "connection", "show", "Person"]).exits(0).json();
    assert_eq!(shown["way_out"]["proxy"]["bypass"], ".example.org");
    assert_eq!(shown["health"]["state"], "paused", "{shown}");
    let schedule = elsewhere(&scene, &["--json", "schedule", "show", "Nightly"]).exits(0).json();
    assert_eq!(schedule["connections"], json!(["Contoso", "Fabrikam"]));
    // What a consent pinned stays pinned.
    let tenant = elsewhere(&scene, &["--json", "connection", "show", "Contoso"]).exits(0).json();
    assert_eq!(tenant["connection"]["tenant_id"], scene.tenant.tenant_id().to_string());
    // After one secret is entered again, the connection works.
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    elsewhere(&scene, &["connection", "edit", "Contoso", "--secret", &secret]).exits(0);
    let run = elsewhere(&scene, &["--json", "run", "Contoso"]).exits(0).json();
    assert_eq!(run["status"], "complete", "{run}");
}

/// People read what is to be done.
#[test]
fn what_is_left_to_do_is_told_with_its_command() {
    let scene = furnished();
    let file = export(&scene, "config.json", &[]);
    let told = elsewhere(&scene, &["config", "import", &file.display().to_string()]).exits(0).output;
    for expected in [
        "connection   Contoso            added",
        "Left to do:",
        "beacon connection edit \"Contoso\" --secret client_secret=FILE",
        "beacon connection consent \"Person\"",
        "beacon profile edit \"Shared\" --secret FILE",
        "beacon proxy set http://proxy.example:3128 --username \"beacon\" --password-file FILE",
    ] {
        let found = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(found.contains(&expected), "{expected} is not in\n{told}");
    }
}

/// Each mistake is told with its place, all of them at once, and nothing of the file is stored.
#[test]
fn what_is_wrong_with_a_file_is_told_and_nothing_is_stored() {
    let scene = furnished();
    let file = export(&scene, "config.json", &[]);
    let text = std::fs::read_to_string(&file).expect("the export");
    let good: Value = serde_json::from_str(&text).expect("JSON");
    let altered = |path: &str, value: Value| {
        let mut altered = good.clone();
        *altered.pointer_mut(path).unwrap_or_else(|| panic!("{path} is not in the file")) = value;
        altered.to_string()
    };
    let folder = scene.written("elsewhere").join("below").display().to_string();
    let cases = [
        (text[..text.len() / 2].to_owned(), "config.unreadable", "line"),
        ("[]".to_owned(), "config.format", "no configuration"),
        ("{}".to_owned(), "config.format", "no configuration"),
        (altered("/format", json!("something else")), "config.format", "no configuration"),
        (altered("/version", json!(2)), "config.version", "version 2"),
        (altered("/default_proxy", json!({ "server": "a:1" })), "config.unreadable", "missing field"),
        (
            altered("/connections/0/proxy", json!({ "server": "x", "username": null, "bypass": "", "y": 1 })),
            "config.unreadable",
            "unknown field",
        ),
        (altered("/connections/0/name", json!("../etc")), "config.invalid", "connection ../etc"),
        (altered("/connections/0/name", json!("FABRIKAM")), "config.invalid", "twice"),
        (altered("/connections/0/schedule", json!("Weekly")), "config.invalid", "no schedule Weekly"),
        (altered("/connections/1/profile", json!("Nobody")), "config.invalid", "no credential profile Nobody"),
        (altered("/connections/0/source_type", json!("Slack")), "config.invalid", "Slack"),
        (altered("/connections/0/settings/graph_root", json!("file:///etc")), "config.invalid", "graph_root"),
        (altered("/connections/2/settings", json!({ "nonsense": 1 })), "config.invalid", "nonsense"),
        (altered("/schedules/0/zone", json!("Europe/Atlantis")), "config.invalid", "Atlantis"),
        (altered("/schedules/0/parallel", json!(0)), "config.invalid", "1 to 64"),
        (altered("/profiles/0/client_id", json!("me")), "config.invalid", "profile Shared"),
        (altered("/destinations/1/place/folder/path", json!("share")), "config.invalid", "whole path"),
        (altered("/destinations/1/place/folder/path", json!(folder)), "config.invalid", "own data folder"),
        (
            altered("/destinations/0/place/upload/address", json!("http://user@x")),
            "config.invalid",
            "destination Files",
        ),
        (altered("/default_proxy/server", json!("proxy")), "config.invalid", "default proxy"),
        (altered("/defaults/values", json!({ "Microsoft 365": { "nonsense": 1 } })), "config.invalid", "nonsense"),
    ];
    for (content, code, part) in cases {
        let hand = scene.input("by-hand.json", &content);
        let error = import(&scene, &hand, &[]).exits(5).error();
        assert_eq!(error.code, code, "{part}: {}", error.text());
        assert!(error.text().contains(part), "{part} is not in {}", error.text());
    }
    // Two mistakes are two lines.
    let mut twice = good.clone();
    twice["schedules"][0]["zone"] = json!("Nowhere");
    twice["connections"][0]["source_type"] = json!("Slack");
    let hand = scene.input("by-hand.json", twice.to_string());
    let error = import(&scene, &hand, &[]).exits(5).error();
    assert!(error.title.starts_with("2 things"), "{error:?}");
    assert_eq!(connections(&scene).len(), 0);
    let empty = elsewhere(&scene, &["--json", "schedule", "list"]).exits(0).json();
    assert_eq!(empty["schedules"], json!([]));
}
