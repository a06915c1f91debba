//! An import of 5,000 users by each way of signing in, compared with the truth row by row.

use crate::harness::forms::{own_app, own_public_app, vendor_app};
use crate::harness::scene::Import;
use crate::harness::{Scene, browser, truth};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::Value;

const USERS: u64 = 5_000;

/// Runs the connection and compares everything.
#[track_caller]
fn check_import(scene: &Scene, name: &str) -> Import {
    let import = scene.import(name);
    truth::assert_tables(&scene.tenant, &import.folder, &truth::TABLES);
    let block = import.block();
    assert_eq!(block["status"], "complete");
    assert_eq!(block["module"]["trusted"], true);
    assert_eq!(block["tables"]["users"]["rows"], USERS);
    assert_eq!(block["tables"]["users"]["proof"], "chain");
    assert_eq!(import.report["state"], "complete", "{}", import.report);
    let folder = import.folder.display().to_string();
    scene.beacon(&["package", "verify", &folder]).exits(0);
    scene.beacon(&["package", "show", &folder]).exits(0);
    import
}

#[test]
fn by_client_secret() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    let import = check_import(&scene, "Contoso");
    // Names come from the embedded table: every product of the simulated tenant is a common one.
    for product in crate::harness::rows::read_file(&import.folder.join("products.parquet")) {
        let name = product["product_name"].as_str().unwrap_or_default();
        assert!(!name.is_empty() && product["sku_part_number"] != name, "{product:?}");
    }
}

#[test]
fn by_client_certificate() {
    let scene = Scene::of(USERS, 2);
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
    let certificate = CertificateParams::new(Vec::new()).and_then(|it| it.self_signed(&key)).expect("a certificate");
    let der = certificate.der().to_vec();
    scene.tenant.add_certificate(scene.tenant.own_client_id(), der).expect("the own app");
    let secret = scene.secret("client_certificate", &format!("{}{}", certificate.pem(), key.serialize_pem()));
    let fields = own_app(&scene.tenant).set("flow", "client_certificate");
    scene.add("Contoso", &fields, &["--secret", &secret]).exits(0);
    check_import(&scene, "Contoso");
}

/// The answer of `connection consent --json`: who signed in, and that the sign-in can be renewed.
#[track_caller]
fn check_consent(scene: &Scene, report: &Value) {
    let text = report.to_string();
    assert!(text.contains(&scene.tenant.tenant_id().to_string()), "the tenant is named: {text}");
    assert!(text.contains(&scene.tenant.administrator()), "the account is named: {text}");
}

#[test]
fn by_authorization_code_on_a_loopback_port() {
    let scene = Scene::of(USERS, 3);
    scene.add("Contoso", &own_public_app(&scene.tenant), &[]).exits(0);
    let running = scene.start(&["--json", "connection", "consent", "Contoso", "--way", "browser", "--yes"]);
    let address = running.line(|line| line.starts_with("https://"));
    let back = browser::sign_in(&scene.tenant, &address, &scene.tenant.administrator());
    assert!(back.starts_with("http://localhost:"), "{back}");
    assert!(browser::come_back(&scene.tenant, &back).contains("signed in"));
    check_consent(&scene, &scene.remember(running.wait()).exits(0).json());
    check_import(&scene, "Contoso");
}

#[test]
fn by_authorization_code_pasted() {
    let scene = Scene::of(USERS, 4);
    scene.add("Contoso", &vendor_app(&scene.tenant), &[]).exits(0);
    let mut running = scene.start(&["--json", "connection", "consent", "Contoso", "--way", "paste", "--yes"]);
    let address = running.line(|line| line.starts_with("https://"));
    running.say(&browser::sign_in(&scene.tenant, &address, &scene.tenant.administrator()));
    check_consent(&scene, &scene.remember(running.wait()).exits(0).json());
    check_import(&scene, "Contoso");
}

#[test]
fn by_device_code_and_then_by_refresh_token_alone() {
    let scene = Scene::of(USERS, 5);
    let fields = vendor_app(&scene.tenant).set("flow", "device_code");
    scene.add("Contoso", &fields, &[]).exits(0);
    let running = scene.start(&["--json", "connection", "consent", "Contoso", "--way", "device", "--yes"]);
    let page = running.line(|line| line.starts_with("https://"));
    assert!(page.ends_with("/device"), "{page}");
    let code = running.line(|line| line.len() == 9 && line.bytes().all(|byte| byte.is_ascii_uppercase()));
    scene.is_shown(&code);
    scene.tenant.approve_device(&code, &scene.tenant.administrator()).expect("a waiting device");
    check_consent(&scene, &scene.remember(running.wait()).exits(0).json());

    scene.tenant.clear_requests();
    let first = check_import(&scene, "Contoso");
    let second = check_import(&scene, "Contoso");
    assert_eq!(first.package_id(), second.package_id());
    let grants: Vec<_> = scene.tenant.requests().into_iter().filter_map(|request| request.grant).collect();
    assert_eq!(grants, ["refresh_token", "refresh_token"], "runs need nobody");
}

/// CSV holds the same tables; both together make one package with the same name of its content.
#[test]
fn as_csv_and_as_both() {
    let scene = Scene::contoso();
    let parquet = scene.import("Contoso");
    for (format, files) in [("csv", 12), ("both", 24)] {
        let import = Import::of(&scene.run("Contoso", &["--format", format]).exits(0));
        assert_eq!(import.package_id(), parquet.package_id(), "{format}");
        let resources = import.manifest()["resources"].as_array().map(Vec::len);
        assert_eq!(resources, Some(files), "{format}");
        scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
    }
}
