//! Signing in: the tasks `consent` and `test`, and refusals.

use super::driver::{Answer, Script, TENANT};
use beacon_contract::{CheckOutcome, FailKind, GrantKind, Refused, RefusedStage, RequestId, Task};
use serde_json::json;

fn answer(path: &str) -> Answer {
    let items = match path.split('?').next() {
        Some("/v1.0/organization") => json!([{"id": TENANT, "displayName": "Contoso", "verifiedDomains": []}]),
        _ => json!([{"id": "1"}]),
    };
    (200, json!({ "value": items }))
}

fn script() -> Script {
    Script::new(|path, _, _| answer(path))
}

#[test]
fn each_flow_asks_for_its_own_kind_of_token() {
    use GrantKind::*;
    for (flow, attended, unattended) in [
        ("authorization_code", AuthorizationCode, RefreshToken),
        ("device_code", DeviceCode, RefreshToken),
        ("client_secret", ClientSecret, ClientSecret),
        ("client_certificate", ClientCertificate, ClientCertificate),
    ] {
        for (task, expected) in [(Task::Consent, attended), (Task::Test, unattended)] {
            let told = script().with("flow", flow).run(task);
            assert!(told.is_done(), "{flow}: {:?}", told.settled);
            let [grant] = told.grants.as_slice() else { panic!("{:?}", told.grants) };
            assert_eq!(grant.kind, expected, "{flow}");
            let prompt = grant.parameters.get("prompt").map(String::as_str);
            assert_eq!(prompt, (expected == AuthorizationCode).then_some("select_account"));
        }
    }
}

#[test]
fn a_consent_says_what_came_of_it() {
    let told = script().with("flow", "authorization_code").run(Task::Consent);
    let checks: Vec<_> = told.checks.iter().map(|(name, (outcome, _))| (name.as_str(), *outcome)).collect();
    let expected = ["licences.read", "offline", "permissions", "sign_in", "tenant", "users.read"];
    assert_eq!(checks, expected.map(|name| (name, CheckOutcome::Pass)));

    let mut poor = script().with("flow", "authorization_code");
    (poor.offline, poor.scopes) = (false, vec!["https://graph.microsoft.com/User.Read.All", "openid"]);
    let told = poor.run(Task::Consent);
    assert_eq!(told.checks["offline"], (CheckOutcome::Fail, "microsoft_365.not_offline".to_owned()));
    assert_eq!(told.checks["permissions"], (CheckOutcome::Warning, "microsoft_365.permissions_missing".to_owned()));
}

#[test]
fn a_test_names_each_missing_right() {
    let denied = || (403, json!({"error": {"code": "Authorization_RequestDenied", "message": "no"}}));
    let mut script = Script::new(move |path, _, _| match path {
        "/v1.0/subscribedSkus" | "/v1.0/directory/subscriptions" | "/v1.0/directoryObjects/getByIds" => denied(),
        path => answer(path),
    });
    script.scopes = vec!["User.Read.All"];
    let told = script.run(Task::Test);
    assert!(told.is_done());
    let missing = |outcome| (outcome, "graph.permission_missing".to_owned());
    assert_eq!(told.checks["licences.read"], missing(CheckOutcome::Fail));
    assert_eq!(told.checks["subscriptions.read"], missing(CheckOutcome::Warning));
    assert_eq!(told.checks["groups.read"], missing(CheckOutcome::Warning));
    assert_eq!(told.checks["users.read"].0, CheckOutcome::Pass);
}

#[test]
fn one_report_is_tried_because_who_may_consent_may_not_read_usage_by_that() {
    use CheckOutcome::{Pass, Warning};
    let (consented, lacking) = ("Reports.Read.All", "User.Read.All");
    let error = |status: u16, code: &str| (status, json!({"error": {"code": code, "message": "no segment"}}));
    let denied = error(403, "S2SUnauthorized");
    for (flow, set, scope, answer, expected) in [
        ("authorization_code", "everything", consented, (200, json!({})), Some((Pass, "microsoft_365.usage_read"))),
        ("device_code", "everything", consented, denied.clone(), Some((Warning, "microsoft_365.usage_role_missing"))),
        ("authorization_code", "everything", lacking, denied.clone(), Some((Warning, "graph.permission_missing"))),
        ("authorization_code", "licences", lacking, denied.clone(), None),
        ("client_secret", "everything", lacking, denied.clone(), None),
        ("client_secret", "licences", consented, denied, Some((Warning, "graph.permission_pending"))),
        (
            "client_secret",
            "licences",
            consented,
            error(400, "BadRequest"),
            Some((Warning, "microsoft_365.reports_absent")),
        ),
    ] {
        for task in [Task::Consent, Task::Test] {
            let report = answer.clone();
            let mut script =
                Script::new(
                    move |path, _, _| {
                        if path.starts_with("/v1.0/reports/") { report.clone() } else { self::answer(path) }
                    },
                );
            script.scopes = vec!["User.Read.All", "Organization.Read.All", "GroupMember.Read.All", scope];
            let told = script.with("flow", flow).with("permission_set", set).run(task);
            assert!(told.is_done(), "{flow} {set}: {:?}", told.settled);
            let found = told.checks.get("usage.read").map(|(outcome, code)| (*outcome, code.as_str()));
            assert_eq!(found, expected, "{flow} {set} {scope} {task:?}");
        }
    }
}

#[test]
fn the_wrong_tenant_ends_a_consent() {
    let mut script = script().with("flow", "authorization_code").with("tenant", "");
    script.token_tenant = "bbbbbbbb-0000-4000-8000-000000000002";
    let told = script.run(Task::Consent);
    assert_eq!(told.fail(), (FailKind::Settings, "microsoft_365.other_tenant"));
    assert_eq!(told.checks["tenant"], (CheckOutcome::Fail, "microsoft_365.other_tenant".to_owned()));
}

#[test]
fn a_refusal_reaches_the_person_in_plain_words() {
    let mut script = script();
    script.refused = Some(Refused {
        id: RequestId(0),
        profile: "graph".parse().expect("an id"),
        stage: RefusedStage::Token,
        error: "invalid_client".to_owned(),
        suberror: None,
        codes: vec![7_000_215],
        description: "AADSTS7000215: Invalid client secret provided.".to_owned(),
        correlation_id: Some("c-1".to_owned()),
        timestamp: Some("2026-06-01 00:00:00Z".to_owned()),
        status: Some(401),
    });
    let told = script.run(Task::Import);
    assert_eq!(told.fail(), (FailKind::Settings, "aadsts.7000215"));
    let text = crate::text::texts()["aadsts.7000215"].clone();
    let Some(Err(fail)) = told.settled else { panic!("refused") };
    assert!(text.filled(&fail.arguments).advice.ends_with("(AADSTS7000215, correlation id c-1, 2026-06-01 00:00:00Z)"));
}
