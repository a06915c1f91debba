//! Every way to a consent, and every way in which it does not come: in a real browser, by the page's own buttons.

use crate::harness::person::{Hands, Person};
use crate::harness::served::{Served, eventually};
use crate::harness::setup_page::SetupPage;
use crate::harness::steps::{connection, open_connection, open_connection_with};
use crate::harness::{Browser, Scene, Tenant, forms};
use beacon_simulator::{Policies, role};
use serde_json::{Value, json};
use std::time::Duration;

const LOOPBACK: Option<&str> = Some("http://localhost");

/// Whose sign-in it is where nothing else is said.
const MOUSE: Hands = Hands::Mouse;

/// Starts everything, opens the dialog of a connection, and lets somebody act there.
fn at_dialog(redirect: Option<&str>, arguments: &[&str], act: impl FnOnce(&Scene, &SetupPage<'_>, Person<'_>, &str)) {
    let scene = Scene::small();
    let served = Served::start_with(&scene, arguments);
    let page = SetupPage::first_start(&served);
    let id = open_connection(&page, &scene.tenant, redirect);
    act(&scene, &page, Person::new(&page.browser, MOUSE), &id);
}

/// What is shown of the sign-in, once it contains this.
#[track_caller]
fn shown(person: Person<'_>, part: &str) -> String {
    person.browser.shows(".consent", part)
}

#[track_caller]
fn kept(page: &SetupPage<'_>, id: &str) -> bool {
    connection(page, id)["secrets"].as_array().is_some_and(|secrets| !secrets.is_empty())
}

/// Pictures of the dialog as it is: light and dark, wide and narrow.
#[track_caller]
fn look(page: &SetupPage<'_>, name: &str) {
    for theme in ["light", "dark"] {
        page.browser.picture(&format!("consent-{name}-{theme}"));
        assert_eq!(page.browser.axe(), [], "{name}, {theme}");
        page.browser.click("header.top button:first-of-type");
    }
}

#[test]
fn by_pasting_the_address() {
    at_dialog(None, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        person.press("Generate…");
        shown(person, "Copy the whole address");
        look(page, "paste");
        // The address of the sign-in page itself is told apart before anything is sent.
        let sign_in = page.browser.in_other_window(
            || person.press("Open Microsoft's sign-in page"),
            || {
                let address = page.browser.arrives("/authorize");
                person.picks_account(&account);
                person.accepts();
                let answer = page.browser.arrives("/nativeclient?code=");
                page.browser.close_window();
                (address, answer)
            },
        );
        person.fills("The address", &sign_in.0);
        shown(person, "That is the address of the sign-in page.");
        person.fills("The address", &sign_in.1);
        shown(person, "That is the right address.");
        person.press("Send");
        person.keeps(&scene.tenant, &account);
        assert!(kept(page, id));
    });
}

#[test]
fn an_answer_to_another_attempt_is_refused() {
    at_dialog(None, &[], |_, page, person, id| {
        person.press("Generate…");
        shown(person, "Copy the whole address");
        let task = page.browser.script("arguments[0](document.querySelector('.consent code').textContent);", &[]);
        let answer = format!("{}?code=0.Abcdefghijklmnop&state=of-another-attempt", task.as_str().expect("an address"));
        person.fills("The address", &answer);
        person.press("Send");
        shown(person, "another sign-in attempt");
        look(page, "state-mismatch");
        person.press("Try again");
        shown(person, "Copy the whole address");
        assert!(!kept(page, id));
    });
}

/// The code that the page shows, and the address to enter it at.
#[track_caller]
fn device_code(scene: &Scene, page: &SetupPage<'_>, person: Person<'_>) -> String {
    person.press("Other ways");
    person.press("With a code");
    shown(person, "enter this code");
    let code = page.browser.shows(".consent .code", "");
    scene.is_shown(&code);
    code
}

#[test]
fn with_a_code_on_another_device() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        let code = device_code(scene, page, person);
        look(page, "device");
        page.browser.in_other_window(
            || page.browser.click(".consent a[target=_blank]"),
            || {
                page.browser.shows("h1", "Enter code");
                person.fills("Code", &code);
                person.press("Next");
                person.picks_account(&account);
                page.browser.shows("p:not(.banner)", "close");
                page.browser.close_window();
            },
        );
        person.keeps(&scene.tenant, &account);
        assert!(kept(page, id));
    });
}

#[test]
fn a_code_that_nobody_entered_in_time() {
    at_dialog(LOOPBACK, &[], |scene, page, person, _| {
        device_code(scene, page, person);
        scene.tenant.clock().advance(Duration::from_secs(16 * 60));
        shown(person, "The device code has expired.");
        person.finds("Try again");
        look(page, "device-expired");
    });
}

#[test]
fn a_blocked_popup_leads_to_the_whole_window() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        // What a browser does that blocks popups.
        page.browser.script("window.open = () => null; arguments[0]();", &[]);
        person.press("Generate…");
        shown(person, "The browser blocked the sign-in window");
        look(page, "blocked");
        person.press("Sign in in this window");
        page.browser.arrives("/authorize");
        person.picks_account(&account);
        person.accepts();
        page.browser.arrives(&format!("/connections/{id}"));
        person.keeps(&scene.tenant, &account);
        assert!(kept(page, id));
    });
}

/// A policy of the tenant ends the sign-in on a page of Microsoft's, and nobody comes back. Its number tells.
#[test]
fn what_microsofts_page_says_is_looked_up() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        // The page of the refusal comes with a status of its own.
        page.browser.expect_complaint("400");
        scene.tenant.set_policies(Policies { block_access: true, ..Policies::default() });
        let says = page.browser.in_other_window(
            || person.press("Generate…"),
            || {
                person.picks_account(&scene.tenant.administrator());
                let says = page.browser.shows("main", "AADSTS53003");
                page.browser.close_window();
                says
            },
        );
        shown(person, "The sign-in window was closed");
        let field = "Its text, or the number after AADSTS";
        for (text, told) in [
            (says.replace('\n', " ").as_str(), "A Conditional Access policy blocks this sign-in."),
            ("90094", "Only an administrator may consent to this."),
            ("AADSTS99999", "This number is not known here."),
            ("what now?", "There is no number in it."),
        ] {
            person.fills(field, text);
            shown(person, told);
        }
        person.fills(field, "AADSTS53003");
        shown(person, "Conditional Access");
        look(page, "closed");
        person.press("Give up");
        person.finds("Generate…");
        assert!(!kept(page, id));
    });
}

#[test]
fn a_person_who_declines() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        page.browser.in_other_window(
            || person.press("Generate…"),
            || {
                person.picks_account(&scene.tenant.administrator());
                page.browser.shows("h1", "Permissions requested");
                person.press("Cancel");
            },
        );
        shown(person, "declined");
        // Somebody else may accept.
        person.press("Link for somebody else");
        shown(person, "/consent/link/");
        look(page, "declined");
        assert!(!kept(page, id));
    });
}

#[test]
fn a_person_who_goes_back() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        page.browser.in_other_window(
            || person.press("Generate…"),
            || {
                page.browser.shows("h1", "Pick an account");
                person.press("Back");
            },
        );
        shown(person, "did not accept");
        assert!(!kept(page, id));
        person.consents_in_popup("Try again", &account);
        person.keeps(&scene.tenant, &account);
    });
}

#[test]
fn a_window_that_was_closed_is_opened_again() {
    at_dialog(LOOPBACK, &[], |scene, page, person, _| {
        let account = scene.tenant.administrator();
        page.browser.in_other_window(
            || person.press("Generate…"),
            || {
                page.browser.shows("h1", "Pick an account");
                page.browser.close_window();
            },
        );
        shown(person, "The sign-in window was closed");
        person.consents_in_popup("Open it again", &account);
        person.keeps(&scene.tenant, &account);
    });
}

#[test]
fn nobody_comes_back_in_time() {
    at_dialog(LOOPBACK, &["--sign-in-seconds", "4"], |_, page, person, id| {
        page.browser.in_other_window(
            || person.press("Generate…"),
            // Nobody does anything: the page closes the window itself when the time is over.
            || (),
        );
        shown(person, "was not finished in time");
        shown(person, "Its text, or the number after AADSTS");
        look(page, "timed-out");
        assert!(!kept(page, id));
    });
}

/// The connection is for one tenant, and somebody of another one signs in.
#[test]
fn an_account_of_another_tenant() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let person = Person::new(&page.browser, MOUSE);
    let endpoint =
        |name: &str| format!("{}/{}/oauth2/v2.0/{name}", scene.tenant.login_origin(), scene.tenant.tenant_id());
    let fields = forms::vendor_app(&scene.tenant)
        .set("flow", "authorization_code")
        .set("redirect_uri", "http://localhost")
        .set("tenant", "5a6f1c0e-0000-4000-8000-000000000001")
        .set("authorization_endpoint", endpoint("authorize"))
        .set("token_endpoint", endpoint("token"));
    let id = open_connection_with(&page, &fields);
    person.consents_in_popup("Generate…", &scene.tenant.administrator());
    shown(person, "This connection is for");
    person.finds("add a connection");
    look(&page, "wrong-tenant");
    assert!(!kept(&page, &id));
}

/// A connection belongs to the tenant of its first consent: Microsoft's page of another one knows it not, and its number
/// is explained.
#[test]
fn a_second_consent_at_another_tenant() {
    let scene = Scene::small();
    let other = Tenant::start(50, 2);
    scene.input("ca.pem", format!("{}{}", scene.tenant.ca_pem(), other.ca_pem()));
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let person = Person::new(&page.browser, MOUSE);
    let id = open_connection(&page, &scene.tenant, LOOPBACK);
    let account = scene.tenant.administrator();
    person.consents_in_popup("Generate…", &account);
    person.keeps(&scene.tenant, &account);

    let settings = forms::vendor_app(&other).set("flow", "authorization_code").set("redirect_uri", "http://localhost");
    let settings = serde_json::to_value(settings.settings()).expect("JSON");
    let draft = json!({ "name": "Contoso", "source_type": "Microsoft 365", "settings": settings, "secrets": {} });
    page.call("PUT", &format!("/api/v1/connections/{id}"), draft);
    page.open(&format!("/connections/{id}"));
    page.browser.expect_complaint("400");
    page.browser.in_other_window(
        || person.press("Generate…"),
        || {
            page.browser.shows("main", "AADSTS90002");
            page.browser.close_window();
        },
    );
    shown(person, "The sign-in window was closed");
    person.fills("Its text, or the number after AADSTS", "AADSTS90002");
    shown(person, "tenant");
    assert_eq!(connection(&page, &id)["consent"]["account"], account);
}

/// Who may consent may not read usage by that: the page says so while somebody is there who can change it.
#[test]
fn the_role_for_usage_is_missing() {
    at_dialog(LOOPBACK, &[], |scene, page, person, _| {
        let account = scene.tenant.administrator();
        let roles = [role::CLOUD_APPLICATION_ADMINISTRATOR, role::GLOBAL_READER];
        scene.tenant.set_roles(&account, &roles).expect("the administrator");
        person.consents_in_popup("Generate…", &account);
        let told = shown(person, "Is this the right account and tenant?");
        assert!(told.contains("Reports Reader") && told.contains("not active is not enough"), "{told}");
        look(page, "role-missing");
        person.keeps(&scene.tenant, &account);
        shown(person, "Reports Reader");
        let roles = [role::CLOUD_APPLICATION_ADMINISTRATOR, role::GLOBAL_READER, role::REPORTS_READER];
        scene.tenant.set_roles(&account, &roles).expect("the administrator");
        person.press("Test and preview");
        page.browser.shows("tbody", "Usage reports can be read.");
    });
}

#[test]
fn a_consent_that_has_expired_is_given_again() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        person.consents_in_popup("Generate…", &account);
        person.keeps(&scene.tenant, &account);
        scene.tenant.clock().advance(Duration::from_secs(60));
        scene.tenant.revoke_sessions(&account).expect("the administrator");
        person.press("Execute Contoso now");
        page.browser.shows("main", "Consent needed");
        person.press("Inventory Systems");
        page.browser.shows("tbody", "Needs consent");
        person.press("Edit Contoso");
        page.browser.shows("#consent-title", "Consent");
        // The permissions are granted already: nothing but the account is asked for.
        page.browser.in_other_window(|| person.press("Generate…"), || person.picks_account(&account));
        person.keeps(&scene.tenant, &account);
        assert_eq!(connection(page, id)["health"], "never_ran");
    });
}

/// A link for somebody who has no account here: single use, found by the administrator afterwards, and nothing kept
/// before the administrator has confirmed it.
#[test]
fn a_link_for_somebody_else() {
    at_dialog(LOOPBACK, &[], |scene, page, person, id| {
        let account = scene.tenant.administrator();
        person.press("Other ways");
        person.press("Link for somebody else");
        let link = page.browser.shows(".ways pre", "/consent/link/");
        look(page, "link");
        // The dialog is not open meanwhile.
        person.press("Runs");
        page.browser.shows("h1", "Runs");
        let elsewhere = Browser::start();
        let somebody = Person::new(&elsewhere, MOUSE);
        // What only opens the address, as scanners of mail do, does not use it up.
        elsewhere.open(&link);
        elsewhere.open(&link);
        elsewhere.shows("h1", "Consent to an inventory of licences");
        elsewhere.picture("consent-link-opened-light");
        assert_eq!(elsewhere.axe(), []);
        somebody.press("Continue to Microsoft");
        somebody.picks_account(&account);
        somebody.accepts();
        elsewhere.shows("h1", "You are signed in");
        // The browser reports that the page was not found, and the person what to do.
        elsewhere.expect_complaint("404");
        elsewhere.open(&link);
        elsewhere.shows("h1", "This link is not good any more");

        eventually("it waits", || (connection(page, id)["waiting_consent"] != Value::Null).then_some(()));
        assert!(!kept(page, id));
        person.press("Inventory Systems");
        page.browser.shows("tbody", "nobody has confirmed it yet");
        person.press("Edit Contoso");
        shown(person, "It came from elsewhere");
        person.keeps(&scene.tenant, &account);
        assert!(kept(page, id));
        assert_eq!(connection(page, id)["waiting_consent"], Value::Null);
    });
}

/// Somebody uses the link while the dialog is open: it follows.
#[test]
fn a_link_that_is_used_under_the_administrators_eyes() {
    at_dialog(LOOPBACK, &[], |scene, page, person, _| {
        person.press("Other ways");
        person.press("Link for somebody else");
        let link = page.browser.shows(".ways pre", "/consent/link/");
        let elsewhere = Browser::start();
        let somebody = Person::new(&elsewhere, MOUSE);
        elsewhere.open(&link);
        somebody.press("Continue to Microsoft");
        elsewhere.shows("h1", "Pick an account");
        shown(person, "A sign-in is under way elsewhere");
        somebody.picks_account(&scene.tenant.administrator());
        somebody.accepts();
        shown(person, "It came from elsewhere");
        person.press("Discard it");
        person.finds("Generate…");
    });
}

/// A browser that cannot start the connector's worker: the host runs it, and the person is told.
#[test]
fn a_browser_without_workers() {
    at_dialog(LOOPBACK, &[], |scene, page, person, _| {
        let account = scene.tenant.administrator();
        page.browser.script("delete window.Worker; arguments[0]();", &[]);
        person.consents_in_popup("Generate…", &account);
        shown(person, "the beacon runs it itself");
        person.keeps(&scene.tenant, &account);
        look(page, "no-worker");
    });
}
