//! Graph's answers against the ground truth.

use super::client::{Bench, json, unpacked};
use crate::{SimulatorOptions, UserId};
use serde_json::{Value, json};
use std::time::Duration;

const IMPORT: &str = "id,userPrincipalName,displayName,givenName,surname,mail,proxyAddresses,otherMails,accountEnabled,userType,createdDateTime,creationType,externalUserState,department,companyName,jobTitle,officeLocation,country,usageLocation,preferredDataLocation,employeeId,employeeType,employeeHireDate,isResourceAccount,onPremisesSyncEnabled,onPremisesSamAccountName,onPremisesDomainName,onPremisesDistinguishedName,onPremisesImmutableId,onPremisesLastSyncDateTime,onPremisesExtensionAttributes,lastPasswordChangeDateTime,assignedLicenses,licenseAssignmentStates,employeeOrgData";

#[tokio::test]
async fn pages_hold_every_person_once_and_as_generated() {
    let bench = Bench::start(2_345).await;
    let token = bench.application_token().await;
    let target = format!("/v1.0/users?$select={IMPORT}&$top=999&$expand=manager($select=id)");
    let items = bench.all_pages(&token, &target).await;
    assert_eq!(items.len(), 2_345);
    let mut bytes = 0;
    for (user, item) in bench.simulator.ground_truth().users().zip(&items) {
        bytes += item.to_string().len();
        assert_eq!(item["id"], user.id.to_string());
        assert_eq!(item["userPrincipalName"], user.user_principal_name);
        assert_eq!(item["displayName"], user.display_name);
        assert_eq!(item["createdDateTime"].as_str().map(str::to_owned), user.created_at.map(|at| at.to_string()));
        assert_eq!(item["manager"]["id"].as_str().map(str::to_owned), user.manager_id.map(|id| id.to_string()));
        assert_eq!(item["employeeOrgData"]["costCenter"].as_str(), user.cost_center.as_deref());
        assert_eq!(item["assignedLicenses"].as_array().unwrap().len(), user.assigned_licenses.len());
        let states: Vec<&crate::LicenseAssignment> =
            user.license_assignments.iter().filter(|source| source.reported).collect();
        let sent = item["licenseAssignmentStates"].as_array().unwrap();
        assert_eq!(sent.len(), states.len());
        for (state, sent) in states.iter().zip(sent) {
            assert_eq!(sent["state"], state.state.as_str());
            assert_eq!(
                sent["assignedByGroup"].as_str().map(str::to_owned),
                state.assigned_by_group.map(|id| id.to_string())
            );
        }
    }
    assert!(bytes / items.len() >= 1_300, "a person is only {} bytes", bytes / items.len());
}

#[tokio::test]
async fn an_answer_without_select_has_the_default_properties() {
    let bench = Bench::start(150).await;
    let token = bench.application_token().await;
    let (_, body) = bench.graph_json(&token, "/v1.0/users").await;
    assert_eq!(body["value"].as_array().unwrap().len(), 100);
    let mut names: Vec<&str> = body["value"][0].as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "businessPhones",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName"
        ]
    );
}

#[tokio::test]
async fn queries_are_refused_as_graph_refuses_them() {
    let bench = Bench::start(50).await;
    let token = bench.application_token().await;
    for (target, status, code) in [
        ("/v1.0/users?$top=0", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$top=1000", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$skip=5", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$select=id,nothing", 400, "BadRequest"),
        ("/v1.0/users?$select=id,mailboxSettings", 501, "NotImplemented"),
        ("/v1.0/users?$filter=displayName%20eq%20'x'", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users/$count", 400, "Request_BadRequest"),
        ("/v1.0/users/00000000-0000-4000-8000-000000000000", 404, "Request_ResourceNotFound"),
        ("/v1.0/subscribedSkus?$top=5", 400, "Request_UnsupportedQuery"),
        ("/v1.0/nothing", 400, "BadRequest"),
        ("/v1.0/admin/reportSettings", 403, "UnknownError"),
        ("/v1.0/me", 400, "BadRequest"),
    ] {
        let (actual, body) = bench.graph_json(&token, target).await;
        assert_eq!((actual, body["error"]["code"].as_str()), (status, Some(code)), "{target}");
        assert!(body["error"]["innerError"]["request-id"].is_string());
    }
    let (_, body) = bench.graph_json(&token, "/v1.0/users?$top=1000").await;
    assert_eq!(body["error"]["message"], "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.");
    let (_, body) = bench.graph_json(&token, "/v1.0/nothing").await;
    assert_eq!(body["error"]["message"], "Resource not found for the segment 'nothing'.");
}

#[tokio::test]
async fn tokens_are_checked_for_real() {
    let bench = Bench::start(10).await;
    let token = bench.application_token().await;
    let bare = bench.http.get(format!("{}/v1.0/users", bench.simulator.graph_origin())).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert!(bare.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer realm=\"\""));
    assert_eq!(json(bare).await["error"]["message"], "Access token is empty.");
    let mut forged = token.clone();
    forged.truncate(forged.len() - 8);
    assert_eq!(bench.graph(&forged, "/v1.0/users").await.status(), 401);
    let other = Bench::start(10).await;
    assert_eq!(other.graph(&token, "/v1.0/users").await.status(), 401);
    bench.simulator.revoke_consent(bench.simulator.own_client_id());
    let without = bench.application_token().await;
    let (status, body) = bench.graph_json(&without, "/v1.0/users").await;
    assert_eq!((status, body["error"]["code"].as_str()), (403, Some("Authorization_RequestDenied")));
    bench.simulator.clock().advance(Duration::from_secs(5_401));
    let (status, body) = bench.graph_json(&token, "/v1.0/users").await;
    assert_eq!(
        (status, body["error"]["message"].as_str()),
        (401, Some("Lifetime validation failed, the token is expired."))
    );
}

#[tokio::test]
async fn continuation_links_are_absolute_and_bound() {
    let bench = Bench::start(50).await;
    let token = bench.application_token().await;
    let origin = bench.simulator.graph_origin().replace("localhost", "127.0.0.1");
    let url = format!("{origin}/v1.0/users?$select=id&$top=20");
    let body = json(bench.http.get(url).bearer_auth(&token).send().await.unwrap()).await;
    let next = body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.starts_with(&format!("{origin}/v1.0/users?$select=id&$top=20&$skiptoken=")), "{next}");
    let other_query = next.replace("$top=20", "$top=21");
    assert_eq!(bench.http.get(other_query).bearer_auth(&token).send().await.unwrap().status(), 400);
    bench.simulator.clock().advance(Duration::from_secs(3_601));
    let token = bench.application_token().await;
    let late = json(bench.http.get(next).bearer_auth(&token).send().await.unwrap()).await;
    assert_eq!(late["error"]["code"], "Directory_ExpiredPageToken");
}

#[tokio::test]
async fn counting_and_ranges_of_names() {
    let bench = Bench::start(500).await;
    let token = bench.application_token().await;
    let count = async |target: &str| {
        let url = format!("{}{target}", bench.simulator.graph_origin());
        bench.http.get(url).bearer_auth(&token).header("ConsistencyLevel", "eventual").send().await.unwrap()
    };
    assert_eq!(count("/v1.0/users/$count").await.text().await.unwrap(), "500");
    assert_eq!(json(count("/v1.0/users?$count=true&$top=1").await).await["@odata.count"], 500);
    assert!(bench.graph_json(&token, "/v1.0/users?$count=true").await.1.get("@odata.count").is_none());
    let mut total = 0;
    for filter in [
        "userPrincipalName le 'k'",
        "userPrincipalName ge 'k' and userPrincipalName le 's'",
        "userPrincipalName ge 's'",
    ] {
        let target = format!("/v1.0/users?$select=userPrincipalName&$top=50&$filter={}", filter.replace(' ', "%20"));
        let items = bench.all_pages(&token, &target).await;
        assert!(!items.is_empty());
        total += items.len();
    }
    assert_eq!(total, 500);
}

#[tokio::test]
async fn the_tenants_own_data_agrees_with_the_truth() {
    let bench = Bench::start(800).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    let (_, body) = bench.graph_json(&token, "/v1.0/subscribedSkus").await;
    let products = truth.products();
    for (sku, item) in products.iter().zip(body["value"].as_array().unwrap()) {
        assert_eq!(item["skuId"], sku.product.id.to_string());
        assert_eq!(item["consumedUnits"], sku.consumed_units);
        assert_eq!(item["prepaidUnits"]["enabled"], sku.prepaid_units.enabled);
        assert_eq!(item["servicePlans"].as_array().unwrap().len(), sku.product.plans.len());
    }
    assert_eq!(body["value"].as_array().unwrap().len(), products.len());
    let (_, body) = bench.graph_json(&token, "/v1.0/directory/subscriptions").await;
    assert_eq!(body["value"].as_array().unwrap().len(), truth.subscriptions().len());
    let (_, body) = bench.graph_json(&token, "/v1.0/organization").await;
    assert_eq!(body["value"][0]["id"], bench.tenant());
    assert_eq!(body["value"][0]["displayName"], truth.organization().display_name);

    let wanted = truth.assigning_groups();
    let ids: Vec<String> =
        wanted.keys().map(ToString::to_string).chain(["00000000-0000-4000-8000-000000000000".into()]).collect();
    let url = format!("{}/v1.0/directoryObjects/getByIds?$select=id,displayName", bench.simulator.graph_origin());
    let body = json!({"ids": ids, "types": ["group"]}).to_string();
    let answer = bench.http.post(url).bearer_auth(&token).body(body).send().await.unwrap();
    let answer = json(answer).await;
    let named: Vec<(String, String)> = answer["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["id"].as_str().unwrap().to_owned(), item["displayName"].as_str().unwrap().to_owned()))
        .collect();
    let expected: Vec<(String, String)> =
        wanted.into_iter().filter_map(|(id, name)| Some((id.to_string(), name?))).collect();
    assert_eq!(named, expected);
    let (_, groups) = bench.graph_json(&token, "/v1.0/groups?$select=id,assignedLicenses&$top=999").await;
    assert_eq!(groups["value"].as_array().unwrap().len(), truth.groups().len() - 1);
    let user = truth.users().find(|user| !user.assigned_licenses.is_empty()).unwrap();
    let (_, details) = bench.graph_json(&token, &format!("/v1.0/users/{}/licenseDetails", user.id)).await;
    assert_eq!(details["value"].as_array().unwrap().len(), user.assigned_licenses.len());
    assert_eq!(bench.simulator.tenant().index_of(UserId(user.id.0)), Some(user.index));
}

#[tokio::test]
async fn pages_are_compressed_when_asked() {
    let bench = Bench::start(200).await;
    let token = bench.application_token().await;
    let url = format!("{}/v1.0/users?$select={IMPORT}", bench.simulator.graph_origin());
    let plain = bench.http.get(&url).bearer_auth(&token).send().await.unwrap();
    assert!(plain.headers().get("content-encoding").is_none());
    let plain = plain.bytes().await.unwrap();
    let packed = bench.http.get(&url).bearer_auth(&token).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.headers()["vary"], "Accept-Encoding");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 4 < plain.len());
    let text = String::from_utf8(unpacked(&packed)).unwrap();
    let users = |text: &str| serde_json::from_str::<Value>(text).unwrap()["value"].clone();
    assert_eq!(users(&text), users(std::str::from_utf8(&plain).unwrap()));
}

#[tokio::test]
async fn both_sites_can_share_an_origin() {
    let bench = Bench::with(SimulatorOptions { single_origin: true, ..SimulatorOptions::with_users(10) }).await;
    assert_eq!(bench.simulator.login_origin(), bench.simulator.graph_origin());
    let token = bench.application_token().await;
    assert_eq!(bench.graph(&token, "/v1.0/organization").await.status(), 200);
}
