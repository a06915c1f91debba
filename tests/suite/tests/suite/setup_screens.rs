//! What an administrator sets up in the page beside consents: the organisation's defaults, accounts, an app of its own.

use crate::harness::person::{Hands, Person};
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use crate::harness::{Scene, forms};
use serde_json::{Value, json};

#[test]
fn what_the_organisation_wants_is_filled_into_new_connections() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    page.open("/settings");
    let form = "section[aria-labelledby=organisation-title] form";
    page.browser.click("section[aria-labelledby=organisation-title] summary");
    page.browser.fill(&format!("{form} #tenant"), "contoso.example");
    page.browser.shows(form, "Not saved yet.");
    page.browser.click(&format!("{form} button[type=submit]"));
    page.browser.shows(form, "Saved.");
    let kept = page.call("GET", "/api/v1/defaults", Value::Null);
    assert_eq!(kept["values"], json!({ "Microsoft 365": { "tenant": "contoso.example" } }));
    page.open("/connections/new/Microsoft%20365");
    page.browser.shows("h1", "New connection");
    assert_eq!(page.browser.value("#tenant"), "contoso.example");
    // Taken back, the connector's own default is there again.
    page.open("/settings");
    page.browser.click("section[aria-labelledby=organisation-title] summary");
    page.browser.click(&format!("{form} button[aria-label^='Reset Tenant']"));
    page.browser.click(&format!("{form} button[type=submit]"));
    page.browser.shows(form, "Saved.");
    assert_eq!(page.call("GET", "/api/v1/defaults", Value::Null)["values"], json!({}));
}

#[test]
fn a_connection_uses_the_default_proxy_one_of_its_own_or_none() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    scene.keep_secret("n0t-a-proxy-password-71");
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let person = Person::new(&page.browser, Hands::Keyboard);
    // The default one, with a wrong list first.
    page.open("/settings");
    let section = "section[aria-labelledby=default-proxy-title]";
    page.browser.shows(section, "None is set");
    person.fills("Proxy Server", "proxy.example:3128");
    person.fills("Hosts without it", "https://a.example");
    page.browser.expect_complaint("422");
    person.press("Save the default proxy");
    page.browser.shows("#proxy-bypass-wrong", "https://a.example");
    assert_eq!(page.browser.axe(), []);
    person.fills("Hosts without it", ".intern.example");
    person.press("Save the default proxy");
    page.browser.shows(section, "proxy.example:3128 is used by Contoso");

    let id = page.call("GET", "/api/v1/connections", Value::Null)[0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/connections/{id}");
    let is_disabled = |selector: &str| {
        page.browser.script("arguments[1](document.querySelector(arguments[0]).disabled)", &[json!(selector)])
    };
    page.open(&format!("/connections/{id}"));
    page.browser.shows("form", "proxy.example:3128");
    assert_eq!(is_disabled("#proxy-server"), json!(true), "the default is used");
    // One of its own, in each of its forms; anything else is refused at its field.
    person.picks("A proxy of its own");
    person.fills("Proxy Server", "socks5://proxy.example:1080");
    page.browser.expect_complaint("422");
    person.press("Save");
    page.browser.shows("#proxy-server-wrong", "https://host:port");
    person.fills("Username", "ada");
    person.fills("Password", "n0t-a-proxy-password-71");
    for server in ["http://own.example:3128", "own.example:3128", "https://own.example:8443"] {
        // A password belongs to its server.
        person.fills("Proxy Server", server);
        person.fills("Password", "n0t-a-proxy-password-71");
        person.press("Save");
        page.browser.shows("form", "Saved.");
        let stored = page.reads_until(&path, |connection| connection["proxy"]["server"] == server);
        assert_eq!((&stored["proxy"]["username"], &stored["without_proxy"]), (&json!("ada"), &json!(false)));
        assert_eq!(stored["proxy"]["password_stored"], true);
    }
    // None at all: everything else is disabled.
    person.unpicks("Use Proxy");
    for field in ["#proxy-server", "#proxy-username", "#proxy-password", "input[name=proxy-choice]"] {
        assert_eq!(is_disabled(field), json!(true), "{field}");
    }
    person.press("Save");
    let stored = page.reads_until(&path, |connection| connection["without_proxy"] == true);
    assert_eq!(stored["proxy"], Value::Null);
    page.open(&format!("/connections/{id}"));
    page.browser.shows("form", "Use Proxy");
    assert_eq!(is_disabled("#proxy-server"), json!(true));
    assert_eq!(page.browser.axe(), []);
    assert_eq!(page.call("GET", "/api/v1/proxy", Value::Null)["connections"], json!([]));
}

#[test]
fn accounts_are_added_and_removed_after_a_question() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    page.open("/settings");
    page.browser.click("section[aria-labelledby=accounts-title] summary");
    page.browser.fill("#account-name", "reader");
    page.browser.fill("#account-password", "a password for reading");
    page.browser.click("section[aria-labelledby=accounts-title] form button[type=submit]");
    page.browser.shows("section[aria-labelledby=accounts-title] tbody", "reader");
    page.browser.click("button[aria-label='Remove reader']");
    page.browser.shows("dialog[open]", "reader is signed out at once");
    page.browser.click("dialog[open] button:not(.danger)");
    page.browser.shows("section[aria-labelledby=accounts-title] tbody", "reader");
    page.browser.click("button[aria-label='Remove reader']");
    page.browser.click("dialog[open] button.danger");
    page.browser.lacks("section[aria-labelledby=accounts-title] tbody", "reader");
}

#[test]
fn an_app_of_its_own_is_asked_until_it_is_ready() {
    let scene = Scene::small();
    scene.tenant.revoke_consent(scene.tenant.own_client_id());
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let settings = serde_json::to_value(forms::own_app(&scene.tenant).settings()).expect("JSON");
    let secrets = json!({ "client_secret": { "value": scene.tenant.own_client_secret() } });
    let draft = json!({ "name": "Contoso", "source_type": "Microsoft 365", "settings": settings, "secrets": secrets });
    let connection = page.call("POST", "/api/v1/connections", draft);
    page.open(&format!("/connections/{}", connection["id"].as_str().expect("an id")));
    let panel = "section[aria-labelledby=completion-title]";
    page.browser.shows(panel, "Not yet.");
    page.browser.picture("connection-not-ready-light");
    assert_eq!(page.browser.axe(), []);
    scene.tenant.permit_everything();
    page.browser.shows(panel, "The app is ready");
    assert_eq!(page.browser.axe(), []);
}
