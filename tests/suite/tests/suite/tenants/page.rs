//! Labels, filters, many at once and erasing in the page, by mouse and by keyboard.

use super::{ELSEWHERE, add_other, listed};
use crate::harness::Scene;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use serde_json::{Value, json};

#[test]
fn many_connections_are_narrowed_chosen_changed_and_one_is_erased() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    add_other(&scene, "Fabrikam", ELSEWHERE, &["--label", "gold"]);
    add_other(&scene, "Woodgrove", "woodgrove.example", &["--label", "gold", "--label", "region=eu"]);
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let browser = &page.browser;

    // The address says what a list is narrowed to, and leads back.
    page.open("/connections");
    browser.shows("tbody", "Contoso");
    browser.click("#narrow-label option[value='gold']");
    browser.lacks("tbody", "Contoso");
    browser.arrives("label=gold");
    browser.fill("#narrow-name", "WOOD");
    browser.lacks("tbody", "Fabrikam");
    browser.arrives("name=WOOD");
    assert_eq!(browser.axe(), []);
    page.reload();
    browser.shows("tbody", "Woodgrove");
    browser.lacks("tbody", "Fabrikam");
    browser.click("ul[aria-label=Filters] button.link");
    browser.shows("tbody", "Contoso");
    page.open("/health?label=region%3Deu");
    browser.shows("section.card", "Woodgrove");
    browser.lacks("main", "Fabrikam");
    browser.click("button[aria-label='Remove the filter region=eu']");
    browser.shows("main", "Fabrikam");

    // One with the keyboard, then all that are listed.
    page.open("/connections?label=gold");
    browser.shows("tbody", "Fabrikam");
    browser.tells("document.querySelector(\"input[aria-label='Choose Fabrikam']\").focus()");
    browser.press(" ");
    browser.shows("[role=group]", "1 chosen");
    browser.click("input[aria-label='Choose all that are listed']");
    browser.shows("[role=group]", "2 chosen");
    browser.picture("bulk-light");
    assert_eq!(browser.axe(), []);
    browser.click("[role=group] button:nth-of-type(3)");
    browser.shows("dialog[open]", "Give them");
    assert_eq!(browser.axe(), []);
    browser.fill("#labels-add", "managed, a b");
    browser.fill("#labels-remove", "region=eu");
    browser.click("dialog[open] button.primary");
    browser.shows("tbody", "managed");
    browser.lacks("tbody", "region=eu");
    browser.click("[role=group] button:nth-of-type(4)");
    browser.shows("tbody", "Paused");
    browser.shows("main", "2 connections paused.");
    let held = page.reads_until("/api/v1/connections?state=paused", |list| list.as_array().map(Vec::len) == Some(2));
    assert!(held.as_array().expect("a list").iter().all(|one| one["name"] != "Contoso"), "{held}");
    browser.click("[role=group] button:nth-of-type(5)");
    page.reads_until("/api/v1/connections?state=paused", |list| *list == json!([]));
    // A label that is none changes nothing.
    browser.expect_complaint("422");
    browser.click("[role=group] button:nth-of-type(3)");
    browser.fill("#labels-add", "a/b");
    browser.click("dialog[open] button.primary");
    browser.shows("main", "may only have letters");

    // The labels of one connection are fields of its dialog.
    let id = page.call("GET", "/api/v1/connections?name=contoso", Value::Null)[0]["id"].clone();
    let path = format!("/connections/{}", id.as_str().expect("an id"));
    page.open(&path);
    browser.fill("#labels", "Silver region=us");
    browser.click("form button[type=submit]");
    browser.shows("form .bar [role=status]", "Saved.");
    assert_eq!(listed(&scene, &["--label", "silver", "--label", "region=us"]), ["Contoso"]);

    // Erasing needs the name, typed.
    browser.click("main > .bar > button.danger");
    browser.shows("dialog[open]", "Enterprise applications");
    browser.picture("offboard-light");
    assert_eq!(browser.axe(), []);
    browser.fill("#offboard-name", "Contos");
    browser.tells_until("document.querySelector('dialog[open] button.danger').disabled", &json!(true));
    browser.fill("#offboard-name", "Contoso");
    // The connection is looked for once more when its customer goes.
    browser.expect_complaint("404");
    browser.click("dialog[open] button.danger");
    browser.shows("main", "The customer is erased");
    assert_eq!(browser.axe(), []);
    assert_eq!(listed(&scene, &[]), ["Fabrikam", "Woodgrove"]);
}
