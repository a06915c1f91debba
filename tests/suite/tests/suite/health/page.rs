//! The health screen.

use super::{WRONG, give_secret};
use crate::harness::Scene;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use serde_json::Value;

#[test]
fn the_screen_tells_why_and_what_to_do_and_lets_connections_be_held() {
    let scene = Scene::contoso();
    scene.import("Contoso");
    give_secret(&scene, WRONG, &[]);
    scene.run("Contoso", &[]).exits(5);
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    // Counts stand in front of everything else, and lead there.
    page.browser.shows("main ul.chips", "Failing");
    page.browser.click("main a[href='/health']");
    page.browser.shows("h1", "Health");
    let failing = page.browser.shows("section.card", "Contoso");
    assert!(failing.contains("Failing"), "{failing}");
    assert_eq!(page.browser.axe(), []);
    // What was refused is put right in the connection.
    page.browser.shows("section.card td.actions", "Edit…");
    page.browser.click("button[aria-label='Pause Contoso']");
    page.browser.shows("section.card", "A person paused it");
    page.browser.shows("section.card", "Paused");
    page.browser.click("button[aria-label='Resume Contoso']");
    page.browser.shows("section.card", "Failing");
    page.browser.click("button[aria-label='Disable Contoso']");
    page.browser.shows("section.card", "Disabled");
    assert_eq!(page.browser.axe(), []);
    assert_eq!(page.call("GET", "/api/v1/connections", Value::Null)[0]["health"], "disabled");
    page.open("/connections");
    page.browser.shows("tbody", "Disabled");
    page.browser.shows("tbody", "since");
}
