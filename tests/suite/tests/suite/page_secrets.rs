//! After a reload nothing of a secret is left in the page: not in its heap, its memory, its storage, what it shows, or
//! what it asks the host for.

use crate::harness::person::{Hands, Person};
use crate::harness::secrecy::found_in_page;
use crate::harness::served::Served;
use crate::harness::setup_page::SetupPage;
use crate::harness::steps::open_connection;
use crate::harness::{Browser, Scene};
use serde_json::json;

/// Loads the dialog anew and waits until it has everything that it asks the host for. What went over the network before
/// belongs to another record.
#[track_caller]
fn reload(page: &SetupPage<'_>) {
    page.browser.network();
    page.browser.wait(page.browser.session().refresh()).expect("a page");
    page.browser.shows("form", "Application (client) ID");
}

/// A client secret goes through the form. The search is proven on the same page: it finds what is planted in each place.
#[test]
fn a_client_secret_leaves_nothing_behind() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start_in(&served, Browser::watched());
    let person = Person::new(&page.browser, Hands::Mouse);
    let secret = scene.tenant.own_client_secret();
    person.begins_connection(&scene.tenant, "Contoso");
    person.fills("Tenant", &scene.tenant.tenant_id().to_string());
    person.fills("Application (client) ID", &scene.tenant.own_client_id().to_string());
    person.fills("Client Secret", &secret);
    person.saves("Contoso");
    reload(&page);
    assert_eq!(found_in_page(&page.browser, &scene.tenant.secrets()), Vec::<String>::new());

    person.press("Replace…");
    person.fills("Client Secret", &secret);
    let plant = "
        const [secret, done] = arguments;
        window.planted = { secret: `planted ${secret}` };
        sessionStorage.setItem('planted', secret);
        fetch('/favicon.svg', { headers: { 'x-planted': secret } }).then((answer) => answer.text()).then(() => done());
    ";
    page.browser.script(plant, &[json!(secret)]);
    let found = found_in_page(&page.browser, &[secret]);
    for place in ["the heap", "the program's memory", "what the page keeps or shows", "the network"] {
        assert!(found.iter().any(|line| line.contains(place)), "nothing found in {place}: {found:#?}");
    }
}

/// A code goes through the address bar and a field, and a refresh token comes of it.
#[test]
fn a_consent_leaves_nothing_behind() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start_in(&served, Browser::watched());
    let person = Person::new(&page.browser, Hands::Mouse);
    open_connection(&page, &scene.tenant, None);
    let account = scene.tenant.administrator();
    person.press("Generate…");
    let answer = page.browser.in_other_window(
        || person.press("Open Microsoft's sign-in page"),
        || {
            person.picks_account(&account);
            person.accepts();
            let answer = page.browser.arrives("/nativeclient?code=");
            page.browser.close_window();
            answer
        },
    );
    person.fills("The address", &answer);
    person.press("Send");
    person.keeps(&scene.tenant, &account);
    reload(&page);
    assert_eq!(found_in_page(&page.browser, &scene.tenant.secrets()), Vec::<String>::new());
}
