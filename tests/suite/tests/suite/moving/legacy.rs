//! Connections of an older beacon.

use crate::harness::{Finished, Scene};
use serde_json::Value;

const OWN: &str = "9d0b3c5e-1111-4222-8333-444455556666";
const VENDOR: &str = "5bb1a5a2-0d97-4335-9448-119f7b27aff9";

fn import(scene: &Scene, name: &str, text: &str, more: &[&str]) -> Finished {
    let file = scene.input(name, text).display().to_string();
    scene.beacon(&[&["--json", "connection", "import-legacy", &file], more].concat())
}

fn names(scene: &Scene) -> Vec<String> {
    let list = scene.beacon(&["--json", "connection", "list"]).exits(0).json();
    let name = |one: &Value| one["connection"]["name"].as_str().expect("a name").to_owned();
    list["connections"].as_array().expect("a list").iter().map(name).collect()
}

#[test]
fn rows_become_connections_that_say_what_they_still_need() {
    let scene = Scene::small();
    let table = format!(
        "Connection Name;Source Type;Token Endpoint;Application (client) ID;Redirect URI;Authentication Flow;Use Proxy;\
         Proxy Server;Proxy Username;Overlapping Inventory Filter\r\n\
         Contoso;Microsoft 365;https://login.microsoftonline.com/common/oauth2/v2.0/token;{VENDOR};\
         https://login.microsoftonline.com/common/oauth2/nativeclient;Authorization Code;False;;;None\r\n\
         Fabrikam;Microsoft 365;https://login.microsoftonline.com/fabrikam.example/oauth2/token;{OWN};;\
         Client Credentials;True;http://proxy.example:3128;ada;None\r\n\
         \"Old one\";Microsoft Office 365 (deprecated);;;;;;;;\r\n\
         Older;Microsoft Office 365;;;;;;;;\r\n\
         Empty fields;Microsoft 365;;;;;;;;\r\n\
         Gov;Microsoft 365;https://login.microsoftonline.us/gov.example/oauth2/v2.0/token;{OWN};;\
         Client Certificate;;;;\r\n"
    );
    let looked = import(&scene, "legacy.csv", &table, &["--dry-run"]).exits(0).json();
    assert_eq!(names(&scene), Vec::<String>::new());
    let report = import(&scene, "legacy.csv", &table, &[]).exits(0).json();
    assert_eq!(report["report"], looked["report"]);
    assert_eq!(names(&scene), ["Contoso", "Empty fields", "Fabrikam", "Gov", "Old one", "Older"]);

    let left = super::left(&report);
    let needs = |name: &str| -> Vec<String> {
        let of = format!("connection {name}");
        left.iter().filter(|(about, _)| *about == of).map(|(_, what)| what.clone()).collect()
    };
    for name in ["Contoso", "Old one", "Older", "Empty fields"] {
        assert_eq!(needs(name), ["consent"], "{name}");
    }
    assert_eq!(needs("Fabrikam"), ["Client Secret", "password of its proxy, if it has one"]);
    assert_eq!(needs("Gov"), ["Client Certificate"]);
    let notes = report["report"]["notes"].to_string();
    for expected in
        ["Overlapping Inventory Filter", "Old one: ", "Fabrikam: Its token endpoint was of version 1", "DoD"]
    {
        assert!(notes.contains(expected), "{expected} is not in {notes}");
    }

    let settings = |name: &str| {
        let shown = scene.beacon(&["--json", "connection", "show", name]).exits(0).json();
        (shown["connection"]["settings"].clone(), shown["way_out"]["proxy"]["server"].clone())
    };
    let (contoso, proxy) = settings("Contoso");
    assert_eq!(contoso["sign_in"], "vendor_app");
    assert!(contoso.get("client_id").is_none() && proxy.is_null(), "{contoso}");
    let (fabrikam, proxy) = settings("Fabrikam");
    assert_eq!((&fabrikam["tenant"], &fabrikam["client_id"]), (&"fabrikam.example".into(), &OWN.into()));
    assert_eq!(fabrikam["token_endpoint"], "https://login.microsoftonline.com/fabrikam.example/oauth2/v2.0/token");
    assert_eq!(proxy, "http://proxy.example:3128");
    assert_eq!(settings("Gov").0["cloud"], "us_government_l4");
}

#[test]
fn a_list_is_taken_as_well() {
    let scene = Scene::small();
    let list = format!(
        "[{{\"name\": \"Contoso\", \"source_type\": \"microsoft 365\", \"tenant\": \"contoso.example\", \
         \"client_id\": \"{OWN}\", \"flow\": \"Client Secret\", \"use_proxy\": false}}]"
    );
    let report = import(&scene, "legacy.json", &list, &[]).exits(0).json();
    assert_eq!(super::left(&report), [("connection Contoso".to_owned(), "Client Secret".to_owned())]);
}

#[test]
fn each_mistake_is_told_with_its_place_and_nothing_is_imported() {
    let scene = Scene::small();
    scene.add_own_app("Taken");
    let tenant = scene.tenant.tenant_id();
    let table = format!(
        "name,source_type,tenant,token_endpoint,client_id,flow,use_proxy,proxy_server\n\
         Good,Microsoft 365,good.example,,{OWN},Client Secret,,\n\
         ../etc,Microsoft 365,,,,,,\n\
         taken,Microsoft 365,,,,,,\n\
         GOOD,Microsoft 365,,,,,,\n\
         A,Slack,,,,,,\n\
         B,Microsoft 365,,https://evil.example/common/oauth2/v2.0/token,,,,\n\
         C,Microsoft 365,,nonsense,,,,\n\
         D,Microsoft 365,,,not-a-guid,Client Secret,,\n\
         E,Microsoft 365,,,,Kerberos,,\n\
         F,Microsoft 365,,,,,yes,\n\
         G,Microsoft 365,,,,,,http://ada:hunter2@proxy:1\n\
         H,Microsoft 365,good.example,,{OWN},Client Secret,,\n\
         I,Microsoft 365,,,{OWN},Client Secret,perhaps,\n\
         J,Microsoft 365,{tenant},,{OWN},Client Secret,,\n\
         K,,,,,,,\n"
    );
    let error = import(&scene, "legacy.csv", &table, &[]).exits(5).error();
    assert_eq!(error.code, "config.invalid");
    for (line, part) in [
        (3, "name"),
        (4, "there is a connection taken"),
        (5, "line 2"),
        (6, "source_type"),
        (7, "none of the places"),
        (8, "token_endpoint"),
        (9, "client_id"),
        (10, "flow"),
        (11, "proxy_server"),
        (12, "proxy_server"),
        (13, "line 2"),
        (14, "use_proxy"),
        (15, "by the connection Taken"),
        (16, "the source type is missing"),
    ] {
        let place = format!("line {line}");
        let lower = part.to_lowercase();
        let told = error.detail.iter().any(|text| text.starts_with(&place) && text.to_lowercase().contains(&lower));
        assert!(told, "{place}: {part} is not in {:#?}", error.detail);
    }
    assert!(!error.text().contains("hunter2"), "a password that somebody put there is not repeated");
    assert_eq!(names(&scene), ["Taken"]);
}

#[test]
fn hostile_files_are_refused() {
    let scene = Scene::small();
    scene.keep_secret("hunter2-in-a-table");
    let secret = import(&scene, "legacy.csv", "name,Password\nContoso,hunter2-in-a-table\n", &[]).exits(5).error();
    assert_eq!(secret.code, "legacy.secret_column");
    assert!(secret.title.contains("Password") && secret.advice.contains("Remove the column"), "{secret:?}");
    for (text, code) in [
        ("", "legacy.no_name"),
        ("PK\u{3}\u{4}\0\0", "legacy.no_name"),
        ("name\n", "legacy.empty"),
        ("name,flow\n\"A,1\nB,2\n", "legacy.control_character"),
        ("name\n\u{1b}[2J\n", "legacy.control_character"),
        ("{\"name\": 1}", "legacy.unreadable"),
        (&"[".repeat(100_000), "legacy.unreadable"),
    ] {
        let error = import(&scene, "hostile.csv", text, &[]).exits(5).error();
        assert_eq!(error.code, code, "{:?}", text.get(..20));
    }
    assert_eq!(names(&scene), Vec::<String>::new());
}
