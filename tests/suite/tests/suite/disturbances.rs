//! A service that misbehaves: the package is the same, and its manifest tells of the trouble.

use crate::harness::scene::Import;
use crate::harness::{Scene, truth};
use beacon_simulator::{FaultBody, FaultKind, FaultRule, RetryAfter};
use std::collections::BTreeSet;

const USERS: u64 = 5_000;
const LIST: &str = "/v1.0/users";

fn status(status: u16, retry_after: Option<RetryAfter>, body: FaultBody) -> FaultKind {
    FaultKind::Status { status, retry_after, body }
}

fn throttled(retry_after: RetryAfter) -> FaultKind {
    status(429, Some(retry_after), FaultBody::Json)
}

/// Imports undisturbed, then under `rules`; both packages must be the same.
#[track_caller]
fn check_same_package(rules: impl IntoIterator<Item = FaultRule>) -> (Scene, Import) {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    let undisturbed = scene.import("Contoso");
    scene.tenant.clear_requests();
    scene.tenant.disturb(rules);
    let disturbed = scene.import("Contoso");
    assert_eq!(disturbed.package_id(), undisturbed.package_id());
    let struck: BTreeSet<&str> = scene.tenant.requests().into_iter().flat_map(|request| request.faults).collect();
    assert!(!struck.is_empty(), "no fault happened, so nothing was tested");
    (scene, disturbed)
}

/// As above, and the manifest tells of at least `retries` repetitions of users pages.
#[track_caller]
fn check_repeated(rules: impl IntoIterator<Item = FaultRule>, retries: u64) {
    let (_scene, import) = check_same_package(rules);
    let told = import.block()["tables"]["users"]["retries"].as_u64().unwrap_or_default();
    assert!(told >= retries, "{told} retries are told, at least {retries} happened");
}

/// The four of the acceptance list at once.
#[test]
fn throttling_an_empty_page_a_duplicate_and_a_cut_connection() {
    let (scene, import) = check_same_package([
        FaultRule::once(LIST, throttled(RetryAfter::Seconds(1))).on_page(2),
        FaultRule::once(LIST, FaultKind::EmptyPage).on_page(3),
        FaultRule::once(LIST, FaultKind::DuplicateAcrossPages).on_page(4),
        FaultRule::once(LIST, FaultKind::CutBody).on_page(5),
    ]);
    let users = import.block()["tables"]["users"].clone();
    assert_eq!(users["retries"], 2, "{users}");
    assert_eq!(users["duplicates"], 1, "{users}");
    assert!(users["throttled_ms"].as_u64() >= Some(1_000), "{users}");
    assert_eq!(import.report["requests"]["retries"], 2, "{}", import.report);
    truth::assert_tables(&scene.tenant, &import.folder, &truth::TABLES);
}

#[test]
fn every_form_of_retry_after_is_honoured() {
    check_repeated(
        [
            FaultRule::once(LIST, throttled(RetryAfter::Fraction(0.5))).on_page(1),
            FaultRule::once(LIST, throttled(RetryAfter::Seconds(1))).on_page(2),
            FaultRule::once(LIST, throttled(RetryAfter::Date(1))).on_page(3),
            FaultRule::once(LIST, status(429, None, FaultBody::Empty)).on_page(4),
        ],
        4,
    );
}

#[test]
fn gateways_that_answer_with_pages_of_their_own() {
    check_repeated(
        [
            FaultRule::once(LIST, status(503, None, FaultBody::Html)).on_page(2),
            FaultRule::once(LIST, status(504, None, FaultBody::Empty)).on_page(3),
            FaultRule::once(LIST, status(502, None, FaultBody::Html)).on_page(4),
        ],
        3,
    );
}

#[test]
fn lengths_that_promise_more_than_comes() {
    check_repeated([FaultRule::once(LIST, FaultKind::WrongContentLength).on_page(2)], 1);
}

#[test]
fn a_body_that_comes_slowly() {
    check_repeated([FaultRule::once(LIST, FaultKind::SlowBody { milliseconds: 500 }).on_page(2)], 0);
}

#[test]
fn an_access_token_that_is_refused_in_the_middle() {
    let (scene, _) = check_same_package([FaultRule::once(LIST, FaultKind::ExpiredToken).on_page(3)]);
    let tokens = scene.tenant.requests().into_iter().filter(|request| request.grant.is_some()).count();
    assert_eq!(tokens, 2, "one at the beginning, one after the refusal");
}

#[test]
fn a_page_token_that_expired_starts_the_list_again() {
    let (scene, import) = check_same_package([FaultRule::once(LIST, FaultKind::ExpiredPageToken).on_page(4)]);
    assert!(scene.tenant.asked(LIST) > 6, "the list was read again");
    assert_eq!(import.block()["tables"]["users"]["rows"], USERS);
}

#[test]
fn a_busy_sign_in_service() {
    let token = "*/oauth2/v2.0/token";
    let (_scene, _) = check_same_package([FaultRule::once(token, status(503, None, FaultBody::Html))]);
}

/// Imports under `rules` and expects this end; nothing may call itself complete.
#[track_caller]
fn check_partial(rules: impl IntoIterator<Item = FaultRule>, reason: &str) {
    let scene = Scene::of(3_000, 1);
    scene.add_own_app("Contoso");
    scene.tenant.disturb(rules);
    let import = Import::of(&scene.run("Contoso", &[]).exits(3));
    let block = import.block();
    assert_eq!(block["status"], "partial");
    assert_eq!(block["tables"]["users"]["status"], "partial", "{block}");
    assert_eq!(block["tables"]["users"]["reason"]["code"], reason, "{block}");
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
    scene.tenant.clear_faults();
    scene.import("Contoso");
}

#[test]
fn a_continuation_that_never_advances_ends() {
    check_partial([FaultRule::once(LIST, FaultKind::StuckLink).on_page(2).always()], "graph.continuation_stuck");
}

#[test]
fn a_continuation_to_a_stranger_is_not_followed() {
    let elsewhere = FaultKind::ForeignLink { origin: "https://collector.example.com".to_owned() };
    check_partial([FaultRule::once(LIST, elsewhere).on_page(2)], "graph.request_forbidden");
}

#[test]
fn a_page_without_its_list() {
    check_partial([FaultRule::once(LIST, FaultKind::MissingValue).on_page(2).always()], "graph.unreadable");
}

#[test]
fn a_page_that_is_no_json() {
    check_partial([FaultRule::once(LIST, FaultKind::InvalidJson).on_page(2).always()], "graph.unreadable");
}

/// Bodies that would fill memory or disk end at their cap.
#[test]
fn a_small_body_that_unpacks_to_gigabytes() {
    check_partial(
        [FaultRule::once(LIST, FaultKind::GzipBomb { bytes: 6 << 30 }).on_page(2).always()],
        "graph.too_large",
    );
}

#[test]
fn a_pause_longer_than_anybody_waits() {
    check_partial(
        [FaultRule::once(LIST, throttled(RetryAfter::Seconds(86_400))).on_page(2).always()],
        "graph.throttled",
    );
}

fn without(scene: &Scene, permissions: &[&str]) {
    let client_id = scene.tenant.own_client_id();
    scene.tenant.revoke_consent(client_id);
    let edited = scene.tenant.edit_registration(client_id, |app| {
        app.application_permissions.retain(|permission| !permissions.contains(&permission.as_str()));
    });
    edited.expect("the own app");
    scene.tenant.grant_consent(client_id);
}

#[test]
fn an_optional_table_without_its_permission_is_skipped() {
    let scene = Scene::small();
    scene
        .tenant
        .add_fault(FaultRule::once("/v1.0/directory/subscriptions", status(403, None, FaultBody::Json)).always());
    scene.add_own_app("Contoso");
    let import = scene.import("Contoso");
    let subscriptions = import.block()["tables"]["subscriptions"].clone();
    assert_eq!(subscriptions["status"], "skipped", "{subscriptions}");
    assert!(subscriptions["reason"].to_string().contains("Organization.Read.All"), "{subscriptions}");
    assert!(!import.folder.join("subscriptions.parquet").exists());
    truth::assert_tables(&scene.tenant, &import.folder, &["users", "products"]);
}

#[test]
fn names_of_groups_without_their_permission_are_skipped() {
    let scene = Scene::small();
    without(&scene, &["GroupMember.Read.All", "Directory.Read.All"]);
    scene.add_own_app("Contoso");
    let groups = scene.import("Contoso").block()["tables"]["groups"].clone();
    assert_eq!(groups["status"], "skipped", "{groups}");
    assert_eq!(groups["reason"]["code"], "graph.permission_missing");
    assert_eq!(groups["reason"]["arguments"]["permission"], "GroupMember.Read.All");
}

#[test]
fn a_mandatory_table_without_its_permission_needs_consent() {
    let scene = Scene::small();
    without(&scene, &["User.Read.All", "Directory.Read.All"]);
    scene.add_own_app("Contoso");
    let trouble = scene.run("Contoso", &[]).exits(4).error();
    assert_eq!(trouble.code, "graph.permission_missing");
    assert!(trouble.text().contains("User.Read.All"), "{trouble:?}");
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());
}
