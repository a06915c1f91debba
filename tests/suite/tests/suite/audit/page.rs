//! The audit screen, by its own fields and keys.

use crate::harness::Scene;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use serde_json::Value;

#[test]
fn the_screen_filters_turns_pages_explains_and_exports() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    // More than a page.
    for _ in 0..30 {
        scene.beacon(&["connection", "pause", "Contoso"]).exits(0);
        scene.beacon(&["connection", "resume", "Contoso"]).exits(0);
    }
    scene.beacon(&["connection", "edit", "Contoso", "--rename", "Contoso Ltd"]).exits(0);
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    page.browser.click("nav.side a[href='/audit']");
    page.browser.shows("h1", "Audit");
    page.browser.shows("main [role=status]", "The newest 50 entries.");
    let first = page.browser.shows("tbody", "administrator");
    assert!(first.contains("A connection was let run again") && first.contains("command line"), "{first}");
    assert_eq!(page.browser.axe(), []);
    // Older, and back.
    page.browser.click("main .bar:last-of-type button");
    page.browser.shows("main [role=status]", "older entries.");
    page.browser.shows("tbody", "connection.added");
    page.browser.click("main .bar:last-of-type button");
    page.browser.shows("main [role=status]", "The newest 50 entries.");
    // Filters.
    page.browser.fill("#audit-subject", "contoso ltd\n");
    page.browser.shows("main [role=status]", "The newest entry.");
    page.browser.click("tbody details summary");
    page.browser.shows("tbody dl", "Contoso → Contoso Ltd");
    assert_eq!(page.browser.axe(), []);
    page.browser.click("#audit-action option[value='account.added']");
    page.browser.shows("main [role=status]", "No entry.");
    page.browser.fill("#audit-subject", "administrator\n");
    page.browser.shows("tbody", "account.added");
    page.browser.click("main .bar a.button");
    let file = page.browser.downloaded("csv", &scene.written("exported"));
    let csv = std::fs::read_to_string(file).expect("a file");
    assert!(csv.starts_with("number,at,who,") && csv.matches("\r\n").count() == 2, "{csv}");
    let newest = page.call("GET", "/api/v1/audit?limit=1", Value::Null);
    assert_eq!(newest["entries"][0]["action"], "audit.exported", "{newest}");
}
