//! Certificates of app registrations: read from the files that people have, and made by the beacon itself.

use crate::harness::Scene;
use crate::harness::forms::own_app;
use crate::harness::served::Served;
use p12_keystore::{Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::path::Path;

const PASSWORD: &str = "password-of-an-export-93c0d1";

/// A certificate until 2031-05-31 and its key.
fn made() -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
    let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
    parameters.not_after = date_time_ymd(2031, 5, 31);
    (parameters.self_signed(&key).expect("a certificate"), key)
}

/// A PKCS#12 file with both, encrypted this way.
fn pkcs12(certificate: &rcgen::Certificate, key: &KeyPair, algorithm: EncryptionAlgorithm) -> Vec<u8> {
    let certificate = Certificate::from_der(certificate.der()).expect("a certificate");
    let key = PrivateKey::from_der(&key.serialize_der()).expect("a key");
    let mut store = KeyStore::new();
    let chain = PrivateKeyChain::new(b"1".to_vec(), key, [certificate]);
    store.add_entry("Contoso", KeyStoreEntry::PrivateKeyChain(chain));
    store.writer(PASSWORD).encryption_algorithm(algorithm).write().expect("a file")
}

/// Uploads the public part that a command printed.
#[track_caller]
fn upload(scene: &Scene, answer: &Value) {
    let pem = answer["certificate"]["pem"].as_str().expect("a certificate");
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
    scene.tenant.add_certificate(scene.tenant.own_client_id(), der.to_vec()).expect("the own app");
}

/// Whether any file of the data folder holds a private key in the clear.
fn holds_a_key(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds_a_key(&path);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(11).any(|part| part == b"PRIVATE KEY")
    })
}

#[test]
fn a_pkcs12_file_signs_in_with_its_password_alone() {
    let scene = Scene::small();
    scene.keep_secret(PASSWORD);
    let (certificate, key) = made();
    scene.tenant.add_certificate(scene.tenant.own_client_id(), certificate.der().to_vec()).expect("the own app");
    let right = scene.input("password.txt", format!("{PASSWORD}\n")).display().to_string();
    let wrong = scene.input("wrong.txt", "another password").display().to_string();
    let fields = own_app(&scene.tenant).set("flow", "client_certificate");
    let modern = scene.input("modern.pfx", pkcs12(&certificate, &key, EncryptionAlgorithm::PbeWithHmacSha256AndAes256));
    let secret = format!("client_certificate={}", modern.display());
    let with =
        |password: &str| scene.add("Contoso", &fields, &["--secret", &secret, "--certificate-password-file", password]);
    let without = scene.add("Contoso", &fields, &["--secret", &secret]).exits(5).error();
    assert_eq!(without.code, "certificate.password_missing");
    assert!(without.advice.contains("--certificate-password-file"), "{without:?}");
    assert_eq!(with(&wrong).exits(5).error().code, "certificate.password");
    assert_eq!(scene.said(&["connection", "list"])["connections"], json!([]), "nothing was stored");
    with(&right).exits(0);
    scene.import("Contoso");
    let shown = scene.said(&["connection", "show", "Contoso"]);
    assert_eq!((&shown["ends"][0]["what"], &shown["ends"][0]["on"]), (&json!("certificate"), &json!("2031-05-31")));

    // As Windows exported for two decades.
    let old = scene.input("old.pfx", pkcs12(&certificate, &key, EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc));
    let secret = format!("client_certificate={}", old.display());
    let edit = ["connection", "edit", "Contoso", "--secret", &secret, "--certificate-password-file", &right];
    scene.said(&edit);
    scene.import("Contoso");
    assert!(!holds_a_key(&scene.data()));
}

#[test]
fn a_certificate_that_cannot_sign_is_refused_where_it_is_given() {
    let scene = Scene::small();
    let ((certificate, key), (_, other)) = (made(), made());
    let fields = own_app(&scene.tenant).set("flow", "client_certificate");
    let damaged = pkcs12(&certificate, &key, EncryptionAlgorithm::PbeWithHmacSha256AndAes256);
    let damaged = damaged.get(..damaged.len() / 2).expect("half of it").to_vec();
    let password = scene.input("password.txt", PASSWORD).display().to_string();
    let cases: [(&str, Vec<u8>, Option<&str>, &str); 4] = [
        ("other.pem", (certificate.pem() + &other.serialize_pem()).into_bytes(), None, "settings.certificate"),
        ("keyless.pem", certificate.pem().into_bytes(), None, "settings.certificate"),
        ("damaged.pfx", damaged, Some(&password), "certificate.unreadable"),
        ("needless.pem", certificate.pem().into_bytes(), Some(&password), "certificate.no_pkcs12"),
    ];
    for (name, content, password, code) in cases {
        let secret = format!("client_certificate={}", scene.input(name, content).display());
        let mut more = vec!["--secret", secret.as_str()];
        more.extend(password.iter().flat_map(|file| ["--certificate-password-file", file]));
        assert_eq!(scene.add("Contoso", &fields, &more).exits(5).error().code, code, "{name}");
    }
    assert_eq!(scene.said(&["connection", "list"])["connections"], json!([]));
}

#[test]
fn a_new_certificate_waits_until_it_works() {
    let scene = Scene::contoso();
    let out = scene.written("certificate.pem");
    let make = ["connection", "new-certificate", "Contoso"];
    let made = scene.said(&[&make[..], &["--days", "90", "--out", &out.display().to_string()]].concat());
    assert_eq!(made["active"], false);
    let pem = made["certificate"]["pem"].as_str().expect("a certificate");
    assert_eq!(std::fs::read_to_string(&out).expect("a file"), pem);
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"), "{pem}");
    assert_eq!(made["certificate"]["thumbprint"].as_str().map(str::len), Some(40));
    assert_eq!(scene.refused(&make).code, "certificate.waits");
    assert_eq!(scene.said(&[&make[..], &["--show"]].concat())["certificate"], made["certificate"]);

    // Nobody has uploaded it: it does not work, and the secret goes on to.
    assert_eq!(scene.refused(&[&make[..], &["--try"]].concat()).code, "aadsts.700027");
    scene.import("Contoso");
    upload(&scene, &made);
    assert_eq!(scene.said(&[&make[..], &["--try"]].concat())["active"], true);
    let shown = scene.said(&["connection", "show", "Contoso"]);
    assert_eq!(shown["connection"]["settings"]["flow"], "client_certificate");
    assert_eq!(shown["ends"][0]["what"], "certificate");
    scene.tenant.edit_registration(scene.tenant.own_client_id(), |app| app.secrets.clear()).expect("the own app");
    scene.import("Contoso");
    assert_eq!(scene.refused(&[&make[..], &["--show"]].concat()).code, "certificate.none_waits");

    // The next one can be forgotten, and what is in use stays.
    scene.said(&make);
    assert_eq!(scene.said(&[&make[..], &["--discard"]].concat())["discarded"], true);
    assert_eq!(scene.refused(&[&make[..], &["--activate"]].concat()).code, "certificate.none_waits");
    scene.import("Contoso");
    assert!(!holds_a_key(&scene.data()));
}

#[test]
fn a_beacon_that_serves_takes_a_certificate_into_use_once_it_works() {
    let scene = Scene::contoso();
    let made = scene.said(&["connection", "new-certificate", "Contoso"]);
    upload(&scene, &made);
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let flow = |connections: &Value| connections[0]["settings"]["flow"] == "client_certificate";
    let connections = administrator.reads_until("/api/v1/connections", flow);
    let slots = connections[0]["secrets"].as_array().expect("secrets").iter().map(|facts| &facts["slot"]);
    assert!(slots.into_iter().any(|slot| slot == "client_certificate"), "{connections}");
}
