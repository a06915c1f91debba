//! `signInActivity`: page size, refusals, missing values.

use super::client::Bench;
use crate::SignInTime;
use serde_json::Value;

const LIST: &str = "/v1.0/users?$select=id,signInActivity";

fn time(value: Option<SignInTime>) -> Option<String> {
    value.map(|time| time.moment().map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |at| at.to_string()))
}

#[tokio::test]
async fn pages_are_small_and_agree_with_the_truth() {
    let bench = Bench::start(1_200).await;
    let token = bench.application_token_with(&["AuditLog.Read.All"]).await;
    let truth: std::collections::BTreeMap<String, crate::SignInActivity> =
        bench.simulator.ground_truth().sign_ins().map(|fact| (fact.user_id.to_string(), fact.activity)).collect();
    for top in ["500", "501", "999", "5000"] {
        let (_, body) = bench.graph_json(&token, &format!("{LIST}&$top={top}")).await;
        assert_eq!(body["value"].as_array().unwrap().len(), 500, "$top={top}");
    }
    let (_, body) = bench.graph_json(&token, &format!("{LIST}&$top=0")).await;
    assert_eq!(body["error"]["code"], "Request_UnsupportedQuery");
    let people = bench.all_pages(&token, &format!("{LIST}&$top=999")).await;
    assert_eq!(people.len(), 1_200);
    let (mut absent, mut without_success, mut never) = (0, 0, 0);
    for person in &people {
        let known = truth.get(person["id"].as_str().unwrap());
        let Some(activity) = person.get("signInActivity") else {
            assert!(known.is_none());
            absent += 1;
            continue;
        };
        let known = known.unwrap();
        let text = |name: &str| activity.get(name).and_then(Value::as_str).map(str::to_owned);
        assert_eq!(text("lastSignInDateTime"), time(Some(known.last_interactive_attempt)));
        assert_eq!(text("lastNonInteractiveSignInDateTime"), time(Some(known.last_non_interactive_attempt)));
        assert_eq!(text("lastSuccessfulSignInDateTime"), time(known.last_successful));
        without_success += u32::from(known.last_successful.is_none());
        never += u32::from(text("lastNonInteractiveSignInDateTime").unwrap().starts_with("0001-"));
    }
    assert!(absent > 10 && without_success > 10 && never > 10, "{absent} {without_success} {never}");
    let now = bench.simulator.clock().now();
    let moments =
        truth.values().flat_map(|activity| [Some(activity.last_interactive_attempt), activity.last_successful]);
    assert!(moments.flatten().filter_map(SignInTime::moment).all(|at| at < now));
}

#[tokio::test]
async fn both_refusals_name_their_reason() {
    let bench = Bench::start(20).await;
    let without = bench.application_token().await;
    let (status, body) = bench.graph_json(&without, LIST).await;
    assert_eq!((status, body["error"]["code"].as_str()), (403, Some("Authentication_MSGraphPermissionMissing")));
    assert!(body["error"]["message"].as_str().unwrap().contains("AuditLog.Read.All"));
    let token = bench.application_token_with(&["AuditLog.Read.All"]).await;
    bench.simulator.set_premium(false);
    let (status, body) = bench.graph_json(&token, LIST).await;
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (403, Some("Authentication_RequestFromNonPremiumTenantOrB2CTenant"))
    );
    assert_eq!(body["error"]["message"], "Neither tenant is B2C or tenant doesn't have premium license");
    bench.simulator.set_premium(true);
    assert_eq!(bench.graph(&token, LIST).await.status(), 200);
    let user = bench.simulator.tenant().user(5);
    let one = format!("/v1.0/users/{}?$select=signInActivity", user.id);
    assert_eq!(bench.graph(&token, &one).await.status(), 200);
    let by_name = "/v1.0/users/admin@x?$select=signInActivity";
    assert_eq!(bench.graph(&token, by_name).await.status(), 400);
}
