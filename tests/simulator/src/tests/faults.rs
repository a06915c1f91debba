//! Faults as a client meets them, the request log, and the control interface.

use super::client::{Bench, json};
use crate::{FaultBody, FaultKind, FaultRule, RetryAfter, SimulatorOptions};
use serde_json::{Value, json};

const USERS: &str = "/v1.0/users";

async fn ids(bench: &Bench, token: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut next = Some(format!("{}/v1.0/users?$select=id&$top=20", bench.simulator.graph_origin()));
    while let Some(url) = next {
        let body = json(bench.http.get(url).bearer_auth(token).send().await.unwrap()).await;
        ids.extend(body["value"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()));
        next = body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    ids
}

#[tokio::test]
async fn throttling_has_every_form_of_retry_after() {
    let bench = Bench::start(10).await;
    let token = bench.application_token().await;
    let status = |status, retry_after, body| FaultKind::Status { status, retry_after, body };
    for (fault, code, header) in [
        (status(429, Some(RetryAfter::Seconds(2)), FaultBody::Json), 429, Some("2")),
        (status(429, Some(RetryAfter::Fraction(2.128)), FaultBody::Json), 429, Some("2.128")),
        (status(503, None, FaultBody::Html), 503, None),
        (status(504, None, FaultBody::Empty), 504, None),
    ] {
        bench.simulator.add_fault(FaultRule::once(USERS, fault));
        let response = bench.graph(&token, USERS).await;
        assert_eq!(response.status().as_u16(), code);
        assert_eq!(response.headers().get("retry-after").map(|value| value.to_str().unwrap()), header);
        assert_eq!(bench.graph(&token, USERS).await.status(), 200, "once is once");
    }
    bench.simulator.add_fault(FaultRule::once(USERS, status(429, Some(RetryAfter::Date(5)), FaultBody::Json)));
    let response = bench.graph(&token, USERS).await;
    assert!(response.headers()["retry-after"].to_str().unwrap().ends_with(" GMT"));
    assert_eq!(json(response).await["error"]["innerError"]["status"], "429");
}

#[tokio::test]
async fn pages_can_be_empty_doubled_or_lead_astray() {
    let bench = Bench::start(50).await;
    let token = bench.application_token().await;
    let right = ids(&bench, &token).await;
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::EmptyPage).on_page(2));
    assert_eq!(ids(&bench, &token).await, right);
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::DuplicateAcrossPages).on_page(1));
    let doubled = ids(&bench, &token).await;
    assert_eq!(doubled.len(), right.len() + 1);
    assert_eq!(doubled[19], doubled[20]);

    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::StuckLink));
    let target = "/v1.0/users?$top=20";
    let (_, stuck) = bench.graph_json(&token, target).await;
    assert_eq!(stuck["@odata.nextLink"], format!("{}{target}", bench.simulator.graph_origin()));
    let origin = "https://elsewhere.example".to_owned();
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::ForeignLink { origin: origin.clone() }));
    let (_, foreign) = bench.graph_json(&token, target).await;
    assert!(foreign["@odata.nextLink"].as_str().unwrap().starts_with(&origin));
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::MissingValue));
    assert!(bench.graph_json(&token, target).await.1.get("value").is_none());
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::ExpiredPageToken));
    assert_eq!(bench.graph_json(&token, target).await.1["error"]["code"], "Directory_ExpiredPageToken");
}

#[tokio::test]
async fn lists_have_pages_as_small_as_wished() {
    let bench = Bench::with(SimulatorOptions { largest_page: Some(7), ..SimulatorOptions::with_users(20) }).await;
    let token = bench.application_token().await;
    for (target, more) in [("/v1.0/users?$top=999", 13), ("/v1.0/directory/subscriptions", 1), ("/v1.0/groups", 1)] {
        let (_, first) = bench.graph_json(&token, target).await;
        assert_eq!(first["value"].as_array().unwrap().len(), 7, "{target}");
        assert!(bench.all_pages(&token, target).await.len() >= 7 + more, "{target}");
    }
}

#[tokio::test]
async fn errors_of_any_kind_and_lists_of_one_page_that_lead_astray() {
    let bench = Bench::start(10).await;
    let token = bench.application_token().await;
    for path in ["/v1.0/organization", "/v1.0/subscribedSkus"] {
        let gone = FaultKind::GraphError { status: 410, code: "resyncRequired".to_owned(), message: "x".to_owned() };
        bench.simulator.add_fault(FaultRule::once(path, gone));
        let (status, body) = bench.graph_json(&token, path).await;
        assert_eq!((status, &body["error"]["code"]), (410, &json!("resyncRequired")));
        bench.simulator.add_fault(FaultRule::once(path, FaultKind::StuckLink));
        let stuck = bench.graph_json(&token, path).await.1;
        assert_eq!(stuck["@odata.nextLink"], format!("{}{path}", bench.simulator.graph_origin()));
        bench.simulator.add_fault(FaultRule::once(path, FaultKind::MissingValue));
        assert!(bench.graph_json(&token, path).await.1.get("value").is_none());
        assert!(bench.graph_json(&token, path).await.1.get("@odata.nextLink").is_none());
    }
}

#[tokio::test]
async fn bodies_can_be_spoiled() {
    let bench = Bench::start(50).await;
    let token = bench.application_token().await;
    for fault in [FaultKind::CutBody, FaultKind::WrongContentLength] {
        bench.simulator.add_fault(FaultRule::once(USERS, fault.clone()));
        let response = bench.graph(&token, USERS).await;
        assert_eq!(response.status(), 200);
        assert!(response.bytes().await.is_err(), "{fault:?}");
    }
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::InvalidJson));
    let half = bench.graph(&token, USERS).await.bytes().await.unwrap();
    assert!(serde_json::from_slice::<Value>(&half).is_err());
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::SlowBody { milliseconds: 100 }));
    let started = std::time::Instant::now();
    assert_eq!(json(bench.graph(&token, USERS).await).await["value"].as_array().unwrap().len(), 50);
    assert!(started.elapsed().as_millis() >= 100);
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::OversizedBody { bytes: 3 << 20 }));
    assert!(bench.graph(&token, USERS).await.bytes().await.unwrap().len() >= 3 << 20);
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::GzipBomb { bytes: 64 << 20 }));
    let bomb = bench.graph(&token, USERS).await;
    assert_eq!(bomb.headers()["content-encoding"], "gzip");
    assert!(bomb.bytes().await.unwrap().len() < 1 << 20);
}

#[tokio::test]
async fn refusals_and_redirects_on_order() {
    let bench = Bench::start(10).await;
    let token = bench.application_token().await;
    bench.simulator.add_fault(FaultRule::once("/v1.0/*", FaultKind::ExpiredToken).from_nth(2));
    assert_eq!(bench.graph(&token, USERS).await.status(), 200);
    assert_eq!(bench.graph(&token, USERS).await.status(), 401);
    bench.simulator.add_fault(FaultRule::once("/v1.0/*", FaultKind::ClaimsChallenge));
    let challenged = bench.graph(&token, USERS).await;
    assert!(
        challenged.headers()["www-authenticate"].to_str().unwrap().contains("error=\"insufficient_claims\", claims=\"")
    );
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::Redirect { to: "https://127.0.0.1:1/x".into() }));
    assert_eq!(bench.graph(&token, USERS).await.headers()["location"], "https://127.0.0.1:1/x");
    bench.simulator.add_fault(FaultRule::once("*/oauth2/v2.0/token", FaultKind::SignInError { number: 50_173 }));
    assert_eq!(bench.refusal(&[("grant_type", "client_credentials")]).await.0, 50_173);
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_no_secret() {
    let bench = Bench::start(10).await;
    let code = bench.code();
    bench.redeem(&code).await;
    let token = bench.application_token().await;
    bench.graph(&token, "/v1.0/users?$top=5").await;
    bench.graph(&token, &format!("/v1.0/users?code={code}")).await;
    let log = bench.simulator.requests();
    assert_eq!(log.last().unwrap().target, "/v1.0/users?code=***");
    assert!(log.iter().any(|request| request.grant.as_deref() == Some("authorization_code")));
    let text = serde_json::to_string(&log).unwrap();
    let secrets = bench.simulator.secrets();
    assert!(
        secrets.contains(&code) && secrets.contains(&token) && secrets.contains(&bench.simulator.own_client_secret())
    );
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()));
    }
    assert_eq!(bench.simulator.request_counts().by_path["GET /v1.0/users"], 2);
    bench.simulator.clear_requests();
    assert_eq!(bench.simulator.request_counts().total, 0);
}

#[tokio::test]
async fn the_control_interface_does_what_the_library_does() {
    let bench = Bench::start(10).await;
    let origin = bench.simulator.control_origin();
    let call = async |method: reqwest::Method, path: &str, body: Value| {
        let response =
            bench.http.request(method, format!("{origin}{path}")).body(body.to_string()).send().await.unwrap();
        (response.status().as_u16(), json(response).await)
    };
    use reqwest::Method;
    let (_, ready) = call(Method::GET, "/", Value::Null).await;
    assert_eq!(ready["tenant_id"], bench.tenant());
    let fault = json!({"path": USERS, "fault": {"kind": "status", "status": 429, "retry_after": {"seconds": 1}}});
    assert_eq!(call(Method::POST, "/faults", fault).await.0, 200);
    let token = bench.application_token().await;
    assert_eq!(bench.graph(&token, USERS).await.headers()["retry-after"], "1");
    let sign_in =
        json!({"url": bench.authorize(&[]), "account": bench.simulator.administrator(), "decision": "accept"});
    let (status, answer) = call(Method::POST, "/sign-in", sign_in).await;
    assert_eq!(status, 200);
    assert!(answer["redirect"].as_str().unwrap().contains("code="));
    assert_eq!(call(Method::POST, "/token-errors", json!({"number": 53_003, "times": 1})).await.0, 200);
    assert_eq!(bench.refusal(&[]).await.0, 53_003);
    let before = bench.simulator.clock().now();
    assert_eq!(call(Method::POST, "/clock", json!({"seconds": 3_600})).await.0, 200);
    assert!(bench.simulator.clock().now().as_second() - before.as_second() >= 3_600);
    assert_eq!(call(Method::GET, "/nothing", Value::Null).await.0, 404);
    let foreign =
        bench.http.get(format!("{origin}/secrets")).header("origin", "http://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn the_end_cuts_open_connections() {
    let bench = Bench::start(10).await;
    let token = bench.application_token().await;
    let (origin, http) = (bench.simulator.graph_origin(), bench.http.clone());
    bench.simulator.shutdown().await;
    assert!(http.get(format!("{origin}/v1.0/users")).bearer_auth(token).send().await.is_err());
}
