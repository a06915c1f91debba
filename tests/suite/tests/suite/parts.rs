//! A large list read in parts: proven between two counts, remembered, and given up for the plain list where in doubt.

use crate::harness::scene::Import;
use crate::harness::{Scene, truth};
use beacon_simulator::{Change, FaultBody, FaultKind, FaultRule, RetryAfter};

const USERS: u64 = 10_100;
const LIST: &str = "/v1.0/users";
const COUNT: &str = "/v1.0/users/$count";

fn scene() -> Scene {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    scene
}

#[track_caller]
fn check(scene: &Scene, import: &Import, proof: &str) {
    let users = import.block()["tables"]["users"].clone();
    assert_eq!(users["status"], "complete", "{users}");
    assert_eq!(users["proof"], proof, "{users}");
    assert_eq!(users["partitions"].as_u64() > Some(3), proof == "partitions", "{users}");
    truth::assert_tables(&scene.tenant, &import.folder, &["users", "assignments", "groups"]);
}

#[test]
fn parts_are_proven_and_remembered() {
    let scene = scene();
    let first = scene.import("Contoso");
    check(&scene, &first, "partitions");
    let counts = scene.tenant.asked(COUNT);
    assert!(counts > 4, "each part was counted: {counts}");
    scene.tenant.clear_requests();
    let second = scene.import("Contoso");
    check(&scene, &second, "partitions");
    assert_eq!(second.package_id(), first.package_id());
    assert_eq!(scene.tenant.asked(COUNT), 2, "one count before and one after");
}

#[test]
fn counts_that_disagree_make_the_plain_list_decide() {
    let scene = scene();
    scene.tenant.add_fault(FaultRule::once(COUNT, FaultKind::LaggingCount { difference: 5 }).always());
    check(&scene, &scene.import("Contoso"), "chain");
}

#[test]
fn a_service_that_does_not_count_is_read_as_a_whole() {
    let scene = scene();
    let refused = FaultKind::Status { status: 400, retry_after: None, body: FaultBody::Json };
    scene.tenant.add_fault(FaultRule::once(COUNT, refused).always());
    check(&scene, &scene.import("Contoso"), "chain");
}

#[test]
fn trouble_within_parts_makes_the_same_package() {
    let scene = scene();
    let usual = scene.import("Contoso").package_id();
    let throttled = FaultKind::Status { status: 429, retry_after: Some(RetryAfter::Seconds(1)), body: FaultBody::Json };
    for fault in [throttled, FaultKind::EmptyPage, FaultKind::CutBody, FaultKind::ExpiredPageToken] {
        scene.tenant.add_fault(FaultRule::once(LIST, fault.clone()).on_page(2).with_query("$filter"));
        let import = scene.import("Contoso");
        assert_eq!(import.package_id(), usual, "{fault:?}");
        scene.tenant.clear_faults();
    }
}

/// Somebody who is renamed, deleted or created while the parts are read: whatever the counts make of it, nobody is
/// lost who was there all the time.
#[test]
fn a_directory_that_changes_meanwhile_loses_nobody() {
    let scene = scene();
    scene.import("Contoso");
    let domain = scene.tenant.administrator();
    let domain = domain.split('@').nth(1).expect("an address");
    for change in
        [Change::Rename { position: 900, new_upn: format!("aa.moved@{domain}") }, Change::Delete { position: 1_500 }]
    {
        let before: std::collections::BTreeSet<_> =
            scene.tenant.truth().users().map(|user| user.id.to_string()).collect();
        let fault = FaultKind::DirectoryChange { change: change.clone() };
        scene.tenant.add_fault(FaultRule::once(LIST, fault).on_page(2).with_query("$filter"));
        let import = scene.import("Contoso");
        let after: std::collections::BTreeSet<_> =
            scene.tenant.truth().users().map(|user| user.id.to_string()).collect();
        let users = crate::harness::rows::read_file(&import.folder.join("users.parquet"));
        let found: std::collections::BTreeSet<_> =
            users.iter().map(|row| row["user_id"].as_str().expect("an id").to_owned()).collect();
        let lost: Vec<_> = before.intersection(&after).filter(|id| !found.contains(*id)).collect();
        assert!(lost.is_empty(), "{change:?} lost {lost:?}");
        scene.tenant.clear_faults();
    }
}
