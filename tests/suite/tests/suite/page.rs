//! The setup page from end to end: a real browser, a beacon that serves, a simulated tenant.

use crate::harness::served::{PASSWORD, Served, eventually};
use crate::harness::setup_page::SetupPage;
use crate::harness::{Scene, forms, truth};
use serde_json::{Value, json};
use std::path::Path;

/// Screens that are looked at: a laptop's and a telephone's.
const SIZES: [(u32, u32); 2] = [(1440, 900), (360, 780)];

/// How far the page reaches beyond the right edge of the window, in pixels.
const BEYOND: &str = "const page = document.documentElement; arguments[0](page.scrollWidth - page.clientWidth);";

/// Whether the way to this screen can be seen.
const WAY_IS_SEEN: &str = "const way = document.querySelector('nav.side [aria-current=page]').getBoundingClientRect();
    arguments[0](way.left >= 0 && way.right <= document.documentElement.clientWidth);";

/// What is not accessible or does not fit, on the screen as it is now, wide and narrow, light and dark. Each is kept as a
/// picture in `target/screens`.
#[track_caller]
pub(crate) fn check_access(page: &SetupPage<'_>, screen: &str) {
    for (width, height) in SIZES {
        page.browser.on_screen(width, height);
        for theme in ["light", "dark"] {
            let name = format!("{screen}-{theme}-{width}");
            page.browser.picture(&name);
            assert_eq!(page.browser.script(BEYOND, &[]), 0, "{name} is too wide");
            assert_eq!(page.browser.axe(), [], "{name}");
            page.browser.click("header.top button:first-of-type");
        }
    }
    let (width, height) = SIZES[0];
    page.browser.on_screen(width, height);
}

#[test]
fn first_start_signing_out_and_in_again() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let empty = [
        ("/", "Overview", "overview-empty"),
        ("/connections", "Inventory Systems", "connections-empty"),
        ("/connections/new/Microsoft%20365", "New connection", "connection-new"),
        ("/health", "Health", "health-empty"),
        ("/consents", "Consents", "consents-empty"),
        ("/schedules", "Schedules", "schedules-empty"),
        ("/destinations", "Destinations", "destinations-empty"),
        ("/runs", "Runs", "runs-empty"),
        ("/audit", "Audit", "audit"),
        ("/settings", "Settings", "settings"),
        ("/nothing", "There is nothing here", "nothing"),
    ];
    for (path, heading, name) in empty {
        page.open(path);
        page.browser.shows("h1", heading);
        page.browser.lacks("main", "Loading …");
        check_access(&page, name);
    }
    let (width, height) = SIZES[1];
    page.browser.on_screen(width, height);
    page.open("/settings");
    page.browser.shows("h1", "Settings");
    eventually("the way is seen", || (page.browser.script(WAY_IS_SEEN, &[]) == true).then_some(()));
    page.browser.click("header.top button:last-of-type");
    page.browser.shows("h1", "Sign in to your beacon");
    assert_eq!(page.browser.axe(), []);
    // A wrong password is told so, and the browser reports the refused request.
    page.browser.expect_complaint("401");
    page.browser.fill("#password", "not the right one");
    page.browser.click("button[type=submit]");
    page.browser.shows("form", "password");
    page.browser.fill("#password", PASSWORD);
    page.browser.click("button[type=submit]");
    page.browser.shows("nav.side", "Inventory Systems");
}

/// A browser has six connections to a host without TLS, and each page that is seen keeps one for what happens.
#[test]
fn more_tabs_than_a_browser_has_connections() {
    let scene = Scene::small();
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    for _ in 0..8 {
        page.browser.new_tab();
        page.open("/connections");
        page.browser.shows("h1", "Inventory Systems");
    }
}

/// Runs a task whose module runs in the page's worker, to its end.
#[track_caller]
fn driven(page: &SetupPage<'_>, connection: &str, digest: &str, kind: &str) -> Value {
    let order = json!({ "kind": kind, "runs_in": "page" });
    let task = page.call("POST", &format!("/api/v1/connections/{connection}/tasks"), order);
    let id = task["id"].as_str().expect("an id");
    assert_eq!(page.worker().drive(1, digest, id), json!({ "id": 1, "done": true }));
    page.reads_until(&format!("/api/v1/tasks/{id}"), |task| task["phase"] == "finished")
}

/// Everything that the API can do, from within the page: the module runs in its worker, a person signs in at the
/// simulated page in a popup, and what is imported is what the tenant has.
#[test]
fn from_the_first_start_to_the_data_with_the_module_in_the_page() {
    let scene = Scene::of(120, 11);
    let served = Served::start(&scene);
    let page = SetupPage::first_start(&served);
    let types = page.call("GET", "/api/v1/source-types", Value::Null);
    let digest = types[0]["digest"].as_str().expect("a digest").to_owned();
    let settings = forms::vendor_app(&scene.tenant).set("flow", "authorization_code");
    let settings = settings.set("redirect_uri", "http://localhost").settings();

    // The worker finds nothing wrong with what is about to be saved.
    let values = serde_json::to_value(&settings).expect("JSON");
    assert_eq!(page.worker().check(1, &digest, &values, &[])["errors"], "[]");
    let draft = json!({ "name": "Contoso", "source_type": types[0]["name"], "settings": values, "secrets": {} });
    let connection = page.call("POST", "/api/v1/connections", draft);
    let connection = connection["id"].as_str().expect("an id");

    // Consent: the module asks, a person answers in a popup, the administrator confirms.
    let order = json!({ "kind": "consent", "runs_in": "page", "way": "browser" });
    let task = page.call("POST", &format!("/api/v1/connections/{connection}/tasks"), order);
    let (id, path) = (&task["id"], format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id")));
    let worker = page.worker();
    worker.post(json!({ "kind": "drive", "id": 1, "digest": digest, "task": id }));
    let asked = page.reads_until(&path, |task| task["phase"] == "waiting_for_sign_in");
    let account = scene.tenant.administrator();
    page.browser.in_popup(asked["sign_in_address"].as_str().expect("an address"), || {
        page.browser.click(&format!("button.account[value='{account}']"));
        page.browser.click("button.primary[value=accept]");
    });
    assert_eq!(worker.answer(1), json!({ "id": 1, "done": true }));
    let waiting = page.reads_until(&path, |task| task["phase"] == "waiting_for_confirmation");
    assert_eq!(waiting["consent"]["tenant_id"], scene.tenant.tenant_id().to_string());
    assert_eq!(waiting["consent"]["account"], account);
    assert_eq!(page.call("POST", &format!("{path}/confirm"), Value::Null)["kept"], true);

    let test = driven(&page, connection, &digest, "test");
    let checks = test["checks"].as_array().expect("checks");
    assert!(!checks.is_empty() && checks.iter().all(|check| check["verdict"] != "fail"), "{test}");
    let preview = driven(&page, connection, &digest, "preview");
    let tables = preview["preview"]["tables"].as_array().expect("tables");
    let users = tables.iter().find(|table| table["table"] == "users").expect("people");
    assert!(users["rows"].as_array().is_some_and(|rows| !rows.is_empty()), "{preview}");

    let share = scene.written("share");
    std::fs::create_dir(&share).expect("a folder");
    let place = json!({ "kind": "folder", "folder": share.display().to_string() });
    page.call("POST", "/api/v1/destinations", json!({ "name": "Share", "place": place }));
    let started = page.call("POST", &format!("/api/v1/connections/{connection}/runs"), Value::Null);
    let path = format!("/api/v1/runs/{}", started["run"].as_str().expect("an id"));
    let run = page.reads_until(&path, |run| run["phase"] == "finished" && run["status"] != "running");
    assert_eq!(run["status"], "complete", "{run}");
    let package = Path::new(run["package_folder"].as_str().expect("a package"));
    truth::assert_tables(&scene.tenant, package, &["tenant", "users", "products", "assignments"]);
    let rows = page.call("GET", "/api/v1/data/rows/users?limit=500", Value::Null);
    assert_eq!(rows["total"], 120);
    let rows = page.call("GET", "/api/v1/data/rows/licences?limit=500", Value::Null);
    assert_eq!(rows["total"], scene.tenant.truth().products().len());

    let schedule = json!({
        "name": "Mornings", "rule": { "every": "week", "days": [1, 4], "at": "06:00" }, "zone": "Europe/Berlin",
        "missed": "run_once", "jitter_minutes": 20, "window": "20:00-07:00", "parallel": 2, "connections": [connection],
    });
    page.call("POST", "/api/v1/schedules", schedule);
    let labels = json!({ "action": "labels", "add": ["gold", "region=eu"], "remove": [] });
    page.call("POST", "/api/v1/connections/bulk", json!({ "connections": [connection], "order": labels }));
    let people = "div[role=grid] .line";
    let run = run["id"].as_str().expect("an id");
    let screens = [
        ("/".to_owned(), ".tiles", "Users", "overview"),
        ("/connections".to_owned(), "tbody", "Contoso", "connections"),
        ("/connections?label=gold".to_owned(), "ul[aria-label=Filters]", "gold", "connections-narrowed"),
        (format!("/connections/{connection}"), "h1", "Contoso", "connection"),
        (format!("/connections/{connection}/test"), "tbody", "Pass", "test"),
        ("/health".to_owned(), "section.card", "Contoso", "health"),
        ("/schedules".to_owned(), "section.card", "Mornings", "schedules"),
        ("/destinations".to_owned(), "section.card", "1 package, the last one", "destinations"),
        ("/runs".to_owned(), "tbody", "Complete", "runs"),
        (format!("/runs/{run}"), "tbody", "users", "run"),
        ("/data/users".to_owned(), people, "", "users"),
        ("/data/applications".to_owned(), people, "", "applications"),
        ("/data/licences".to_owned(), people, "", "licences"),
        ("/data/usage".to_owned(), people, "", "usage"),
    ];
    for (path, selector, text, name) in screens {
        page.open(&path);
        page.browser.shows(selector, text);
        check_access(&page, name);
    }
    page.open("/data/users");
    page.browser.shows("[role=status]", "120 found");
    page.browser.click("div[role=grid] .line");
    page.browser.shows("aside.pane", "Licences");
    check_access(&page, "person");
    page.browser.click("header.top button:last-of-type");
    page.browser.shows("h1", "Sign in to your beacon");
}
