//! Destinations in the page: made, tried out, seen to work and to fail, put right, and deleted.

use crate::harness::Scene;
use crate::harness::nginx::{Nginx, TOKEN};
use crate::harness::person::{Hands, Person};
use crate::harness::served::{Served, eventually};
use crate::harness::setup_page::SetupPage;
use serde_json::{Value, json};

const WRONG: &str = "n0t-the-right-one-90ae";

/// The card of a destination.
fn card(name: &str) -> String {
    format!("section.card:has(button[aria-label='Edit {name}'])")
}

#[test]
fn a_destination_is_made_fails_is_put_right_and_goes_by_button_and_by_keyboard() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    scene.keep_secret(TOKEN);
    scene.keep_secret(WRONG);
    let share = scene.written("share");
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let (mouse, keyboard) = (Person::new(&page.browser, Hands::Mouse), Person::new(&page.browser, Hands::Keyboard));
    page.open("/destinations");
    page.browser.shows("main", "Packages stay on this beacon");

    // A folder that is not there is refused at its field.
    mouse.press("New destination");
    mouse.fills("Name", "Share");
    mouse.fills("Folder", &share.display().to_string());
    page.browser.expect_complaint("422");
    mouse.press("Save");
    page.browser.shows("#destination-folder-wrong", "is not there");
    page.browser.picture("destination-dialog-light");
    assert_eq!(page.browser.axe(), []);
    std::fs::create_dir(&share).expect("a folder");
    mouse.press("Save");
    page.browser.shows(&card("Share"), "Nothing sent yet");
    mouse.press("Check Share now");
    page.browser.shows("main", "Packages can be delivered to Share");

    // A server, with the keyboard alone: an address that would betray packages, then a wrong token, then the right one.
    keyboard.press("New destination");
    keyboard.fills("Name", "Archive");
    keyboard.picks("A server that takes uploads");
    keyboard.fills("Address", "http://files.example.com/");
    keyboard.fills("Shown at its door", "Bearer");
    keyboard.fills("Token", WRONG);
    page.browser.expect_complaint("422");
    keyboard.press("Save");
    page.browser.shows("#destination-address-wrong", "must begin with https://");
    assert_eq!(page.browser.axe(), []);
    keyboard.fills("Address", &nginx.secure("bearer"));
    keyboard.press("Save");
    page.browser.shows(&card("Archive"), "a bearer token");
    keyboard.press("Check Archive now");
    page.browser.shows("main", "Check the credential of the destination");
    keyboard.press("Edit Archive");
    page.browser.shows("#destination-secret-help", "One is stored");
    assert_eq!(page.browser.value("#destination-secret"), "", "what is stored never comes back");
    keyboard.fills("Token", TOKEN);
    keyboard.press("Save");
    page.browser.shows("main", "Archive is saved.");
    keyboard.press("Check Archive now");
    page.browser.shows("main", "Packages can be delivered to Archive");

    // A package arrives, without anybody asking the page to look again.
    scene.run("Contoso", &[]).exits(0);
    for name in ["Archive", "Share"] {
        page.browser.shows(&card(name), "Delivering");
        page.browser.shows(&card(name), "1 package, the last one");
    }
    assert_eq!(nginx.arrived("bearer").len(), 1);

    // The next one does not arrive: why, what to do, and that it is tried again. Once put right, it is sent.
    let away = scene.written("away");
    std::fs::rename(&share, &away).expect("a folder");
    scene.run("Contoso", &[]);
    let failing = page.browser.shows(&card("Share"), "Connect the drive");
    for part in ["Failing", "1 package, 1 of them tried and failed, the oldest from", "next attempt"] {
        assert!(failing.contains(part), "{part:?} is missing in {failing}");
    }
    keyboard.press("Packages of Share");
    page.browser.shows(&card("Share"), "Failed, waits");
    assert_eq!(page.browser.axe(), []);
    std::fs::rename(&away, &share).expect("a folder");
    keyboard.press("Deliver to Share now");
    page.browser.shows(&card("Share"), "2 packages, the last one");
    page.browser.lacks(&card("Share"), "Failing");

    // One is given up, one is still owed when the destination goes.
    std::fs::rename(&share, &away).expect("a folder");
    for _ in 0..2 {
        scene.run("Contoso", &[]);
    }
    // The trouble of a destination stops all that waits for it: only the oldest is tried.
    page.browser.shows(&card("Share"), "2 packages, 1 of them tried and failed");
    mouse.press("Give up the package of Contoso");
    page.browser.shows("dialog[open]", "is not sent to Share any more");
    page.browser.click("dialog[open] button.danger");
    page.browser.shows(&card("Share"), "1 package, 1 of them tried and failed");
    let administrator = served.administrator_again();
    let listed = administrator.reads("/api/v1/destinations");
    assert_eq!(listed[1]["problem"]["code"], "delivery.folder_missing", "{listed}");
    let reader = served.reader(&administrator).reads("/api/v1/destinations");
    assert_eq!((&reader[1]["state"], &reader[1]["waiting"]), (&json!("failing"), &json!(1)));
    assert_eq!((&reader[1]["place"], &reader[1]["problem"]), (&Value::Null, &Value::Null), "{reader}");
    keyboard.press("Delete Share");
    page.browser.shows("dialog[open]", "Still owed to it: 1 package, the oldest from");
    assert_eq!(page.browser.axe(), []);
    keyboard.press("Keep the destination");
    mouse.press("Delete Share");
    page.browser.click("dialog[open] button.danger");
    page.browser.shows("main", "Share is deleted. 1 package for it will not be sent.");
    let left = page.call("GET", "/api/v1/destinations", Value::Null);
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    assert_eq!(left[0]["name"], "Archive");

    // Old packages go by a rule, never what is needed.
    page.open("/settings");
    let section = "section[aria-labelledby=retention-title]";
    keyboard.fills("Keep the newest", "one");
    keyboard.press("What would go now");
    page.browser.shows(section, "Enter whole numbers, or nothing.");
    keyboard.fills("Keep the newest", "1");
    keyboard.press("What would go now");
    page.browser.shows(section, "Packages that would go now: 3.");
    assert_eq!(scene.packages().len(), 4, "nothing went yet");
    keyboard.press("Save the rules");
    page.browser.shows(section, "Saved.");
    eventually("old packages are gone", || (scene.packages().len() == 1).then_some(()));
    page.reload();
    page.browser.shows(section, "Keep the newest");
    eventually("the rule is shown", || (page.browser.value("#retention-keep") == "1").then_some(()));
}
