//! The data screens as people use them: long lists, questions in the address, panes, keys, paper and small screens.

mod keys;
mod lists;
mod panes;
mod questions;

use crate::harness::Scene;
use crate::harness::served::{Served, eventually};
use crate::harness::setup_page::SetupPage;
use serde_json::json;

const GRID: &str = "div[role=grid]";

/// People whose use of everything is more rows than an element can be tall.
const MANY: u64 = 15_000;

/// A tenant of this size whose reports were imported.
fn scene(users: u64) -> Scene {
    let scene = Scene::of(users, 5);
    scene.tenant.permit_everything();
    // Dates of sign-ins come at a pace of their own.
    scene.tenant.set_premium(users < MANY);
    scene.add_own_app("Contoso");
    scene.import("Contoso");
    scene
}

/// A browser that is signed in, once the data is prepared for it.
fn at_data<'s>(served: &'s Served<'s>) -> SetupPage<'s> {
    let page = SetupPage::first_start(served);
    page.reads_until("/api/v1/data/rows/users?limit=1", |rows| rows["total"].as_u64() > Some(0));
    page
}

/// The row that has this place in the list, from 0, as it is in the page; `null` if it is not.
fn row(place: u64) -> String {
    format!(
        "(() => {{ const row = document.querySelector('[aria-rowindex=\"{}\"]'); \
        return row && [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent); }})()",
        place + 2
    )
}

/// What is open in the address bar.
fn address(page: &SetupPage<'_>) -> String {
    page.browser.tells("location.pathname + location.search").as_str().expect("an address").to_owned()
}

#[track_caller]
fn is_at(page: &SetupPage<'_>, wanted: &str) {
    eventually(&format!("the address is {wanted}"), || (address(page) == wanted).then_some(()));
}

#[track_caller]
fn finds(page: &SetupPage<'_>, rows: u64) {
    page.browser.tells_until("document.querySelector('[role=status]').textContent", &json!(format!("{rows} found")));
    page.browser.tells_until(&format!("document.querySelector('{GRID}').ariaRowCount"), &json!((rows + 1).to_string()));
    page.browser.tells_until(&format!("document.querySelector('{GRID}').ariaBusy"), &json!("false"));
}
