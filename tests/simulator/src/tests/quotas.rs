//! Throttling and latency as a client meets them.

use super::client::{Bench, json};
use crate::{Latency, SimulatorOptions};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn requests_tell_what_they_cost() {
    let bench = Bench::start(20).await;
    let token = bench.application_token().await;
    for (target, units) in [
        ("/v1.0/users", Some("2")),
        ("/v1.0/users?$select=id", Some("1")),
        ("/v1.0/subscribedSkus", Some("3")),
        ("/v1.0/organization", Some("1")),
        ("/v1.0/users?$skip=1", Some("2")),
        ("/v1.0/reports/getM365AppUserDetail(period='D7')", None),
    ] {
        let answer = bench.graph(&token, target).await;
        let told = answer.headers().get("x-ms-resource-unit").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref(), units, "{target}");
        assert!(answer.headers().get("x-ms-throttle-limit-percentage").is_none());
    }
}

#[tokio::test]
async fn the_directory_throttles_by_resource_units() {
    let bench = Bench::with(SimulatorOptions { quotas: true, ..SimulatorOptions::with_users(20) }).await;
    let token = bench.application_token().await;
    let (mut warned, mut refused) = (false, None);
    // 3,500 units are 1,167 requests at once, and 117 more for each second that this takes.
    for _ in 0..300 {
        let ask = || bench.graph(&token, "/v1.0/subscribedSkus?$expand=x");
        let answers = join_all((0..64).map(|_| ask())).await;
        warned |= answers.iter().any(|answer| {
            let percentage = answer.headers().get("x-ms-throttle-limit-percentage");
            percentage.is_some_and(|value| ["0.8", "0.9", "1.0"].contains(&value.to_str().unwrap()))
        });
        refused = answers.into_iter().find(|answer| answer.status() == 429);
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("the quota is never used up");
    assert!(warned);
    let header = |name: &str| refused.headers()[name].to_str().unwrap().to_owned();
    assert!((1..=10).contains(&header("retry-after").parse::<u64>().unwrap()));
    let scope = format!("Tenant_Application/ReadWrite/{}/{}", bench.simulator.own_client_id(), bench.tenant());
    assert_eq!(header("x-ms-throttle-scope"), scope);
    assert!((1.0..=1.8).contains(&header("x-ms-throttle-limit-percentage").parse::<f64>().unwrap()));
    assert_eq!(header("x-ms-throttle-information"), "ResourceUnitLimitExceeded");
    let body = json(refused).await;
    assert_eq!(body["error"]["code"], "TooManyRequests");
    assert_eq!(body["error"]["innerError"]["status"], "429");
    bench.simulator.set_quotas(false);
    assert_eq!(bench.graph(&token, "/v1.0/subscribedSkus").await.status(), 200);
}

#[tokio::test]
async fn sign_ins_and_reports_have_quotas_of_their_own() {
    let bench = Bench::start(20).await;
    let token = bench.application_token_with(&["AuditLog.Read.All"]).await;
    bench.simulator.set_quotas(true);
    let sign_ins = "/v1.0/users?$select=id,signInActivity";
    for _ in 0..5 {
        assert_eq!(bench.graph(&token, sign_ins).await.status(), 200);
    }
    let refused = bench.graph(&token, sign_ins).await;
    assert_eq!(refused.status(), 429);
    assert!((1..=10).contains(&refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap()));
    assert_eq!(bench.graph(&token, "/v1.0/users?$select=id").await.status(), 200);
    let report = "/v1.0/reports/getM365AppUserDetail(period='D7')";
    for _ in 0..14 {
        assert_eq!(bench.graph(&token, report).await.status(), 302);
    }
    let refused = bench.graph(&token, report).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 500);
}

#[tokio::test]
async fn answers_take_their_time_without_getting_in_each_others_way() {
    let latency = Latency { median_ms: 1_000.0, sigma: 0.0, seed: 1 };
    let options = SimulatorOptions { latency: Some(latency), ..SimulatorOptions::with_users(10) };
    let bench = Bench::with(options).await;
    let token = bench.application_token().await;
    let started = Instant::now();
    let answers = join_all((0..64).map(|_| bench.graph(&token, "/v1.0/organization"))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    let took = started.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(10), "{took:?}");
    bench.simulator.set_latency(None);
    let started = Instant::now();
    bench.graph(&token, "/v1.0/organization").await;
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn every_switch_is_on_the_control_interface() {
    let bench = Bench::start(50).await;
    let origin = bench.simulator.control_origin();
    let call = async |method: reqwest::Method, path: &str, body: Value| {
        let request = bench.http.request(method, format!("{origin}{path}")).body(body.to_string());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), json(response).await)
    };
    use reqwest::Method;
    let (_, ready) = call(Method::GET, "/", Value::Null).await;
    assert_eq!(ready["report_origin"], bench.simulator.report_origin());
    let reader = bench.simulator.accounts()[1].user_principal_name.clone();
    for (path, body) in [
        ("/premium", json!(false)),
        ("/concealed", json!(true)),
        ("/report-shape", json!({"iso_dates": true, "without": ["Has Archive"]})),
        ("/report-settings-form", json!("plain")),
        ("/reports", json!("empty")),
        ("/quotas", json!(true)),
        ("/latency", json!({"median_ms": 1.0, "sigma": 0.1})),
        ("/latency", Value::Null),
        (&format!("/accounts/{reader}/roles"), json!([crate::role::GLOBAL_READER])),
    ] {
        assert_eq!(call(Method::PUT, path, body).await, (200, json!({})), "{path}");
    }
    assert!(!bench.simulator.tenant().is_premium());
    assert_eq!(bench.simulator.accounts()[1].roles, [crate::role::GLOBAL_READER]);
    assert_eq!(bench.simulator.ground_truth().usage().count(), 0);
    let (_, created) = call(Method::POST, "/changes", json!({"create": {}})).await;
    assert_eq!(created["position"], 50);
    assert_eq!(call(Method::POST, "/changes", json!({"delete": {"position": 50}})).await.0, 200);
    assert_eq!(call(Method::POST, "/changes", json!({"delete": {"position": 50}})).await.0, 404);
    assert_eq!(call(Method::GET, "/leaked-authorizations", Value::Null).await.1["count"], 0);
    let rule = json!({
        "path": "/v1.0/users", "query": "ge 'k'", "page": 3,
        "fault": {"kind": "directory-change", "change": {"rename": {"position": 7, "new_upn": "a@b.example"}}},
    });
    assert_eq!(call(Method::POST, "/faults", rule).await.0, 200);
    assert_eq!(call(Method::GET, "/faults", Value::Null).await.1[0]["fault"]["kind"], "directory-change");
}
