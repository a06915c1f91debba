//! What is there already is replaced or left alone, as somebody says, and never by itself.

use super::{export, furnished};
use serde_json::{Value, json};

#[test]
fn what_is_there_already_is_told_replaced_or_left() {
    let scene = furnished();
    let file = export(&scene, "config.json", &[]);
    let before = std::fs::read_to_string(&file).expect("the export");
    let shown = file.display().to_string();
    let import = |more: &[&str]| scene.beacon(&[&["--json", "config", "import", &shown], more].concat());
    scene.beacon(&["schedule", "edit", "Nightly", "--daily", "07:00"]).exits(0);
    scene.beacon(&["connection", "edit", "Person", "--set", "tenant=somebody.example"]).exits(0);
    let changed = std::fs::read_to_string(export(&scene, "changed.json", &[])).expect("the export");
    assert_ne!(changed, before);

    let clash = import(&[]).exits(5).error();
    assert_eq!(clash.code, "config.clash");
    for expected in
        ["connection Contoso", "connection Person", "schedule Nightly", "profile Shared", "destination Files"]
    {
        assert!(clash.detail.iter().any(|line| line == expected), "{expected}: {clash:?}");
    }
    assert!(clash.advice.contains("--replace") && clash.advice.contains("--skip"), "{clash:?}");

    let skipped = import(&["--skip"]).exits(0).json();
    let fates = |report: &Value| -> Vec<Value> {
        report["report"]["items"].as_array().expect("items").iter().map(|item| item["fate"].clone()).collect()
    };
    assert!(fates(&skipped).iter().all(|fate| fate == "skipped"), "{skipped}");
    assert_eq!(std::fs::read_to_string(export(&scene, "skipped.json", &[])).expect("the export"), changed);

    let replaced = import(&["--replace"]).exits(0).json();
    assert!(fates(&replaced).iter().all(|fate| fate == "replaced" || fate == "added"), "{replaced}");
    assert_eq!(std::fs::read_to_string(export(&scene, "replaced.json", &[])).expect("the export"), before);
    // Its runs and its secret stayed with it.
    let shown = scene.beacon(&["--json", "connection", "show", "Contoso"]).exits(0).json();
    assert_eq!(shown["last_run"]["state"], "complete", "{shown}");
    scene.import("Contoso");
}

/// A second connection of a tenant would double what is counted.
#[test]
fn a_tenant_that_is_imported_already_under_another_name_is_refused() {
    let scene = furnished();
    let file = export(&scene, "config.json", &[]);
    let mut content: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    let mut contoso = content["connections"][0].clone();
    contoso["name"] = json!("Contoso moved");
    contoso["settings"] = super::own_settings(&scene);
    content["connections"] = json!([contoso]);
    let path = scene.input("one.json", content.to_string());
    let shown = path.display().to_string();
    let refused = scene.beacon(&["--json", "config", "import", &shown, "--skip"]).exits(5).error();
    assert_eq!(refused.code, "config.invalid");
    assert!(refused.text().contains("by Contoso"), "{refused:?}");
}
