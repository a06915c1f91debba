//! The main way through the page, by its own buttons: from the first start to the data, and out again. What is seen and
//! exported is what the tenant has.

use crate::harness::person::{Hands, Person};
use crate::harness::served::Served;
use crate::harness::{Browser, Scene, exported, truth};
use beacon_simulator::{FaultKind, FaultRule, role};
use std::path::PathBuf;

/// How long one report takes: long enough to see the import at work.
const SLOW: FaultKind = FaultKind::SlowBody { milliseconds: 12_000 };

const USERS: u64 = 120;

#[test]
fn with_a_mouse() {
    main_way(Hands::Mouse);
}

#[test]
fn with_a_keyboard_alone() {
    main_way(Hands::Keyboard);
}

fn main_way(hands: Hands) {
    let scene = Scene::of(USERS, 11);
    let served = Served::start(&scene);
    let browser = Browser::start();
    let person = Person::new(&browser, hands);
    person.signs_in_first(&served);

    person.begins_connection(&scene.tenant, "Contoso");
    person.picks("The vendor's preset app");
    person.fills("Redirect URI", "http://localhost");
    person.picks("Everything");
    person.saves("Contoso");
    let account = scene.tenant.administrator();
    // Who may consent may not read usage by that.
    let roles = [role::CLOUD_APPLICATION_ADMINISTRATOR, role::GLOBAL_READER, role::REPORTS_READER];
    scene.tenant.set_roles(&account, &roles).expect("the administrator");
    person.consents_in_popup("Generate…", &account);
    browser.shows("main .bar .status", "Needs consent");
    person.keeps(&scene.tenant, &account);
    // The dialog knows it at once.
    browser.shows("main .bar .status", "Never ran");
    browser.shows("main form", "Configured on");

    person.press("Test and preview");
    let checks = browser.shows("section[aria-label=Checks] tbody", "Usage reports can be read.");
    assert!(!checks.contains("Fail"), "{checks}");
    person.press("Preview data");
    let masked = browser.shows("section[aria-label=Preview]", "users");
    assert!(!masked.contains(&account), "names are masked at first");

    person.press("Back to the connection");
    browser.shows("h1", "Contoso");
    scene.tenant.add_fault(FaultRule::once("/data/v1.0/download", SLOW));
    person.press("Execute Contoso now");
    // Live: everybody is there already, and a report is still on its way.
    browser.shows("section[aria-label=Progress]", "Fetching");
    browser.shows("section[aria-label=Progress] tbody", &USERS.to_string());
    browser.shows("main .bar .status", "Complete");
    let results = browser.shows("main tbody", "users");
    assert!(results.contains(&USERS.to_string()), "{results}");
    let package = PathBuf::from(browser.shows("main dd.mono", "packages"));
    truth::assert_tables(&scene.tenant, &package, &truth::TABLES);
    truth::assert_tables(&scene.tenant, &package, &truth::USE);

    let export = |screen: &str| {
        person.press(screen);
        browser.shows("h1", screen);
        browser.shows("main .bar [role=status]", "found");
        person.press("Parquet");
        browser.downloaded("parquet", &scene.written("exported"))
    };
    exported::assert_users(&scene.tenant, &export("Users"));
    exported::assert_applications(&scene.tenant, &package, &export("Applications"));
    exported::assert_licences(&scene.tenant, &export("Licences"));
    exported::assert_usage(&scene.tenant, &package, &export("Usage"));
    person.press("Users");
    browser.shows("main .bar [role=status]", &format!("{USERS} found"));
    person.press("CSV");
    let file = browser.downloaded("csv", &scene.written("exported"));
    let lines = std::fs::read_to_string(file).expect("a file");
    assert_eq!(lines.matches("\r\n").count() as u64, USERS + 1, "a line for everybody and the header");

    person.press("Sign out");
    browser.shows("h1", "Sign in to your beacon");
}
