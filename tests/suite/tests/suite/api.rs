//! The HTTP API: who may what, and what is refused.

use crate::harness::served::{PASSWORD, Served, Visitor};
use crate::harness::{Scene, forms};
use beacon_simulator::Decision;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::Read;

/// A connection as the page sends it.
pub(crate) fn draft(name: &str, settings: Value, secrets: Value) -> Value {
    json!({ "name": name, "source_type": "Microsoft 365", "settings": settings, "secrets": secrets })
}

pub(crate) fn own_app(scene: &Scene) -> Value {
    let settings = serde_json::to_value(forms::own_app(&scene.tenant).settings()).expect("JSON");
    draft("Contoso", settings, json!({ "client_secret": { "value": scene.tenant.own_client_secret() } }))
}

#[track_caller]
pub(crate) fn added(administrator: &Visitor<'_>, draft: &Value) -> String {
    let answered = administrator.sends(Method::POST, "/api/v1/connections", Some(draft)).is(StatusCode::CREATED);
    answered.json()["id"].as_str().expect("an id").to_owned()
}

/// Runs an import to its end.
#[track_caller]
pub(crate) fn imported(administrator: &Visitor<'_>, connection: &str) -> Value {
    let path = format!("/api/v1/connections/{connection}/runs");
    let started = administrator.sends(Method::POST, &path, None).is(StatusCode::ACCEPTED).json();
    let path = format!("/api/v1/runs/{}", started["run"].as_str().expect("an id"));
    administrator.reads_until(&path, |run| run["phase"] == "finished" && run["status"] != "running")
}

#[test]
fn every_route_of_the_description_asks_for_its_role() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let nobody = served.visitor();
    let administrator = served.administrator();
    let reader = served.reader(&administrator);
    let description = nobody.reads("/api/v1/openapi.json");
    let mut checked = 0;
    for (template, operations) in description["paths"].as_object().expect("paths") {
        let path = match template.find('{') {
            Some(open) => {
                let close = template.find('}').expect("a closed placeholder");
                format!("{}00000000-0000-0000-0000-000000000000{}", &template[..open], &template[close + 1..])
            }
            None => template.clone(),
        };
        for (method, operation) in operations.as_object().expect("operations") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let access = operation["description"].as_str().expect("who may");
            let (anyone, administrators) = (access.contains("no session"), access.contains("of an administrator"));
            let what = format!("{method} {template}");
            if anyone {
                continue;
            }
            let refused = nobody.sends(method.clone(), &path, None);
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{what}, signed out");
            if administrators {
                let refused = reader.sends(method.clone(), &path, None);
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}, as a reader");
                assert_eq!(refused.code(), "session.role", "{what}");
            }
            if method != Method::GET {
                let unmarked = [("x-beacon-csrf", "")];
                let refused = administrator.sends_with(method.clone(), &path, None, &unmarked);
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}, without the mark");
                assert_eq!(refused.code(), "request.csrf", "{what}");
            }
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} routes are described");
}

#[test]
fn readers_see_data_and_no_settings() {
    let scene = Scene::small();
    scene.tenant.permit_everything();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let connection = added(&administrator, &own_app(&scene));
    assert_eq!(imported(&administrator, &connection)["status"], "complete");
    let reader = served.reader(&administrator);
    let shown = reader.reads(&format!("/api/v1/connections/{connection}"));
    assert_eq!(shown["settings"], json!({}));
    assert_eq!(shown["secrets"], json!([]));
    assert_eq!(shown["last_run"]["package_folder"], Value::Null);
    let users = reader.reads("/api/v1/data/rows/users?limit=500");
    assert_eq!(users["total"], 50);
}

#[test]
fn what_was_imported_is_what_the_tenant_has() {
    let scene = Scene::of(300, 7);
    scene.tenant.permit_everything();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let connection = added(&administrator, &own_app(&scene));
    let test = administrator.task(&connection, &json!({ "kind": "test", "runs_in": "host" }));
    assert_eq!(test["problem"], Value::Null);
    assert!(test["checks"].as_array().expect("checks").iter().all(|check| check["verdict"] == "pass"), "{test}");
    let preview = administrator.task(&connection, &json!({ "kind": "preview", "runs_in": "host" }));
    let tables = preview["preview"]["tables"].as_array().expect("tables");
    assert!(tables.iter().any(|table| table["table"] == "users" && table["rows"] != json!([])));
    let run = imported(&administrator, &connection);
    assert_eq!(run["status"], "complete", "{run}");
    let truth = scene.tenant.truth();
    let overview = administrator.reads("/api/v1/data/overview");
    assert_eq!(overview["totals"]["users"], truth.users().count());
    let products = administrator.reads("/api/v1/data/rows/licences?limit=500");
    assert_eq!(products["total"], truth.products().len());
    let csv = administrator.sends(Method::GET, "/api/v1/data/export/users?format=csv", None).is(StatusCode::OK);
    let lines = String::from_utf8(csv.body).expect("UTF-8").lines().count();
    assert_eq!(lines, truth.users().count() + 1, "one line for each person and the heads");
    let parquet = administrator.sends(Method::GET, "/api/v1/data/export/users?format=parquet", None);
    assert!(parquet.is(StatusCode::OK).body.starts_with(b"PAR1"));
    // The tenant's name is known from its first package on.
    let shown = administrator.reads(&format!("/api/v1/connections/{connection}"));
    assert_eq!(shown["health"], "healthy");
    assert!(shown["tenant_name"].is_string(), "{shown}");
}

#[test]
fn other_sites_and_other_names_are_refused() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let path = "/api/v1/connections";
    let with = |method: Method, headers: &[(&str, &str)]| administrator.sends_with(method, path, None, headers);
    assert_eq!(with(Method::GET, &[]).status, StatusCode::OK);
    for host in ["evil.example", "localhost.evil.example", "localhost", "localhost:1", "127.0.0.1"] {
        let refused = with(Method::GET, &[("host", host)]).is(StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(refused.code(), "request.host", "{host}");
    }
    let port = served.address.rsplit(':').next().expect("a port");
    let moved = with(Method::GET, &[("host", &format!("127.0.0.1:{port}"))]).is(StatusCode::PERMANENT_REDIRECT);
    assert_eq!(moved.headers["location"], format!("{}{path}", served.address));
    with(Method::POST, &[("host", &format!("127.0.0.1:{port}"))]).is(StatusCode::MISDIRECTED_REQUEST);
    for origin in ["http://evil.example", "null", "http://localhost", "http://127.0.0.1:80"] {
        assert_eq!(with(Method::GET, &[("origin", origin)]).is(StatusCode::FORBIDDEN).code(), "request.origin");
        assert_eq!(with(Method::POST, &[("origin", origin)]).is(StatusCode::FORBIDDEN).code(), "request.origin");
    }
    for site in ["cross-site", "same-site"] {
        assert_eq!(with(Method::GET, &[("sec-fetch-site", site)]).is(StatusCode::FORBIDDEN).code(), "request.origin");
    }
    with(Method::GET, &[("sec-fetch-site", "same-origin")]).is(StatusCode::OK);
}

#[test]
fn malformed_requests_are_refused_without_repeating_them() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let secret = "sim8Q~a-secret-in-a-broken-body";
    let path = "/api/v1/connections";
    let cases: [(&str, Vec<u8>, StatusCode); 5] = [
        ("application/json", format!("{{\"secrets\": \"{secret}").into_bytes(), StatusCode::BAD_REQUEST),
        ("application/json", format!("{{\"name\": [\"{secret}\"]}}").into_bytes(), StatusCode::UNPROCESSABLE_ENTITY),
        ("text/plain", b"{}".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/json", vec![b'['; 300_000], StatusCode::PAYLOAD_TOO_LARGE),
        ("application/json", vec![0xff; 10], StatusCode::BAD_REQUEST),
    ];
    for (content_type, body, status) in cases {
        let answered = administrator.sends_raw(path, content_type, body).is(status);
        assert!(answered.code().starts_with("request."));
        assert!(!String::from_utf8_lossy(&answered.body).contains(secret));
    }
    for path in [
        "/api/v1/runs/..%2f..%2fetc%2fpasswd",
        "/api/v1/connections/%00",
        "/api/v1/modules/../../beacon.sqlite",
        "/api/v1/nothing",
        "/..%2fbeacon.sqlite",
        "/beacon.sqlite",
        "/api/v1/data/rows/secrets",
    ] {
        assert_eq!(administrator.sends(Method::GET, path, None).status, StatusCode::NOT_FOUND, "{path}");
    }
    for query in ["sort=secret", "limit=100000", "limit=x", "filter=a", "days=5"] {
        let path = format!("/api/v1/data/rows/users?{query}");
        assert_eq!(administrator.sends(Method::GET, &path, None).status, StatusCode::BAD_REQUEST, "{query}");
    }
    administrator.reads(path);
}

#[test]
fn every_answer_carries_the_headers_that_a_browser_needs() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let visitor = served.visitor();
    for path in ["/", "/connections", "/api/v1/session", "/api/v1/nothing", "/consent/callback?code=1&state=2"] {
        let headers = visitor.sends(Method::GET, path, None).headers;
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && policy.contains("'wasm-unsafe-eval'"), "{path}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
    }
    let session = served.administrator().sends(Method::GET, "/api/v1/session", None);
    assert_eq!(session.headers["cache-control"], "no-store");
}

/// The whole of what a decoder gives.
fn unpacked(mut decoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).expect("it is packed as it says");
    bytes
}

/// RFC 9110 section 12.5.3: what a browser does not accept it does not get.
#[test]
#[expect(clippy::disallowed_types, reason = "unpacks nothing but the page's own files")]
fn files_of_the_page_come_packed_as_the_browser_accepts_them() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let visitor = served.visitor();
    let get = |accepted: &str| {
        let answer = visitor.sends_with(Method::GET, "/page_bg.wasm", None, &[("accept-encoding", accepted)]);
        let answer = answer.is(StatusCode::OK);
        let encoding = answer.headers.get("content-encoding").map(|value| value.to_str().expect("text").to_owned());
        (encoding.unwrap_or_default(), answer.body)
    };
    let (encoding, plain) = get("identity");
    assert_eq!((encoding.as_str(), plain.get(..4)), ("", Some(b"\0asm".as_slice())));
    for accepted in ["gzip, deflate, br, zstd", "BR;q=0.5, gzip"] {
        let (encoding, packed) = get(accepted);
        assert_eq!(encoding, "br", "{accepted}");
        assert!(unpacked(brotli::Decompressor::new(packed.as_slice(), 4096)) == plain, "{accepted}");
    }
    for accepted in ["gzip", "br;q=0, gzip;q=1.0", "br ; q=0.000, gzip"] {
        let (encoding, packed) = get(accepted);
        assert_eq!(encoding, "gzip", "{accepted}");
        assert!(unpacked(flate2::read::GzDecoder::new(packed.as_slice())) == plain, "{accepted}");
    }
}

#[test]
fn sessions_end_links_are_good_once_and_guessing_is_slowed() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let visitor = served.visitor();
    let token = Served::token(served.link.as_deref().expect("a link"));
    let again = json!({ "token": token, "password": PASSWORD });
    let refused = visitor.sends(Method::POST, "/api/v1/session/link", Some(&again)).is(StatusCode::UNAUTHORIZED);
    assert_eq!(refused.code(), "session.link");
    administrator.sends(Method::DELETE, "/api/v1/session", None).is(StatusCode::NO_CONTENT);
    administrator.sends(Method::GET, "/api/v1/connections", None).is(StatusCode::UNAUTHORIZED);
    let guess = json!({ "account": "administrator", "password": "not the right one" });
    let sign_in = |body: &Value| visitor.sends(Method::POST, "/api/v1/session/sign-in", Some(body));
    for _ in 0..5 {
        assert_eq!(sign_in(&guess).is(StatusCode::UNAUTHORIZED).code(), "session.password");
    }
    // Now even the right one is not looked at.
    let right = json!({ "account": "administrator", "password": PASSWORD });
    assert_eq!(sign_in(&right).is(StatusCode::TOO_MANY_REQUESTS).code(), "session.attempts");
    // Who may read the data folder gets in, and may begin anew.
    let link = scene.beacon(&["--json", "admin", "link"]).exits(0).json()["link"].as_str().expect("a link").to_owned();
    let body = json!({ "token": Served::token(&link), "password": "another password" });
    served.visitor().sends(Method::POST, "/api/v1/session/link", Some(&body)).is(StatusCode::OK);
    let reset = scene.beacon(&["--json", "admin", "reset", "--yes"]).exits(0).json();
    assert!(reset["link"].as_str().expect("a link").contains("/first#token="));
    assert_eq!(served.visitor().reads("/api/v1/session")["state"], "first_start");
}

#[test]
fn short_passwords_and_the_loss_of_the_last_administrator_are_refused() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let put = |name: &str, role: &str, password: &str| {
        let account = json!({ "name": name, "role": role, "password": password });
        administrator.sends(Method::POST, "/api/v1/accounts", Some(&account))
    };
    assert_eq!(put("ada", "reader", "short").is(StatusCode::UNPROCESSABLE_ENTITY).code(), "account.password");
    assert_eq!(put("a/b", "reader", PASSWORD).is(StatusCode::UNPROCESSABLE_ENTITY).code(), "account.name");
    assert_eq!(put("administrator", "reader", PASSWORD).is(StatusCode::CONFLICT).code(), "account.last");
    let remove = |name: &str| administrator.sends(Method::DELETE, &format!("/api/v1/accounts/{name}"), None);
    assert_eq!(remove("administrator").is(StatusCode::CONFLICT).code(), "account.last");
    remove("nobody").is(StatusCode::NOT_FOUND);
    put("ada", "administrator", PASSWORD).is(StatusCode::NO_CONTENT);
    remove("administrator").is(StatusCode::NO_CONTENT);
    // Whoever removes the account that it works with is signed out.
    administrator.sends(Method::GET, "/api/v1/connections", None).is(StatusCode::UNAUTHORIZED);
}

#[test]
fn the_network_needs_a_certificate() {
    let scene = Scene::small();
    let refused = scene.beacon(&["--json", "serve", "--listen", "0.0.0.0:0"]).exits(5).error();
    assert_eq!(refused.code, "serve.certificate_needed");
    assert!(refused.text().contains("--tls-cert"));
}

/// Signs in at the simulated page, as the browser of this visitor.
pub(crate) fn signed_in(scene: &Scene, visitor: &Visitor<'_>, task: &Value, decision: Decision) -> String {
    let address = task["sign_in_address"].as_str().expect("an address");
    let account = scene.tenant.administrator();
    let back = scene.tenant.sign_in(address, &account, decision).expect("the sign-in page leads back");
    let path = back.splitn(4, '/').nth(3).map_or_else(|| "/".to_owned(), |path| format!("/{path}"));
    let answered = visitor.sends(Method::GET, &path, None).is(StatusCode::SEE_OTHER);
    let location = answered.headers["location"].to_str().expect("text").to_owned();
    assert!(!location.contains("code="), "the code stays out of the next address");
    location
}

#[test]
fn a_consent_is_kept_only_after_somebody_confirmed_it() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let settings =
        forms::vendor_app(&scene.tenant).set("flow", "authorization_code").set("redirect_uri", "http://localhost");
    let settings = serde_json::to_value(settings.settings()).expect("JSON");
    let connection = added(&administrator, &draft("Contoso", settings, json!({})));
    let order = json!({ "kind": "consent", "runs_in": "host", "way": "browser" });
    let shown = || administrator.reads(&format!("/api/v1/connections/{connection}"));
    assert_eq!(shown()["health"], "needs_consent");
    // Somebody else's browser has no part in this attempt.
    let task = administrator.task(&connection, &order);
    let stranger = signed_in(&scene, &served.visitor(), &task, Decision::Decline);
    assert_eq!(stranger, "/consent-done.html#unknown");
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    assert_eq!(administrator.reads(&path)["phase"], "waiting_for_sign_in");
    // A person who declines is told so, and nothing is kept.
    signed_in(&scene, &administrator, &task, Decision::Decline);
    let declined = administrator.reads_until(&path, |task| task["phase"] == "finished");
    assert!(declined["problem"]["title"].as_str().expect("a title").contains("declined"), "{declined}");
    assert_eq!(shown()["consent"], Value::Null);
    // One who accepts is shown first.
    let task = administrator.task(&connection, &order);
    signed_in(&scene, &administrator, &task, Decision::Accept);
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    let waiting = administrator.reads_until(&path, |task| task["phase"] == "waiting_for_confirmation");
    assert_eq!(waiting["consent"]["tenant_id"], scene.tenant.tenant_id().to_string());
    assert_eq!(shown()["consent"], Value::Null);
    assert_eq!(shown()["secrets"], json!([]));
    let kept = administrator.sends(Method::POST, &format!("{path}/confirm"), None).is(StatusCode::OK).json();
    assert_eq!(kept["kept"], true);
    assert_eq!(shown()["secrets"][0]["slot"], "refresh_token");
    assert_eq!(imported(&administrator, &connection)["status"], "complete");
}

#[test]
fn an_organisation_can_forbid_pasting_and_codes() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let settings = serde_json::to_value(forms::vendor_app(&scene.tenant).settings()).expect("JSON");
    let connection = added(&administrator, &draft("Contoso", settings, json!({})));
    let rule = json!({ "values": {}, "only_browser_consent": true });
    administrator.sends(Method::PUT, "/api/v1/defaults", Some(&rule)).is(StatusCode::NO_CONTENT);
    for way in ["paste", "device"] {
        let order = json!({ "kind": "consent", "runs_in": "host", "way": way });
        let path = format!("/api/v1/connections/{connection}/tasks");
        let refused = administrator.sends(Method::POST, &path, Some(&order)).is(StatusCode::FORBIDDEN);
        assert_eq!(refused.code(), "consent.way_forbidden");
    }
}

#[test]
fn a_beacon_that_was_killed_in_an_import_goes_on_with_it() {
    let scene = Scene::of(400, 3);
    scene.tenant.permit_everything();
    let connection = {
        let mut served = Served::start(&scene);
        let administrator = served.administrator();
        let connection = added(&administrator, &own_app(&scene));
        let path = format!("/api/v1/connections/{connection}/runs");
        administrator.sends(Method::POST, &path, None).is(StatusCode::ACCEPTED);
        // Sign-in dates come five pages in ten seconds: there is time to be killed.
        crate::harness::served::eventually("something was asked", || {
            (scene.tenant.asked("/v1.0/users") > 0).then_some(())
        });
        served.kill();
        connection
    };
    // It goes on by itself.
    let served = Served::start(&scene);
    let administrator = served.administrator_again();
    let runs = administrator.reads(&format!("/api/v1/connections/{connection}/runs"));
    let path = format!("/api/v1/runs/{}", runs[0]["id"].as_str().expect("an id"));
    let run = administrator.reads_until(&path, |run| run["phase"] == "finished" && run["status"] != "running");
    assert_eq!(run["status"], "complete", "{run}");
}
