//! Each run of a delegated connection looks whether the person who consented is still there and may still read.

use crate::harness::Scene;
use crate::harness::scene::Import;
use beacon_simulator::{Change, role};
use serde_json::Value;

/// The warning of this code in the manifest of a package.
fn warning(import: &Import, code: &str) -> Option<Value> {
    let block = import.block();
    let warnings = block["warnings"].as_array().expect("warnings");
    warnings.iter().find(|warning| warning["code"] == code).cloned()
}

#[test]
fn a_person_who_is_disabled_or_gone_is_named() {
    let scene = Scene::consented();
    let account = scene.tenant.administrator();
    let codes = ["consent.person_disabled", "consent.person_missing", "consent.fewer_permissions"];
    let usual = scene.import("Contoso");
    assert!(codes.iter().all(|code| warning(&usual, code).is_none()), "{}", usual.block()["warnings"]);

    scene.tenant.change(Change::Disable { position: 0 }).expect("the administrator");
    let disabled = scene.import("Contoso");
    let told = warning(&disabled, "consent.person_disabled").expect("a warning");
    assert_eq!(told["arguments"]["account"], account);
    assert!(told["text"].as_str().is_some_and(|text| text.contains(&account) && text.contains("consent")), "{told}");
    let warnings = disabled.report["warnings"].to_string();
    assert!(warnings.contains("consent.person_disabled"), "the result of the run: {warnings}");

    scene.tenant.change(Change::Delete { position: 0 }).expect("the administrator");
    let gone = scene.import("Contoso");
    assert_eq!(warning(&gone, "consent.person_missing").expect("a warning")["arguments"]["account"], account);
    assert_eq!(warning(&gone, "consent.person_disabled"), None);
}

#[test]
fn a_person_who_may_not_read_reports_is_named() {
    let scene = Scene::consented();
    let account = scene.tenant.administrator();
    let reader = [role::CLOUD_APPLICATION_ADMINISTRATOR, role::REPORTS_READER];
    scene.tenant.set_roles(&account, &reader).expect("the administrator");
    assert_eq!(warning(&scene.import("Contoso"), "consent.person_may_not_read"), None);
    scene.tenant.set_roles(&account, &[role::CLOUD_APPLICATION_ADMINISTRATOR]).expect("the administrator");
    let told = warning(&scene.import("Contoso"), "consent.person_may_not_read").expect("a warning");
    assert_eq!(told["arguments"]["account"], account);
    assert!(told["arguments"]["tables"].as_str().is_some_and(|tables| tables.contains("usage")), "{told}");
}

#[test]
fn an_application_has_no_such_person() {
    let scene = crate::harness::Scene::contoso();
    scene.tenant.change(Change::Disable { position: 0 }).expect("somebody");
    assert_eq!(warning(&scene.import("Contoso"), "consent.person_disabled"), None);
}
