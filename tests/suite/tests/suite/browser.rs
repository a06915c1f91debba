//! The browser of the other tests: that it sees what it is there to see.

use crate::harness::served::eventually;
use crate::harness::{Browser, Site};

/// A page with one mistake for each way of looking.
const FLAWED: &str = r#"<!doctype html>
    <html lang="en"><head><title>Flawed</title></head><body><main><h1>Flawed</h1>
    <form><input id="name"><button id="greet" type="button">Greet</button></form><p id="said"></p>
    <script>
        document.getElementById("greet").onclick = () => setTimeout(() => {
            document.getElementById("said").textContent = `Hello ${document.getElementById("name").value}`;
        }, 100);
    </script>
    </main></body></html>"#;

const SOUND: &str = r#"<!doctype html>
    <html lang="en"><head><title>Sound</title></head><body><main><h1>Sound</h1>
    <form><label>Name <input id="name"></label></form>
    </main></body></html>"#;

#[test]
fn axe_finds_a_field_without_a_label_and_nothing_on_a_sound_page() {
    let site = Site::start();
    let browser = Browser::start();
    browser.open(&site.page("sound", SOUND));
    assert_eq!(browser.axe(), []);
    browser.open(&site.page("flawed", FLAWED));
    let found = browser.axe();
    let [violation] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(violation.rule, "label");
    assert_eq!(violation.elements, [r#"<input id="name">"#]);
    assert!(!violation.help.is_empty());
}

#[test]
fn a_page_is_filled_in_and_waited_for() {
    let site = Site::start();
    let browser = Browser::start();
    browser.open(&site.page("flawed", FLAWED));
    browser.fill("#name", "Ada");
    browser.fill("#name", "Grace");
    browser.click("#greet");
    assert_eq!(browser.shows("#said", "Grace"), "Hello Grace");
}

#[test]
fn what_the_browser_complains_about_is_heard() {
    let site = Site::start();
    let browser = Browser::start();
    for (page, part) in [
        ("<script>console.error('a planted error')</script>", "a planted error"),
        ("<script>throw new Error('a planted exception')</script>", "a planted exception"),
        ("<script src='/missing.js'></script>", "404"),
    ] {
        browser.open(&site.page("complaint", page));
        eventually("the complaint is heard", || {
            browser.complaints().iter().any(|heard| heard.contains(part)).then_some(())
        });
    }
    // What the policy of the site forbids is told to the site as well, by pages and workers alike.
    browser.open(&format!("{}/", site.origin));
    browser.expect_complaint("Content Security Policy");
    browser.script("document.body.append(new Image()); document.images[0].src = '/x.png'; arguments[0]();", &[]);
    eventually("the picture was refused", || {
        site.reports().iter().any(|report| report.contains("img-src")).then_some(())
    });
}
