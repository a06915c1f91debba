//! Exports of the admin center: imported by hand, added to every package, and never half.

use crate::harness::Scene;
use crate::harness::rows::read_file;
use crate::harness::scene::Import;
use serde_json::Value;

/// Principal names of some people of the tenant.
fn people(scene: &Scene, count: usize) -> Vec<(String, String)> {
    let tenant = scene.tenant.tenant();
    let positions = scene.tenant.ground_truth().users().take(count).map(|user| user.index).collect::<Vec<_>>();
    let of = |position| (tenant.user(position).id.to_string(), tenant.user(position).user_principal_name.to_string());
    positions.into_iter().map(of).collect()
}

fn import_file(scene: &Scene, text: &str, more: &[&str]) -> crate::harness::Finished {
    let file = scene.input("VisioUserDetail.csv", text).display().to_string();
    scene.beacon(&[&["--json", "usage", "import", "Contoso", &file], more].concat())
}

fn imported_rows(import: &Import) -> Vec<(String, Value)> {
    let usage = read_file(&import.folder.join("usage.parquet"));
    let own = usage.into_iter().filter(|row| row["report"] == "admin_center_export");
    own.map(|row| (row["user_key"].as_str().expect("a text").to_owned(), row["user_id"].clone())).collect()
}

#[test]
fn an_export_is_in_every_package_until_it_is_removed() {
    let scene = Scene::contoso();
    let before = scene.import("Contoso");
    assert!(before.block().get("usage_files").is_none());
    let [(anna, name), (bert, other)] = <[_; 2]>::try_from(people(&scene, 2)).expect("two people");
    let text = format!(
        "\u{feff}Username,Last activity date (UTC),Something new\r\n{},1/2/2026,x\r\n{other},,\r\nnobody@x,,\r\n",
        name.to_uppercase()
    );
    let report =
        import_file(&scene, &text, &["--application", "visio", "--refreshed-on", "2026-01-05"]).exits(0).json();
    assert_eq!(report["imported"]["rows"], 3);
    assert_eq!(report["imported"]["ignored_columns"][0], "Something new");
    let listed = scene.beacon(&["--json", "usage", "list", "Contoso"]).exits(0).json();
    assert_eq!(listed["files"][0]["application_id"], "visio");
    assert!(scene.beacon(&["usage", "list", "Contoso"]).exits(0).output.contains("VisioUserDetail.csv"));

    let import = scene.import("Contoso");
    let mut rows = imported_rows(&import);
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let mut expected =
        vec![(name.to_uppercase(), anna.into()), (other, bert.into()), ("nobody@x".to_owned(), Value::Null)];
    expected.sort_by(|one: &(String, Value), other| one.0.cmp(&other.0));
    assert_eq!(rows, expected);
    let file = &import.block()["usage_files"][0];
    assert_eq!((&file["file_name"], &file["refreshed_on"]), (&"VisioUserDetail.csv".into(), &"2026-01-05".into()));
    assert_eq!(file["sha256"].as_str().map(str::len), Some(64));
    let people = &import.block()["tables"]["usage"]["people"];
    assert!(people["unmatched"].as_u64() >= Some(1), "{people}");
    let newest = scene.tenant.ground_truth().refreshed_on();
    let dates = &import.block()["tables"]["usage"]["refreshed_on"];
    assert_eq!(*dates, serde_json::json!({"oldest": "2026-01-05", "newest": newest}));
    let shown = scene.beacon(&["package", "show", &import.folder.display().to_string()]).exits(0).output;
    assert!(shown.contains(&format!("as of 2026-01-05 to {newest}")), "{shown}");
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);

    let trouble = scene.beacon(&["--json", "usage", "remove", "Contoso", "project"]).exits(5).error();
    assert!(trouble.code == "usage.not_imported" && trouble.text().contains("visio"), "{trouble:?}");
    scene.beacon(&["usage", "remove", "Contoso", "visio"]).exits(0);
    assert_eq!(scene.import("Contoso").package_id(), before.package_id());
}

#[test]
fn what_is_wrong_with_an_export_is_named_and_nothing_is_stored() {
    let scene = Scene::contoso();
    let good = "Report Refresh Date,User Principal Name,Last Activity Date\n2026-01-05,a@x,2026-01-02\n";
    for (text, more, code, named) in [
        (good, &["--application", "vision"][..], "usage.application_unknown", "copilot_chat, project, visio"),
        (good, &["--application", "../visio"], "usage.application_unknown", "visio"),
        ("Date,Count\n1,2\n", &["--application", "visio"], "usage.no_user_column", "Date, Count"),
        ("Username,Files\na@x,1\n", &["--application", "visio"], "usage.no_date_column", "Files"),
        (
            "Username,Last Activity Date\na@x,2026-01-02\n",
            &["--application", "visio"],
            "usage.no_refresh_date",
            "--refreshed-on",
        ),
        (
            "Username,Last Activity Date\na@x,31/12/2025\n",
            &["--application", "visio"],
            "usage.bad_value",
            "Last Activity Date",
        ),
        (good, &["--application", "visio", "--refreshed-on", "yesterday"], "beacon.date", "--refreshed-on"),
    ] {
        let trouble = import_file(&scene, text, more).exits(5).error();
        assert_eq!(trouble.code, code, "{trouble:?}");
        assert!(trouble.text().contains(named), "{named} is missing in {trouble:?}");
    }
    assert_eq!(
        scene.beacon(&["--json", "usage", "list", "Contoso"]).exits(0).json()["files"],
        Value::Array(Vec::new())
    );
    // An application of the last package is known as well.
    scene.import("Contoso");
    import_file(&scene, good, &["--application", "exchange"]).exits(0);
    scene.beacon(&["connection", "remove", "Contoso", "--yes"]).exits(0);
    let left = std::fs::read_dir(scene.data().join("usage")).expect("a folder").count();
    assert_eq!(left, 0, "what is about people goes with its connection");
}

#[test]
fn without_reports_there_is_at_least_what_was_imported() {
    let scene = Scene::contoso();
    let report_scopes = |registration: &mut beacon_simulator::AppRegistration| {
        registration.application_permissions.retain(|permission| !permission.starts_with("Reports."));
    };
    let own_app = scene.tenant.own_client_id();
    scene.tenant.edit_registration(own_app, report_scopes).expect("the own app");
    scene.tenant.revoke_consent(own_app);
    scene.tenant.grant_consent(own_app);
    let before = scene.import("Contoso");
    assert_eq!(before.block()["tables"]["usage"]["status"], "skipped");
    let good = "Report Refresh Date,User Principal Name,Last Activity Date\n2026-01-05,a@x,2026-01-02\n";
    import_file(&scene, good, &["--application", "copilot_chat"]).exits(0);
    let import = scene.import("Contoso");
    let usage = &import.block()["tables"]["usage"];
    assert_eq!((&usage["status"], &usage["rows"]), (&"partial".into(), &1.into()));
    assert_eq!(usage["reason"]["code"], "usage.only_from_files");
    assert_eq!(usage["reason"]["arguments"]["cause"], before.block()["tables"]["usage"]["reason"]["code"]);
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
}
