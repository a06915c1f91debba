//! Grants, refusals, pages and documents of the sign-in site.

use super::client::{Bench, REDIRECT, SCOPES, VERIFIER, json, parameter, refusal};
use crate::{AppRegistration, ClientId, Decision, Policies, RedirectKind};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: u64 = 86_400;

#[tokio::test]
async fn an_application_signs_in_by_secret() {
    let bench = Bench::start(10).await;
    let (client, secret) = (bench.simulator.own_client_id().to_string(), bench.simulator.own_client_secret());
    let form = |secret: &'static str, scope: &'static str| {
        [("grant_type", "client_credentials"), ("client_id", ""), ("client_secret", secret), ("scope", scope)]
    };
    let good = "https://graph.microsoft.com/.default";
    let mut right = form("", good);
    (right[1].1, right[2].1) = (client.as_str(), secret.as_str());
    let (status, body) = bench.token(&right).await;
    assert_eq!(status, 200);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], body["ext_expires_in"]);
    assert!((3_600..5_400).contains(&body["expires_in"].as_i64().unwrap()));
    for absent in ["scope", "refresh_token", "id_token"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }

    for (index, value, number, error, expected) in [
        (2, "wrong", 7_000_215, "invalid_client", 401),
        (2, "", 7_000_218, "invalid_client", 401),
        (1, "0a1b2c3d-0000-4000-8000-000000000000", 700_016, "unauthorized_client", 400),
        (1, "no-guid", 700_038, "unauthorized_client", 400),
        (1, "", 900_144, "invalid_request", 400),
        (3, "https://graph.microsoft.com/User.Read.All", 1_002_012, "invalid_scope", 400),
        (3, "https://elsewhere.example/.default", 500_011, "invalid_resource", 400),
        (3, "https://graph.microsoft.com/.default openid", 70_011, "invalid_scope", 400),
        (0, "implicit", 70_003, "unsupported_grant_type", 400),
    ] {
        let mut wrong = right;
        wrong[index].1 = value;
        assert_eq!(bench.refusal(&wrong).await, (number, error.to_owned(), expected), "{value}");
    }
    for (tenant, number) in
        [("common", 50_059), ("organizations", 50_059), ("nowhere.example", 90_002), ("neighbour.example", 700_016)]
    {
        let (status, body) = bench.token_at(tenant, &right).await;
        assert_eq!((status, body["error_codes"][0].as_u64()), (400, Some(number)), "{tenant}");
    }
    bench.simulator.clock().advance(Duration::from_secs(366 * DAY));
    assert_eq!(bench.refusal(&right).await.0, 7_000_222);
}

#[tokio::test]
async fn a_refusal_has_the_shape_of_the_wire() {
    let bench = Bench::start(10).await;
    let url = format!("{}/{}/oauth2/v2.0/token", bench.simulator.login_origin(), bench.tenant());
    let id = "3f0b9f36-2f31-4d5c-8f7a-111111111111";
    let request = bench.http.post(url).header("client-request-id", id).body("grant_type=refresh_token&refresh_token=x");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["cache-control"], "no-store, no-cache");
    assert_eq!(response.headers()["x-ms-clitelem"], "1,9002313,0,,");
    let trace = response.headers()["x-ms-request-id"].to_str().unwrap().to_owned();
    let body = json(response).await;
    assert_eq!(body["error"], "invalid_grant", "the shape is checked before client and credential");
    assert_eq!(body["correlation_id"], id);
    assert_eq!(body["trace_id"], trace.as_str());
    let description = body["error_description"].as_str().unwrap();
    assert!(description.starts_with("AADSTS9002313: "));
    assert!(
        description.ends_with(&format!(" Correlation ID: {id} Timestamp: {}", body["timestamp"].as_str().unwrap()))
    );
    assert!(body["error_uri"].as_str().unwrap().ends_with("/error?code=9002313"));
}

#[tokio::test]
async fn a_person_signs_in_with_a_code() {
    let bench = Bench::start(10).await;
    let administrator = bench.simulator.administrator();
    let redirect = bench.simulator.sign_in(&bench.authorize(&[]), &administrator, Decision::Accept).unwrap();
    assert!(redirect.starts_with("http://localhost:5123/?code=1."), "{redirect}");
    assert!(redirect.contains("&state=s+t&session_state=") && redirect.ends_with('#'), "{redirect}");
    let code = parameter(&redirect, "code").unwrap();

    let (status, body) = bench.redeem(&code).await;
    assert_eq!(status, 200, "{body}");
    let scope = body["scope"].as_str().unwrap();
    assert!(scope.contains("https://graph.microsoft.com/User.Read.All") && scope.contains("openid"), "{scope}");
    let claims = claims(body["id_token"].as_str().unwrap());
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["tid"], bench.tenant().as_str());
    assert_eq!(claims["preferred_username"], administrator.as_str());
    let info = BASE64_URL_SAFE_NO_PAD.decode(body["client_info"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&info).unwrap()["utid"], bench.tenant().as_str());
    let access = self::claims(body["access_token"].as_str().unwrap());
    assert_eq!(access["ver"], "1.0");
    assert_eq!(access["appidacr"], "0");

    let (status, again) = bench.redeem(&code).await;
    assert_eq!(refusal(status, &again).0, 54_005);
    let (status, me) = bench.graph_json(body["access_token"].as_str().unwrap(), "/v1.0/me").await;
    assert_eq!((status, me["userPrincipalName"].as_str()), (200, Some(administrator.as_str())));
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_tenant_and_time() {
    let bench = Bench::start(10).await;
    let client = bench.simulator.vendor_client_id().to_string();
    let code = bench.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for (index, value, number) in [
        (4, "wrong", 501_481),
        (4, "", 501_481),
        (3, "http://localhost:1", 500_112),
        (2, "not-a-code", 9_002_313),
        (2, "1.0123456789012345678901234567890123456789", 70_000),
    ] {
        let mut wrong = form;
        wrong[index].1 = value;
        assert_eq!(bench.refusal(&wrong).await.0, number, "{value}");
    }
    let mut with_secret = form.to_vec();
    with_secret.push(("client_secret", "x"));
    assert_eq!(bench.refusal(&with_secret).await.0, 700_025);
    let (status, body) = bench.token_at("neighbour.example", &form).await;
    assert_eq!(refusal(status, &body).0, 700_005);
    bench.simulator.clock().advance(Duration::from_secs(601));
    assert_eq!(bench.refusal(&form).await.0, 70_008);
}

#[tokio::test]
async fn refresh_tokens_rotate_without_dying_and_die_of_the_right_causes() {
    let bench = Bench::start(10).await;
    let (_, first) = bench.redeem(&bench.code()).await;
    let first = first["refresh_token"].as_str().unwrap().to_owned();
    let (status, second) = bench.refresh(&first).await;
    assert_eq!(status, 200, "{second}");
    let second = second["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(bench.refresh(&first).await.0, 200, "use does not revoke the old token");

    let refused = async |token: &str| {
        let (status, body) = bench.refresh(token).await;
        (status, body["error_codes"][0].as_u64().unwrap_or_default(), body["suberror"].as_str().map(str::to_owned))
    };
    let expect = |number, suberror: Option<&str>| (400, number, suberror.map(str::to_owned));
    bench.simulator.set_policies(Policies { block_access: true, ..Policies::default() });
    assert_eq!(refused(&second).await, expect(53_003, Some("message_only")));
    bench.simulator.set_policies(Policies { require_multi_factor: true, ..Policies::default() });
    assert_eq!(refused(&second).await, expect(50_076, Some("basic_action")));
    bench.simulator.clock().advance(Duration::from_secs(14_500));
    bench.simulator.set_policies(Policies { sign_in_frequency_seconds: Some(14_400), ..Policies::default() });
    assert_eq!(refused(&second).await, expect(70_043, Some("token_expired")));
    bench.simulator.set_policies(Policies::default());

    bench.simulator.revoke_consent(bench.simulator.vendor_client_id());
    assert_eq!(refused(&second).await, expect(65_001, Some("consent_required")));
    bench.simulator.grant_consent(bench.simulator.vendor_client_id());
    bench.simulator.clock().advance(Duration::from_secs(91 * DAY));
    assert_eq!(refused(&second).await, expect(700_082, None));
    bench.simulator.revoke_sessions(&bench.simulator.administrator()).unwrap();
    assert_eq!(refused(&second).await, expect(50_173, Some("bad_token")));
    bench.simulator.fail_token_calls(90_033, 1);
    assert_eq!(bench.refresh(&second).await.0, 503);
}

#[tokio::test]
async fn consent_is_asked_for_and_can_be_refused() {
    let bench = Bench::start(10).await;
    let (administrator, person) = (bench.simulator.administrator(), bench.simulator.tenant().principal_name(2));
    let address = bench.authorize(&[]);
    let go = |account: &str, decision| bench.simulator.sign_in(&address, account, decision).unwrap();
    let cancelled = go(&administrator, Decision::Cancel);
    assert!(cancelled.contains("error=access_denied&error_subcode=cancel&state=s+t"), "{cancelled}");
    assert_eq!(parameter(&cancelled, "error_description"), None);
    let declined = go(&administrator, Decision::Decline);
    assert!(parameter(&declined, "error_description").unwrap().starts_with("AADSTS65004"), "{declined}");
    let needs_admin = go(&person, Decision::Accept);
    assert_eq!(parameter(&needs_admin, "error_subcode").as_deref(), Some("cancel"));
    assert!(parameter(&go(&administrator, Decision::Accept), "code").is_some());
    assert!(parameter(&go(&person, Decision::Accept), "code").is_some(), "consent for everybody covers the person");

    for (parameters, number) in [
        (vec![("client_id", "0a1b2c3d-0000-4000-8000-000000000000")], 700_016),
        (vec![("redirect_uri", "http://localhost:5123/other")], 50_011),
        (vec![("redirect_uri", "")], 900_144),
        (vec![("client_id", "")], 900_144),
    ] {
        let failed =
            bench.simulator.sign_in(&bench.authorize(&parameters), &administrator, Decision::Accept).unwrap_err();
        assert_eq!(failed.number, number);
    }
    for (parameters, error) in [
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("prompt", "none")], "login_required"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("scope", "Nothing.Read")], "invalid_scope"),
    ] {
        let redirect =
            bench.simulator.sign_in(&bench.authorize(&parameters), &administrator, Decision::Accept).unwrap();
        assert_eq!(parameter(&redirect, "error").as_deref(), Some(error));
    }
}

#[tokio::test]
async fn the_pages_can_be_used_without_a_browser() {
    let bench = Bench::start(10).await;
    let origin = bench.simulator.login_origin();
    let page = bench.http.get(bench.authorize(&[])).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.unwrap();
    assert!(page.contains("Simulated Microsoft sign-in") && !page.contains("<script"));
    let flow = page.split("name=\"flow\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let account = bench.simulator.administrator();
    let consent = bench.post(&format!("{origin}/simulated/account"), &[("flow", flow), ("account", &account)]).await;
    let consent = consent.text().await.unwrap();
    assert!(consent.contains("Permissions requested") && consent.contains("Consent on behalf of your organization"));
    let form = [("flow", flow), ("decision", "accept"), ("organization", "on")];
    let answer = bench.post(&format!("{origin}/simulated/consent"), &form).await;
    assert_eq!(answer.status(), 302);
    let code = parameter(answer.headers()["location"].to_str().unwrap(), "code").unwrap();
    assert_eq!(bench.redeem(&code).await.0, 200);

    let lost = bench.http.get(bench.authorize(&[("redirect_uri", "http://evil.example")])).send().await.unwrap();
    assert_eq!(lost.status(), 400);
    let lost = lost.text().await.unwrap();
    assert!(lost.contains("AADSTS50011") && lost.contains("Correlation Id") && lost.contains("Timestamp"));
}

#[tokio::test]
async fn a_device_waits_for_a_person() {
    let bench = Bench::start(10).await;
    let client = bench.simulator.vendor_client_id().to_string();
    let url = format!("{}/organizations/oauth2/v2.0/devicecode", bench.simulator.login_origin());
    let start = async || json(bench.post(&url, &[("client_id", &client), ("scope", SCOPES)]).await).await;
    let started = start().await;
    assert_eq!((started["expires_in"].as_i64(), started["interval"].as_i64()), (Some(900), Some(5)));
    assert!(started.get("verification_uri_complete").is_none());
    let poll = async |grant: &str, started: &Value| {
        let code = started["device_code"].as_str().unwrap();
        bench
            .token_at(
                "organizations",
                &[("grant_type", grant), ("client_id", &client), ("device_code", code), ("code", code)],
            )
            .await
    };
    let urn = "urn:ietf:params:oauth:grant-type:device_code";
    assert_eq!(poll(urn, &started).await.1["error"], "authorization_pending");
    let user_code = started["user_code"].as_str().unwrap();
    bench.simulator.approve_device(user_code, &bench.simulator.administrator()).unwrap();
    let (status, body) = poll("device_code", &started).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["refresh_token"].is_string());
    assert_eq!(poll(urn, &started).await.1["error"], "bad_verification_code", "a device code works once");

    let declined = start().await;
    bench.simulator.decline_device(declined["user_code"].as_str().unwrap()).unwrap();
    assert_eq!(poll(urn, &declined).await.1["error"], "authorization_declined");
    let late = start().await;
    bench.simulator.clock().advance(Duration::from_secs(901));
    assert_eq!(poll(urn, &late).await.1["error"], "expired_token");
    assert!(bench.simulator.approve_device("XXXXXXXXX", &bench.simulator.administrator()).is_err());
}

/// A certificate with its key, and assertions made with them.
struct Signer {
    pair: RsaKeyPair,
    der: Vec<u8>,
}

impl Signer {
    fn new() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let key = rcgen::KeyPair::try_from(pair.as_der().unwrap().as_ref()).unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        Self { pair, der: certificate.der().to_vec() }
    }

    fn sign(&self, header: &Value, claims: &Value, encoding: &'static dyn RsaEncoding) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

#[tokio::test]
async fn an_application_signs_in_by_certificate_in_every_real_shape() {
    let bench = Bench::start(10).await;
    let signer = Signer::new();
    let client = bench.simulator.own_client_id();
    let digest = |algorithm| aws_lc_rs::digest::digest(algorithm, &signer.der);
    let sha256 = digest(&aws_lc_rs::digest::SHA256);
    let sha1 = digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY);
    let modern = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": BASE64_URL_SAFE_NO_PAD.encode(sha256)});
    let padded = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": BASE64_URL_SAFE.encode(sha256)});
    let legacy = json!({"alg": "RS256", "typ": "JWT", "x5t": BASE64_URL_SAFE.encode(sha1)});
    let now = bench.simulator.clock().now().as_second();
    let audience = format!("{}/{}/oauth2/v2.0/token", bench.simulator.login_origin(), bench.tenant());
    let claims =
        json!({"aud": audience, "iss": client, "sub": client, "jti": "1", "nbf": now, "iat": now, "exp": now + 600});
    let floats = json!({"aud": audience, "iss": client, "sub": client, "jti": "1", "iat": now as f64 + 0.5, "exp": now as f64 + 600.5});
    let other =
        json!({"aud": "https://elsewhere.example/oauth2/v2.0/token", "iss": client, "sub": client, "exp": now + 600});
    let old = json!({"aud": audience, "iss": client, "sub": client, "exp": now - 600});
    let stranger = json!({"aud": audience, "iss": "x", "sub": "x", "exp": now + 600});

    let id = client.to_string();
    let call = async |assertion: String| {
        bench
            .token(&[
                ("grant_type", "client_credentials"),
                ("client_id", &id),
                ("scope", "https://graph.microsoft.com/.default"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", &assertion),
            ])
            .await
    };
    let (status, body) = call(signer.sign(&modern, &claims, &RSA_PSS_SHA256)).await;
    assert_eq!((refusal(status, &body).0, status), (700_027, 401), "not registered yet");
    bench.simulator.add_certificate(client, signer.der.clone()).unwrap();
    for (header, claims, encoding) in [
        (&modern, &claims, &RSA_PSS_SHA256 as &'static dyn RsaEncoding),
        (&padded, &floats, &RSA_PSS_SHA256),
        (&legacy, &floats, &RSA_PKCS1_SHA256),
    ] {
        let (status, body) = call(signer.sign(header, claims, encoding)).await;
        assert_eq!(status, 200, "{header}: {body}");
    }
    let forger = Signer::new();
    for (assertion, number) in [
        (forger.sign(&modern, &claims, &RSA_PSS_SHA256), 700_027),
        (signer.sign(&modern, &claims, &RSA_PKCS1_SHA256), 700_027),
        (signer.sign(&modern, &other, &RSA_PSS_SHA256), 700_023),
        (signer.sign(&modern, &old, &RSA_PSS_SHA256), 700_024),
        (signer.sign(&modern, &stranger, &RSA_PSS_SHA256), 700_030),
        ("x.y".to_owned(), 50_027),
    ] {
        let (status, body) = call(assertion).await;
        assert_eq!((refusal(status, &body).0, status), (number, 401));
    }
}

#[tokio::test]
async fn an_administrator_consents_for_everybody() {
    let bench = Bench::start(10).await;
    let vendor = bench.simulator.vendor_client_id();
    bench
        .simulator
        .edit_registration(vendor, |known| {
            known.application_permissions.insert("User.Read.All".into());
        })
        .unwrap();
    let address = format!(
        "{}/{}/v2.0/adminconsent?client_id={vendor}&scope=https://graph.microsoft.com/.default&redirect_uri={REDIRECT}&state=x",
        bench.simulator.login_origin(),
        bench.tenant()
    );
    let go = |account: &str, decision| bench.simulator.sign_in(&address, account, decision).unwrap();
    let administrator = bench.simulator.administrator();
    let declined = go(&administrator, Decision::Decline);
    assert_eq!(parameter(&declined, "admin_consent").as_deref(), Some("True"), "present on failure as well");
    assert_eq!(parameter(&declined, "error").as_deref(), Some("consent_required"));
    let accepted = go(&administrator, Decision::Accept);
    assert_eq!(parameter(&accepted, "tenant"), Some(bench.tenant()));
    assert!(parameter(&accepted, "scope").unwrap().contains("https://graph.microsoft.com/User.Read.All"));
    let secret = bench.simulator.add_secret(vendor, Duration::from_secs(60)).unwrap();
    let id = vendor.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let (_, body) = bench.token(&form).await;
    assert_eq!(claims(body["access_token"].as_str().unwrap())["roles"], json!(["User.Read.All"]));
}

#[tokio::test]
async fn single_page_applications_redeem_across_origins_only() {
    let bench = Bench::start(10).await;
    let client = ClientId(uuid::Uuid::from_u128(0x1234_5678_0000_4000_8000_0000_0000_0001));
    bench.simulator.register(AppRegistration::new(client, "Page").with_redirect(RedirectKind::Spa, "http://localhost"));
    bench.simulator.grant_consent(client);
    let id = client.to_string();
    let address = bench
        .authorize(&[("client_id", &id), ("scope", "openid offline_access")])
        .replace("/organizations/", &format!("/{}/", bench.tenant()));
    let redirect = bench.simulator.sign_in(&address, &bench.simulator.administrator(), Decision::Accept).unwrap();
    let code = parameter(&redirect, "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", id.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(bench.refusal(&form).await.0, 9_002_327);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let url = format!("{}/{}/oauth2/v2.0/token", bench.simulator.login_origin(), bench.tenant());
    let response = bench.http.post(url).header("origin", "http://localhost:5123").body(body).send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "http://localhost:5123");
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_password_works_where_it_works_at_microsoft() {
    let bench = Bench::start(10).await;
    let account = bench.simulator.accounts().remove(0);
    let client = bench.simulator.vendor_client_id().to_string();
    bench.simulator.grant_consent(bench.simulator.vendor_client_id());
    let form = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("scope", SCOPES),
        ("username", account.user_principal_name.as_str()),
        ("password", account.password.as_str()),
    ];
    assert_eq!(bench.token_at("organizations", &form).await.0, 200);
    let (status, body) = bench.token_at("common", &form).await;
    assert_eq!(refusal(status, &body).0, 9_001_023);
    for (index, value, number) in [(4, "wrong", 50_126), (3, "nobody@nowhere.example", 50_034)] {
        let mut wrong = form;
        wrong[index].1 = value;
        assert_eq!(bench.refusal(&wrong).await.0, number);
    }
}

#[tokio::test]
async fn documents_name_the_host_that_was_asked() {
    let bench = Bench::start(10).await;
    let origin = bench.simulator.login_origin().replace("localhost", "127.0.0.1");
    let read = async |target: String| {
        let response = bench.http.get(target).send().await.unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        json(response).await
    };
    let domain = bench.simulator.tenant().default_domain();
    let by_domain = read(format!("{origin}/{domain}/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(by_domain["issuer"], format!("{origin}/{}/v2.0", bench.tenant()));
    assert_eq!(by_domain["token_endpoint"], format!("{origin}/{}/oauth2/v2.0/token", bench.tenant()));
    let shared = read(format!("{origin}/organizations/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(shared["issuer"], format!("{origin}/{{tenantid}}/v2.0"));
    let unknown = read(format!("{origin}/nowhere.example/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(unknown["error"], "invalid_tenant");
    let keys = read(shared["jwks_uri"].as_str().unwrap().to_owned()).await;
    assert_eq!(keys["keys"][0]["kty"], "RSA");
    let instance = format!(
        "{origin}/common/discovery/instance?api-version=1.1&authorization_endpoint={origin}/common/oauth2/v2.0/authorize"
    );
    assert_eq!(
        read(instance).await["tenant_discovery_endpoint"],
        format!("{origin}/common/v2.0/.well-known/openid-configuration")
    );
}
