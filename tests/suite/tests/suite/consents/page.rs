//! The screen *Consents*, by its own buttons.

use super::draft;
use crate::harness::person::{Hands, Person};
use crate::harness::served::{Served, eventually};
use crate::harness::setup_page::SetupPage;
use crate::harness::{Browser, Scene};
use crate::page::check_access;
use serde_json::Value;

/// The link that is shown for a connection.
#[track_caller]
fn link(page: &SetupPage<'_>, name: &str) -> String {
    page.browser.shows(&format!("pre[aria-label='Link for {name}']"), "/consent/link/")
}

/// The customer's administrator goes on from a link and says who they are.
#[track_caller]
fn signs_in(customer: Person<'_>, link: &str, account: &str) {
    customer.browser.open(link);
    customer.press("Continue to Microsoft");
    customer.picks_account(account);
}

/// The same, up to what they are asked for.
#[track_caller]
fn goes_on(customer: Person<'_>, link: &str, account: &str) {
    signs_in(customer, link, account);
    customer.browser.shows("h1", "Permissions requested");
}

#[test]
fn links_are_made_followed_confirmed_and_refused_on_the_board() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    for name in ["Contoso", "Fabrikam"] {
        page.call("POST", "/api/v1/connections", draft(&scene, name));
    }
    let person = Person::new(&page.browser, Hands::Keyboard);
    person.press("Consents");
    page.browser.shows("ul.chips", "No link yet 2");
    person.press("Make links for all without one (2)");
    page.browser.shows("main", "2 links were made");
    let links = [link(&page, "Contoso"), link(&page, "Fabrikam")];
    page.browser.shows("ul.chips", "Link made 2");
    let file = "arguments[0](document.querySelector('a[download]').href);";
    let file = page.browser.script(file, &[]);
    let token = links[0].rsplit('/').next().expect("a token");
    assert!(file.as_str().is_some_and(|file| file.starts_with("data:text/csv") && file.contains(token)), "{file}");
    check_access(&page, "consents-links");
    person.press("Done: forget the links");
    assert_eq!(page.browser.script("arguments[0](document.querySelectorAll('main pre').length);", &[]), 0);

    // What the customers do shows by itself, and what was chosen for a link goes when it can get none.
    person.picks("Choose Contoso");
    person.picks("Choose Fabrikam");
    person.finds("Make links for the chosen (2)");
    let account = scene.tenant.administrator();
    let elsewhere = Browser::start();
    let customer = Person::new(&elsewhere, Hands::Mouse);
    goes_on(customer, &links[1], &account);
    page.browser.shows("ul.chips", "Sign-in started 1");
    person.finds("Make links for the chosen (1)");
    customer.press("Cancel");
    page.browser.shows("ul.chips", "Refused 1");
    page.browser.shows("section[aria-labelledby='consents-Refused']", "declined");
    goes_on(customer, &links[0], &account);
    customer.press("Accept");
    page.browser.shows("ul.chips", "Granted, waits for confirmation 1");
    check_access(&page, "consents");

    // Confirmed without leaving the board: whose it is comes first.
    person.press("Confirm or discard… Contoso");
    let shown = page.browser.shows("dialog[open] .consent", "Is this the right account and tenant?");
    assert!(shown.contains(&account) && shown.contains(&scene.tenant.tenant_id().to_string()), "{shown}");
    assert_eq!(page.browser.axe(), []);
    person.press("Keep the consent");
    page.browser.shows("dialog[open]", "The consent is kept");
    page.browser.shows("dialog[open]", "Tried without anybody");
    person.press("Close");
    page.browser.shows("ul.chips", "Confirmed 1");

    // The other one is sent a new link, which is taken back; found by its name.
    person.fills("Search by name", "fab");
    person.press("Make a link for Fabrikam");
    page.browser.shows("ul.chips", "Link made 1");
    person.press("Withdraw the link for Fabrikam");
    page.browser.shows("ul.chips", "Withdrawn 1");
    eventually("the link is shown no more", || {
        let links = page.browser.script("arguments[0](document.querySelectorAll('main pre').length);", &[]);
        (links == 0).then_some(())
    });
    let text = page.browser.shows("main", "Fabrikam");
    assert!(!text.contains("Contoso"), "{text}");
    // A consent that is discarded is told so.
    person.press("Make a link for Fabrikam");
    let renewed = link(&page, "Fabrikam");
    // The permissions are granted already.
    signs_in(customer, &renewed, &account);
    person.press("Confirm or discard… Fabrikam");
    page.browser.shows("dialog[open] .consent", "Is this the right account and tenant?");
    person.press("Discard it");
    page.browser.shows("section[aria-labelledby='consents-Withdrawn']", "discarded the consent");
    let connections = page.call("GET", "/api/v1/connections", Value::Null);
    let kept = connections.as_array().expect("a list").iter().filter(|one| one["secrets"] != serde_json::json!([]));
    assert_eq!(kept.count(), 1, "only what was confirmed is kept");
}
