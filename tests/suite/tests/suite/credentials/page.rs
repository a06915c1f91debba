//! The page: what dies soon stands where people look, and a connection can choose a profile.

use super::days_ahead;
use crate::harness::Scene;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use serde_json::Value;

#[test]
fn what_dies_soon_is_told_and_a_profile_takes_its_place() {
    let scene = Scene::small();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let day = format!("client_secret={}", days_ahead(2));
    let fields = crate::harness::forms::own_app(&scene.tenant);
    scene.add("Contoso", &fields, &["--secret", &secret, "--secret-expires", &day]).exits(0);
    let file = scene.input("partner.txt", scene.tenant.own_client_secret()).display().to_string();
    let (id, origin) = (scene.tenant.own_client_id().to_string(), scene.tenant.login_origin());
    let add = ["profile", "add", "Partner", "--client-id", &id, "--secret", &file, "--expires", "2031-05-31"];
    scene.said(&[&add[..], &["--origin", &origin]].concat());

    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    page.open("/");
    page.browser.shows("main", "Contoso: The client secret expires");
    page.browser.shows("main", "Make a new secret");
    assert_eq!(page.browser.axe(), []);
    page.open("/connections");
    page.browser.shows("tbody", "The client secret expires");
    assert_eq!(page.browser.axe(), []);
    let connection = page.call("GET", "/api/v1/connections", Value::Null)[0]["id"].as_str().expect("an id").to_owned();
    page.open(&format!("/connections/{connection}"));
    page.browser.shows("main", "The client secret expires");
    page.browser.shows("form", "Partner");
    page.browser.picture("connection-profile-light");
    assert_eq!(page.browser.axe(), []);
    // What the profile has is not asked for any more.
    page.browser.shows("label[for=client_secret]", "Client Secret");
    page.browser.click("label.choice:nth-of-type(2) input[name=profile]");
    page.browser.lacks("form", "Client Secret");
    page.browser.click("form button[type=submit]");
    page.browser.shows("form span[role=status]", "Saved.");
    let stored = page.reads_until(&format!("/api/v1/connections/{connection}"), |one| one["profile"] == "Partner");
    assert!(stored["expires_next"]["text"].as_str().is_some_and(|text| text.contains("Partner")), "{stored}");
    page.open("/");
    page.browser.shows("h1", "Overview");
    page.browser.lacks("main", "The client secret expires");
}
