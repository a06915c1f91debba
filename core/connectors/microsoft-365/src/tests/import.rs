//! The task `import`, and every trap that Graph lays on the way.

use super::driver::{Answer, Cell, GRAPH, Script, TENANT, Told};
use beacon_contract::{FailKind, TableStatus, Task};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SUITE: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const COPILOT: &str = "639dec6b-bb19-468b-871c-c5c441c4b0cb";
const TEAMS_PLAN: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
const GROUP: &str = "99999999-0000-4000-8000-000000000009";

fn organization() -> Value {
    json!({"value": [{
        "id": TENANT.to_uppercase(),
        "displayName": "Contoso",
        "verifiedDomains": [{"name": "contoso.com", "isDefault": true}, {"name": "contoso.onmicrosoft.com", "isDefault": false}],
        "countryLetterCode": "DE",
        "tenantType": "AAD",
        "createdDateTime": "2019-01-02T03:04:05Z",
        "onPremisesSyncEnabled": null,
    }]})
}

fn products() -> Value {
    let plan = |id: &str, name: &str| json!({"servicePlanId": id, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User"});
    json!({"value": [{
        "skuId": SUITE, "skuPartNumber": "SPE_E5", "appliesTo": "User", "capabilityStatus": "Enabled",
        "prepaidUnits": {"enabled": 25, "warning": 1, "suspended": 0, "lockedOut": null}, "consumedUnits": 2,
        "subscriptionIds": ["B", "A"],
        "servicePlans": [
            plan(&TEAMS_PLAN.to_uppercase(), "TEAMS1"),
            plan("43de0ff5-c92c-492b-9116-175376d08c38", "OFFICESUBSCRIPTION"),
            plan("113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION"),
        ],
    }]})
}

fn subscriptions() -> Value {
    json!({"value": [{"id": "S1", "skuId": SUITE, "status": "Enabled", "isTrial": false, "totalLicenses": 25,
        "createdDateTime": "2024-01-01T00:00:00Z", "nextLifecycleDateTime": "0001-01-01T00:00:00Z"}]})
}

fn user(id: &str) -> Value {
    json!({
        "id": id, "userPrincipalName": format!("{id}@contoso.com"), "displayName": "Zoë \"Z\"", "accountEnabled": true,
        "proxyAddresses": ["SMTP:Zoe@contoso.com", "smtp:z@contoso.com", "SIP:zoe@contoso.com", "bad"],
        "otherMails": ["Z@contoso.com"], "createdDateTime": null, "employeeOrgData": {"costCenter": "4711", "division": null},
        "onPremisesExtensionAttributes": {"extensionAttribute1": null, "extensionAttribute2": "b", "extensionAttribute10": "j"},
        "manager": {"@odata.type": "#microsoft.graph.user", "id": "M-1"},
        "assignedLicenses": [{"skuId": SUITE, "disabledPlans": [TEAMS_PLAN]}, {"skuId": COPILOT, "disabledPlans": []}],
        "licenseAssignmentStates": [
            {"skuId": SUITE, "assignedByGroup": null, "state": "Active", "error": "None", "disabledPlans": [TEAMS_PLAN.to_uppercase(), "0"], "lastUpdatedDateTime": "2026-01-01T00:00:00Z"},
            {"skuId": SUITE, "assignedByGroup": GROUP.to_uppercase(), "state": "Error", "error": "CountViolation", "disabledPlans": []},
            {"skuId": "ffffffff-0000-4000-8000-00000000000f", "assignedByGroup": GROUP, "state": "Active", "error": null},
        ],
    })
}

/// A tenant where nothing is wrong; `special` goes first.
fn tenant(mut special: impl FnMut(&str, usize) -> Option<Answer> + 'static) -> Script {
    Script::new(move |path, body, count| {
        if let Some(answer) = special(path, count) {
            return answer;
        }
        match path.split('?').next().expect("a path") {
            "/v1.0/organization" => (200, organization()),
            "/v1.0/subscribedSkus" => (200, products()),
            "/v1.0/directory/subscriptions" => (200, subscriptions()),
            "/v1.0/users" => (200, json!({"value": [user("U-1")]})),
            "/v1.0/directoryObjects/getByIds" => {
                let ids: Value = serde_json::from_str(body).expect("JSON");
                assert_eq!(ids, json!({"ids": [GROUP], "types": ["group"]}));
                (
                    200,
                    json!({"value": [{"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Licensed"}]}),
                )
            }
            // As a service that does not count: the list is then read as a whole.
            "/v1.0/users/$count" => error(400, "Request_BadRequest"),
            other => panic!("{other} is not part of the tenant"),
        }
    })
}

fn denied() -> Answer {
    (
        403,
        json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges.", "innerError": {}}}),
    )
}

fn error(status: u16, code: &str) -> Answer {
    (status, json!({"error": {"code": code, "message": "m"}}))
}

fn users_page(path: &str) -> bool {
    path.starts_with("/v1.0/users")
}

fn import(special: impl FnMut(&str, usize) -> Option<Answer> + 'static) -> Told {
    tenant(special).run(Task::Import)
}

fn user_ids(told: &Told) -> Vec<&Cell> {
    told.rows["users"].iter().map(|row| &row["user_id"]).collect()
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

fn list(values: &[&str]) -> Cell {
    Cell::List(values.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn every_table_is_complete_and_every_value_is_in_its_place() {
    let told = import(|_, _| None);
    assert!(told.is_done(), "{:?}", told.settled);
    let ended = told.ends.iter().map(|(table, (status, _))| (table.as_str(), *status));
    // This token has no right to reports and sign-ins.
    let ended: Vec<_> = ended.filter(|(_, status)| *status != TableStatus::Skipped).collect();
    assert_eq!(told.ends.len() - ended.len(), 4);
    let tables =
        ["applications", "assignments", "groups", "product_plans", "products", "subscriptions", "tenant", "users"];
    assert_eq!(ended, tables.map(|table| (table, TableStatus::Complete)));

    let row = told.row("tenant", &[("tenant_id", TENANT)]);
    assert_eq!(row["default_domain"], text("contoso.com"));
    assert_eq!(row["verified_domains"], list(&["contoso.com", "contoso.onmicrosoft.com"]));
    assert_eq!((&row["cloud"], row.get("on_premises_sync_enabled")), (&text("global"), None));

    let row = told.row("products", &[("sku_id", SUITE)]);
    assert_eq!((&row["enabled_units"], &row["warning_units"]), (&Cell::Number(25), &Cell::Number(1)));
    assert_eq!((row.get("locked_out_units"), &row["subscription_ids"]), (None, &list(&["a", "b"])));
    assert_eq!(told.row("product_plans", &[("plan_code", "TEAMS1")])["application_id"], text("teams"));
    assert_eq!(told.row("product_plans", &[("plan_code", "EXCHANGE_S_FOUNDATION")]).get("application_id"), None);
    let row = told.row("applications", &[("application_id", "teams")]);
    assert_eq!(row["plan_ids"], list(&[TEAMS_PLAN]));
    told.row("applications", &[("application_id", "word")]);
    // Measured by reports, so people may ask for it; but no product of this tenant has it.
    assert_eq!(told.row("applications", &[("application_id", "exchange")])["plan_ids"], list(&[]));

    let row = told.row("subscriptions", &[("subscription_id", "s1")]);
    assert_eq!((row.get("next_lifecycle_at"), &row["is_trial"]), (None, &Cell::Flag(false)));
    assert_eq!(told.row("groups", &[("group_id", GROUP)])["display_name"], text("Licensed"));
    assert!(told.chains.contains(&("groups".to_owned(), "batch-0".to_owned())));

    let row = told.row("users", &[("user_id", "u-1")]);
    assert_eq!(row["display_name"], text("Zoë \"Z\""));
    assert_eq!(row["alternate_addresses"], list(&["z@contoso.com", "zoe@contoso.com"]));
    assert_eq!((&row["cost_center"], row.get("division"), &row["manager_id"]), (&text("4711"), None, &text("m-1")));
    let pairs = [("extensionAttribute10", "j"), ("extensionAttribute2", "b")];
    assert_eq!(row["extension_attributes"], Cell::Map(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into()));
}

#[test]
fn a_seat_is_held_once_whatever_its_sources() {
    let told = import(|_, _| None);
    let source = |sku: &str, source: &str| told.row("assignments", &[("sku_id", sku), ("source", source)]);
    let direct = source(SUITE, "direct");
    assert_eq!((&direct["counts_seat"], direct.get("error")), (&Cell::Flag(true), None));
    assert_eq!(direct["disabled_plans"], list(&["0", TEAMS_PLAN]));
    let failed = source(SUITE, GROUP);
    assert_eq!((&failed["counts_seat"], &failed["error"]), (&Cell::Flag(false), &text("CountViolation")));
    let unknown = source(COPILOT, "unknown");
    assert_eq!((&unknown["counts_seat"], unknown.get("state")), (&Cell::Flag(true), None));
    let not_held = source("ffffffff-0000-4000-8000-00000000000f", GROUP);
    assert_eq!(not_held["counts_seat"], Cell::Flag(false));
    assert_eq!(told.rows["assignments"].len(), 4);
}

#[test]
fn a_product_held_only_by_failing_sources_keeps_its_seat() {
    let told = import(|path, _| {
        users_page(path).then(|| {
            let states = json!([{"skuId": SUITE, "assignedByGroup": null, "state": "Error", "error": "Other"}]);
            (200, json!({"value": [{"id": "u", "assignedLicenses": [{"skuId": SUITE}], "licenseAssignmentStates": states}]}))
        })
    });
    let seats: BTreeSet<_> = told.rows["assignments"]
        .iter()
        .map(|row| (format!("{:?}", row["source"]), row["counts_seat"] == Cell::Flag(true)))
        .collect();
    assert_eq!(seats, [("Text(\"direct\")".to_owned(), false), ("Text(\"unknown\")".to_owned(), true)].into());
    assert_eq!(told.end("groups"), (TableStatus::Complete, ""), "no group, no question");
}

fn next(number: u32) -> String {
    format!("{GRAPH}/v1.0/users?$skiptoken={number}")
}

#[test]
fn an_empty_page_with_a_continuation_goes_on() {
    let told = import(|path, _| {
        users_page(path).then(|| match path.split_once("skiptoken=") {
            None => (200, json!({"value": [user("a")], "@odata.nextLink": next(1)})),
            Some((_, "1")) => (200, json!({"@odata.nextLink": next(2), "value": []})),
            Some(_) => (200, json!({"value": [user("b")]})),
        })
    });
    assert_eq!(told.end("users"), (TableStatus::Complete, ""));
    assert_eq!(user_ids(&told), [&text("a"), &text("b")]);
}

#[test]
fn a_list_that_runs_in_a_circle_is_partial() {
    for target in [1, 2] {
        let told = import(move |path, _| {
            users_page(path).then(|| match path.split_once("skiptoken=") {
                None => (200, json!({"value": [user("a")], "@odata.nextLink": next(1)})),
                Some((_, "1")) => {
                    (200, json!({"value": [user("b")], "@odata.nextLink": next(if target == 1 { 1 } else { 2 })}))
                }
                Some(_) => (200, json!({"value": [user("c")], "@odata.nextLink": next(1)})),
            })
        });
        assert!(told.is_done());
        assert_eq!(told.end("users"), (TableStatus::Partial, "graph.continuation_stuck"));
        assert_eq!(told.end("assignments"), (TableStatus::Partial, "graph.continuation_stuck"));
        assert_eq!(told.rows["users"].len(), 1 + target, "what was read is kept");
    }
}

#[test]
fn an_expired_page_address_starts_the_list_again() {
    let told = import(|path, count| {
        users_page(path).then(|| match (path.contains("skiptoken"), count) {
            (false, _) => (200, json!({"value": [user("a")], "@odata.nextLink": next(1)})),
            (true, 0) => error(400, "Directory_ExpiredPageToken"),
            (true, _) => (200, json!({"value": [user("b")]})),
        })
    });
    assert_eq!(told.resets.iter().map(|place| place.table.as_str()).collect::<Vec<_>>(), ["users"]);
    assert_eq!(told.end("users"), (TableStatus::Complete, ""));
    assert_eq!(user_ids(&told), [&text("a"), &text("a"), &text("b")]);
}

#[test]
fn a_page_address_that_keeps_expiring_ends_partial_after_two_restarts() {
    let told = import(|path, _| {
        users_page(path).then(|| match path.contains("skiptoken") {
            false => (200, json!({"value": [user("a")], "@odata.nextLink": next(1)})),
            true => error(400, "Directory_ExpiredPageToken"),
        })
    });
    assert_eq!(told.resets.len(), 2);
    assert!(told.is_done());
    assert_eq!(told.end("users"), (TableStatus::Partial, "graph.page_token_expired"));
}

#[test]
fn a_missing_right_ends_the_run_only_where_it_is_needed() {
    for (path, code) in [("/v1.0/users", "graph.role_missing"), ("/v1.0/subscribedSkus", "graph.role_missing")] {
        let told =
            tenant(move |asked, _| asked.starts_with(path).then(denied)).with("flow", "device_code").run(Task::Import);
        assert_eq!(told.fail(), (FailKind::Consent, code), "{path}");
    }
    for (path, table) in [("/v1.0/directory/subscriptions", "subscriptions"), ("/v1.0/directoryObjects", "groups")] {
        let mut script = tenant(move |asked, _| asked.starts_with(path).then(denied));
        script.scopes = vec!["User.Read.All"];
        let told = script.run(Task::Import);
        assert!(told.is_done());
        assert_eq!(told.end(table), (TableStatus::Skipped, "graph.permission_missing"), "{table}");
        assert_eq!(told.end("users"), (TableStatus::Complete, ""));
    }
}

#[test]
fn a_list_that_breaks_later_is_partial_and_one_that_never_starts_fails() {
    let told = import(|path, _| {
        users_page(path).then(|| match path.contains("skiptoken") {
            false => (200, json!({"value": [user("a")], "@odata.nextLink": next(1)})),
            true => error(503, "serviceNotAvailable"),
        })
    });
    assert_eq!(told.end("users"), (TableStatus::Partial, "graph.unavailable"));
    let told = import(|path, _| users_page(path).then(|| error(503, "serviceNotAvailable")));
    assert_eq!(told.fail(), (FailKind::Retry, "graph.unavailable"));
    let told = import(|path, _| users_page(path).then(|| (200, json!("a proxy's greeting"))));
    assert_eq!(told.fail(), (FailKind::Retry, "graph.unreadable"));
}

#[test]
fn odd_items_are_declared_and_odd_values_are_null() {
    let told = import(|path, _| {
        users_page(path).then(|| {
            let odd = json!({"id": "Odd", "displayName": 7, "accountEnabled": "yes", "proxyAddresses": "x", "assignedLicenses": null,
                "licenseAssignmentStates": [null, {"skuId": null}], "manager": null, "onPremisesExtensionAttributes": []});
            (200, json!({"value": [odd, {"displayName": "nobody"}, null, 5]}))
        })
    });
    let row = told.row("users", &[("user_id", "odd")]);
    assert_eq!((row.get("display_name"), row.get("account_enabled"), row.get("manager_id")), (None, None, None));
    assert_eq!(row["alternate_addresses"], list(&[]));
    let [drops] = told.drops.as_slice() else { panic!("{:?}", told.drops) };
    assert_eq!(
        (drops.table.as_str(), drops.count, drops.reason.code.as_str()),
        ("users", 3, "microsoft_365.item_without_id")
    );
    assert!(!told.rows.contains_key("assignments"));
}

#[test]
fn another_tenant_is_refused_before_anything_is_written() {
    let mut script = tenant(|_, _| None);
    script.token_tenant = "bbbbbbbb-0000-4000-8000-000000000002";
    let told = script.run(Task::Import);
    assert_eq!(told.fail(), (FailKind::Settings, "microsoft_365.other_tenant"));
    assert!(!told.rows.contains_key("tenant"));
    let told = tenant(|_, _| None).with("tenant", "fabrikam.com").run(Task::Import);
    assert_eq!(told.fail().1, "microsoft_365.other_tenant");
    assert!(tenant(|_, _| None).with("tenant", "CONTOSO.onmicrosoft.com").run(Task::Import).is_done());
}

#[test]
fn a_preview_reads_one_small_page_of_people() {
    let told =
        tenant(|path, _| users_page(path).then(|| (200, json!({"value": [user("a")], "@odata.nextLink": next(1)}))))
            .run(Task::Preview);
    assert!(told.is_done());
    assert_eq!(told.urls.iter().filter(|url| users_page(url)).count(), 1);
    assert!(told.urls.iter().any(|url| url.contains("$top=25")));
    assert_eq!(told.end("users"), (TableStatus::Partial, "microsoft_365.sample"));
    assert_eq!(told.end("products"), (TableStatus::Complete, ""));
    assert_eq!(told.end("groups"), (TableStatus::Skipped, "microsoft_365.sample"));
}
