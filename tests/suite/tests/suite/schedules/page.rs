//! Schedules in the page.

use crate::harness::Scene;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use serde_json::Value;

#[test]
fn a_schedule_is_made_followed_kept_and_deleted_in_the_page() {
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    page.open("/schedules");
    page.browser.shows("main", "Nothing runs by itself yet");
    page.browser.click("main button.primary");
    page.browser.fill("#schedule-name", "Mornings");
    page.browser.shows("dialog[open] .ahead", "Next times");
    page.browser.shows("dialog[open]", "Contoso");
    page.browser.picture("schedule-dialog-light");
    assert_eq!(page.browser.axe(), []);
    // What the host finds wrong stands at its field, while it is typed.
    page.browser.fill("#schedule-zone", "Nowhere");
    page.browser.shows("dialog[open] .wrong", "Nowhere");
    page.browser.fill("#schedule-zone", "Australia/Sydney");
    page.browser.lacks("dialog[open]", "must be a name");
    page.browser.click("dialog[open] .choices input");
    page.browser.click("dialog[open] button[type=submit]");
    page.browser.shows("section.card", "daily at 06:00 (Australia/Sydney)");
    page.browser.shows("section.card", "Contoso");
    page.open("/connections");
    page.browser.shows("tbody", "Mornings, daily at 06:00");
    // Off the schedule and on it again, by the connection's own button.
    for (choice, expected) in [("first-of-type", "not scheduled"), ("last-of-type", "Mornings, daily at 06:00")] {
        page.browser.click("button[aria-label='Schedule Contoso']");
        page.browser.shows("dialog[open]", "Mornings");
        assert_eq!(page.browser.axe(), []);
        page.browser.click(&format!("dialog[open] label.choice:{choice} input"));
        page.browser.click("dialog[open] button.primary");
        page.browser.shows("tbody", expected);
    }
    page.open("/schedules");
    page.browser.click("button[aria-label='Run all of Mornings now']");
    page.reads_until("/api/v1/runs", |runs| runs[0]["status"] == "complete");
    page.reads_until("/api/v1/schedules", |schedules| schedules[0]["occasions"][0]["outcome"] == "by_hand");
    page.open("/schedules");
    page.browser.click("section.card summary");
    page.browser.shows("section.card", "run by hand");
    page.browser.click("button[aria-label='Delete Mornings']");
    page.browser.shows("dialog[open]", "These connections are not scheduled any more: Contoso.");
    page.browser.click("dialog[open] button.danger");
    page.browser.shows("main", "Nothing runs by itself yet");
    assert_eq!(page.call("GET", "/api/v1/connections", Value::Null)[0]["schedule"], Value::Null);
}
