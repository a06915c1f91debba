//! An app of the organisation's own, by secret and by certificate: entered in the page's form, and nobody consents.

use crate::harness::person::{Hands, Person};
use crate::harness::served::Served;
use crate::harness::{Browser, Scene, truth};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use std::path::PathBuf;

/// Connects, tests and imports with what `credential` enters.
fn by(flow: &str, credential: impl FnOnce(&Scene, Person<'_>)) {
    let scene = Scene::small();
    scene.tenant.permit_everything();
    let served = Served::start(&scene);
    let browser = Browser::start();
    let person = Person::new(&browser, Hands::Mouse);
    person.signs_in_first(&served);
    person.begins_connection(&scene.tenant, "Contoso");
    person.fills("Tenant", &scene.tenant.tenant_id().to_string());
    person.picks(flow);
    // Without the credential nothing is saved, and the page says what is missing.
    person.fills("Application (client) ID", "not an id");
    browser.expect_complaint("422");
    browser.expect_complaint("400");
    person.press("Save");
    browser.shows("form .notice.bad", "Nothing was saved");
    person.fills("Application (client) ID", &scene.tenant.own_client_id().to_string());
    credential(&scene, person);
    person.saves("Contoso");

    person.press("Test and preview");
    let checks = browser.shows("section[aria-label=Checks] tbody", "Usage reports can be read.");
    assert!(checks.contains("The application signed in by itself") && !checks.contains("Fail"), "{checks}");
    person.press("Back to the connection");
    browser.shows("h1", "Contoso");
    person.press("Execute Contoso now");
    browser.shows("main .bar .status", "Complete");
    let package = PathBuf::from(browser.shows("main dd.mono", "packages"));
    truth::assert_tables(&scene.tenant, &package, &truth::TABLES);
    truth::assert_tables(&scene.tenant, &package, &truth::USE);
}

#[test]
fn by_secret() {
    by("Client Secret", |scene, person| person.fills("Client Secret", &scene.tenant.own_client_secret()));
}

#[test]
fn by_certificate() {
    by("Client Certificate", |scene, person| {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        let certificate =
            CertificateParams::new(Vec::new()).and_then(|it| it.self_signed(&key)).expect("a certificate");
        scene.tenant.add_certificate(scene.tenant.own_client_id(), certificate.der().to_vec()).expect("the own app");
        person.fills("Client Certificate", &format!("{}{}", certificate.pem(), key.serialize_pem()));
    });
}
