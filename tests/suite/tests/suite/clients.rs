//! Microsoft's own client libraries against the simulated tenant: where they are content, the simulation is faithful.
//!
//! The scripts lie in `tests/clients`. Each gets settings and secrets on standard input, reaches nothing but this
//! machine, and tells its outcome as one JSON object, which is compared with the tenant's truth.

use crate::harness::{Finished, Running, Scene, browser, places};
use beacon_simulator::{AppRegistration, ClientId, FaultBody, FaultKind, FaultRule, RetryAfter, UserRecord};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// Where the person is sent back to: registered without the port, which does not count on a loopback address. Nobody
/// listens there, because the test hands the answer to the script.
const REDIRECT: &str = "http://localhost:5123";

/// Everything that was granted to an application itself.
const DEFAULT_SCOPE: &str = "https://graph.microsoft.com/.default";

/// What a person is asked for, in the spelling that comes back in answers.
const DELEGATED_SCOPES: [&str; 2] =
    ["https://graph.microsoft.com/User.Read.All", "https://graph.microsoft.com/Organization.Read.All"];

/// Starts a script that trusts the tenant's authority and nothing else, and knows nothing of this machine.
fn start(scene: &Scene, script: &str, settings: &Value) -> Running {
    let authority = scene.input("ca.pem", scene.tenant.ca_pem());
    let mut command = Command::new(places::python());
    // Without -B the interpreter writes beside the scripts.
    command.arg("-B").arg(places::workspace().join("tests/clients").join(script));
    command.env_clear();
    // For `requests`, below msal and azure-identity, and for `httpx`, below msgraph-sdk.
    command.env("REQUESTS_CA_BUNDLE", &authority).env("SSL_CERT_FILE", &authority);
    let mut running = Running::start(command);
    running.say(&settings.to_string());
    running
}

/// Runs a script that asks nothing.
fn run(scene: &Scene, script: &str, settings: &Value) -> Finished {
    scene.remember(start(scene, script, settings).wait())
}

/// `base` with the members of `more`.
fn with(mut base: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut base, more) else { panic!("settings are objects") };
    members.extend(more);
    base
}

/// The tenant and an application.
fn application(scene: &Scene, client_id: ClientId) -> Value {
    let (login, tenant) = (scene.tenant.login_origin(), scene.tenant.tenant_id());
    json!({
        "authority": format!("{login}/{tenant}"),
        "login": login,
        "graph": scene.tenant.graph_origin(),
        "tenant": tenant.to_string(),
        "client_id": client_id.to_string(),
    })
}

/// The organisation's own application, signing in by itself.
fn own(scene: &Scene, credential: Value) -> Value {
    let settings = application(scene, scene.tenant.own_client_id());
    with(with(settings, json!({"scopes": [DEFAULT_SCOPE]})), credential)
}

fn own_secret(scene: &Scene) -> Value {
    json!({"client_secret": scene.tenant.own_client_secret()})
}

/// An application through which a person signs in.
fn for_person(scene: &Scene, client_id: ClientId, response_mode: &str) -> Value {
    let way = json!({"scopes": DELEGATED_SCOPES, "redirect_uri": REDIRECT, "response_mode": response_mode});
    with(application(scene, client_id), way)
}

/// An application's token from the service, and the same one from the library's cache.
#[track_caller]
fn check_application(scene: &Scene, settings: &Value) {
    let outcome = run(scene, "sign_in_as_application.py", settings).exits(0).json();
    let (first, again) = (&outcome["result"], &outcome["again"]);
    assert_eq!(first["tokens"], json!(["access_token"]), "{outcome}");
    assert_eq!(first["token_type"], "Bearer", "{outcome}");
    assert_eq!(first["token_source"], "identity_provider", "{outcome}");
    assert_eq!(again["token_source"], "cache", "{outcome}");
}

#[test]
fn an_application_signs_in_by_secret() {
    let scene = Scene::small();
    check_application(&scene, &own(&scene, own_secret(&scene)));
}

/// As above, after asking the tenant's own instance discovery whether it knows the authority.
#[test]
fn an_application_finds_the_endpoints_by_instance_discovery() {
    let scene = Scene::small();
    let discovery = format!("{}/common/discovery/instance", scene.tenant.login_origin());
    check_application(&scene, &with(own(&scene, own_secret(&scene)), json!({"instance_discovery": discovery})));
    let counts = scene.tenant.request_counts();
    assert_eq!(counts.by_path.get("GET /common/discovery/instance"), Some(&1), "{counts:?}");
}

/// PS256 with a SHA-256 thumbprint, and RS256 with a SHA-1 thumbprint.
#[test]
fn an_application_signs_in_by_certificate() {
    let scene = Scene::small();
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
    let certificate = CertificateParams::new(Vec::new()).and_then(|it| it.self_signed(&key)).expect("a certificate");
    scene.tenant.add_certificate(scene.tenant.own_client_id(), certificate.der().to_vec()).expect("the own app");
    for by_sha1 in [false, true] {
        let credential =
            json!({"private_key": key.serialize_pem(), "certificate": certificate.pem(), "by_sha1": by_sha1});
        check_application(&scene, &own(&scene, credential));
    }
}

#[test]
fn a_wrong_secret_is_refused_in_words_that_the_library_knows() {
    let scene = Scene::small();
    let settings = own(&scene, json!({"client_secret": "wrong~secret~value~0123456789"}));
    let outcome = run(&scene, "sign_in_as_application.py", &settings).exits(0).json();
    assert_eq!(outcome["result"]["error"], "invalid_client", "{outcome}");
    assert_eq!(outcome["result"]["error_codes"], json!([7_000_215]), "{outcome}");
    assert_eq!(outcome["result"]["tokens"], json!([]), "{outcome}");
}

/// The guard of all other tests here: a library that turns to Microsoft's own addresses fails.
#[test]
fn a_script_that_leaves_this_machine_fails() {
    let scene = Scene::small();
    let settings = with(own(&scene, own_secret(&scene)), json!({"instance_discovery": true}));
    let finished = run(&scene, "sign_in_as_application.py", &settings).exits(1);
    assert!(finished.errors.contains("login.microsoftonline.com is not this machine"), "{}", finished.errors);
}

/// The administrator signs in with a browser and brings the answer back to the script.
fn bring_answer(scene: &Scene, script: &mut Running, by_post: bool) {
    let address = script.line(|line| line.starts_with("https://"));
    assert!(address.contains("code_challenge_method=S256"), "the library uses PKCE: {address}");
    let administrator = scene.tenant.administrator();
    if by_post {
        script.say(&browser::sign_in_by_post(&scene.tenant, &address, &administrator, REDIRECT));
    } else {
        let back = browser::sign_in(&scene.tenant, &address, &administrator);
        let back = Url::parse(&back).expect("an address");
        script.say(back.query().expect("the answer is in the query"));
    }
}

/// The tokens of a person, and claims about the right one.
#[track_caller]
fn check_person(scene: &Scene, client_id: ClientId, outcome: &Value) {
    let (result, claims) = (&outcome["result"], &outcome["result"]["claims"]);
    assert_eq!(result["tokens"], json!(["access_token", "id_token", "refresh_token"]), "{outcome}");
    let scope = result["scope"].as_str().unwrap_or_default();
    for name in DELEGATED_SCOPES {
        assert!(scope.split(' ').any(|granted| granted == name), "{name} is missing in {scope}");
    }
    let person = scene.tenant.truth().users().next().expect("the administrator is the first user");
    let (tenant, login) = (scene.tenant.tenant_id().to_string(), scene.tenant.login_origin());
    assert_eq!(claims["aud"], client_id.to_string(), "{outcome}");
    assert_eq!(claims["iss"], format!("{login}/{tenant}/v2.0"), "{outcome}");
    assert_eq!(claims["oid"], person.id.to_string(), "{outcome}");
    assert_eq!(claims["tid"], tenant, "{outcome}");
    assert_eq!(claims["ver"], "2.0", "{outcome}");
    assert_eq!(claims["preferred_username"], person.user_principal_name, "{outcome}");
    let account = json!([{
        "username": person.user_principal_name,
        "home_account_id": format!("{}.{tenant}", person.id),
        "local_account_id": person.id.to_string(),
        "realm": tenant,
    }]);
    assert_eq!(outcome["accounts"], account, "{outcome}");
}

/// Signs a person in, uses the token, and tries to redeem the code again.
#[track_caller]
fn check_authorization_code(scene: &Scene, client_id: ClientId, settings: &Value, by_post: bool) {
    let mut script = start(scene, "sign_in_as_person.py", settings);
    bring_answer(scene, &mut script, by_post);
    let outcome = scene.remember(script.wait()).exits(0).json();
    check_person(scene, client_id, &outcome);
    assert_eq!(outcome["me"]["id"], outcome["result"]["claims"]["oid"], "{outcome}");
    assert_eq!(outcome["me"]["user_principal_name"], scene.tenant.administrator(), "{outcome}");
    assert_eq!(outcome["again"]["error"], "invalid_grant", "{outcome}");
    assert_eq!(outcome["again"]["error_codes"], json!([54_005]), "a code is good for one use: {outcome}");
}

#[test]
fn a_person_signs_in_to_a_public_application() {
    let scene = Scene::small();
    let client_id = scene.tenant.vendor_client_id();
    check_authorization_code(&scene, client_id, &for_person(&scene, client_id, "query"), false);
}

#[test]
fn a_person_signs_in_to_a_web_application_that_wants_the_answer_posted() {
    let scene = Scene::small();
    let client_id = scene.tenant.own_client_id();
    let settings = with(for_person(&scene, client_id, "form_post"), own_secret(&scene));
    check_authorization_code(&scene, client_id, &settings, true);
}

#[test]
fn a_person_stays_signed_in_until_the_sign_in_is_revoked() {
    let scene = Scene::small();
    let settings = for_person(&scene, scene.tenant.vendor_client_id(), "query");
    let mut script = start(&scene, "stay_signed_in.py", &settings);
    bring_answer(&scene, &mut script, false);
    script.line(|line| line == "revoke");
    scene.tenant.revoke_sessions(&scene.tenant.administrator()).expect("the administrator");
    script.say("revoked");
    let outcome = scene.remember(script.wait()).exits(0).json();
    assert_eq!(outcome["cached"]["token_source"], "cache", "granted scopes are spelled as asked for: {outcome}");
    assert_eq!(outcome["renewed"]["token_source"], "identity_provider", "{outcome}");
    assert_eq!(outcome["rotated"], true, "{outcome}");
    let tokens = json!(["access_token", "id_token", "refresh_token"]);
    assert_eq!(outcome["by_the_replaced_one"]["tokens"], tokens, "{outcome}");
    let revoked = &outcome["revoked"];
    assert_eq!(revoked["error"], "invalid_grant", "{outcome}");
    assert_eq!(revoked["error_codes"], json!([50_173]), "{outcome}");
    assert_eq!(revoked["suberror"], "bad_token", "{outcome}");
    assert_eq!(revoked["classification"], "", "the library takes it for its own affair: {outcome}");
}

#[test]
fn a_person_signs_in_on_another_device() {
    let scene = Scene::small();
    let client_id = scene.tenant.vendor_client_id();
    let settings = with(application(&scene, client_id), json!({"scopes": DELEGATED_SCOPES}));
    let mut script = start(&scene, "sign_in_on_device.py", &settings);
    let code = script.line(|line| line.len() == 9 && line.bytes().all(|byte| byte.is_ascii_uppercase()));
    scene.is_shown(&code);
    scene.tenant.approve_device(&code, &scene.tenant.administrator()).expect("a waiting device");
    script.say("approved");
    let outcome = scene.remember(script.wait()).exits(0).json();
    assert_eq!(outcome["verification_uri"], format!("{}/device", scene.tenant.login_origin()), "{outcome}");
    assert_eq!((&outcome["expires_in"], &outcome["interval"]), (&json!(900), &json!(5)), "{outcome}");
    assert_eq!(outcome["pending"]["error"], "authorization_pending", "{outcome}");
    check_person(&scene, client_id, &outcome);
}

/// A user as `list_directory.py` tells one.
fn user(user: &UserRecord) -> Value {
    let sources = user.license_assignments.iter().filter(|source| source.reported).map(|source| {
        json!({
            "product": source.sku_id.to_string(),
            "group": source.assigned_by_group.map(|group| group.to_string()),
            "state": source.state.as_str(),
        })
    });
    let products = user.assigned_licenses.iter().map(|license| license.sku_id.to_string());
    json!({
        "id": user.id.to_string(),
        "user_principal_name": user.user_principal_name,
        "created_at": user.created_at.map(jiff::Timestamp::as_second),
        "products": products.collect::<Vec<_>>(),
        "sources": sources.collect::<Vec<_>>(),
    })
}

/// Everything that `list_directory.py` has to find.
fn directory(scene: &Scene) -> Value {
    let truth = scene.tenant.truth();
    let products = truth.products().into_iter().map(|sku| {
        json!({
            "id": sku.product.id.to_string(),
            "part_number": sku.product.part_number,
            "consumed_units": sku.consumed_units,
            "enabled_units": sku.prepaid_units.enabled,
            "plans": sku.product.plans.iter().map(|plan| plan.id.to_string()).collect::<Vec<_>>(),
        })
    });
    let subscriptions = truth.subscriptions().into_iter().map(|subscription| subscription.id.to_string());
    json!({
        "organization": truth.organization().id.to_string(),
        "users": truth.users().map(|record| user(&record)).collect::<Vec<_>>(),
        "user_count": truth.users().count(),
        "products": products.collect::<Vec<_>>(),
        "subscriptions": subscriptions.collect::<Vec<_>>(),
    })
}

/// Lists the directory and compares every record, in order, under `faults`.
#[track_caller]
fn check_directory(users: u64, page_size: u64, faults: impl IntoIterator<Item = FaultRule>) -> Scene {
    let scene = Scene::of(users, 7);
    scene.tenant.disturb(faults);
    let settings = with(own(&scene, own_secret(&scene)), json!({"page_size": page_size}));
    let found = run(&scene, "list_directory.py", &settings).exits(0).json();
    let expected = directory(&scene);
    for name in ["users", "products", "subscriptions"] {
        let list = |of: &Value| of[name].as_array().cloned().unwrap_or_default();
        let (found, expected) = (list(&found), list(&expected));
        // Record by record: thousands at once are unreadable in a failure.
        for (position, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "{name}, position {position}");
        }
        assert_eq!(found.len(), expected.len(), "{name}");
    }
    assert_eq!(found["organization"], expected["organization"]);
    assert_eq!(found["user_count"], expected["user_count"]);
    scene
}

fn token_calls(scene: &Scene) -> usize {
    scene.tenant.requests().into_iter().filter(|request| request.grant.is_some()).count()
}

#[test]
fn the_whole_directory_over_several_pages() {
    // The library takes some 10 ms for each user.
    let scene = check_directory(1_100, 500, []);
    assert_eq!(scene.tenant.asked("/v1.0/users"), 3, "two full pages and the rest");
    assert_eq!(token_calls(&scene), 1);
}

/// Throttling, and a token that is refused with a claims challenge, in the form to which the libraries react.
#[test]
fn the_whole_directory_in_spite_of_disturbances() {
    let throttled = FaultKind::Status { status: 429, retry_after: Some(RetryAfter::Seconds(1)), body: FaultBody::Json };
    let scene = check_directory(
        25,
        10,
        [
            FaultRule::once("/v1.0/users", throttled).on_page(2),
            FaultRule::once("/v1.0/users", FaultKind::ClaimsChallenge).on_page(3),
        ],
    );
    assert_eq!(scene.tenant.asked("/v1.0/users"), 5, "three pages, two of them twice");
    assert_eq!(token_calls(&scene), 2, "the challenge asks for another token");
}

#[test]
fn refusals_are_read_as_graphs_errors() {
    let scene = Scene::small();
    let client_id = ClientId(Uuid::from_u128(0xc11e_4715));
    scene.tenant.register(AppRegistration::new(client_id, "People only").with_application(["User.Read.All"]));
    scene.tenant.grant_consent(client_id);
    let secret = scene.tenant.add_secret(client_id, Duration::from_secs(3_600)).expect("the new app");
    let settings = with(application(&scene, client_id), json!({"client_secret": secret}));
    let outcome = run(&scene, "be_refused.py", &settings).exits(0).json();
    for (name, status, code) in [
        ("nobody", 404, "Request_ResourceNotFound"),
        ("too_many", 400, "Request_UnsupportedQuery"),
        ("not_permitted", 403, "Authorization_RequestDenied"),
    ] {
        let refused = &outcome[name];
        assert_eq!((&refused["status"], &refused["code"]), (&json!(status), &json!(code)), "{outcome}");
        let id = refused["request_id"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        assert!(id.is_some(), "support asks for the id of the request: {outcome}");
    }
}
