//! Panes: where they lead, and on small screens and paper.

use super::{GRID, at_data, finds, scene};
use crate::harness::served::Served;
use fantoccini::key::Key;
use serde_json::{Value, json};

/// From an application to those who use it, from a product to those who hold it.
#[test]
fn panes_lead_on() {
    let scene = scene(120);
    let served = Served::start(&scene);
    let page = at_data(&served);
    page.open("/data/applications");
    let applications =
        page.call("GET", "/api/v1/data/rows/applications?limit=500&sort=people&descending=true", Value::Null);
    let application = applications["rows"][0].as_array().expect("a row");
    let place = |id: &str| {
        applications["columns"].as_array().and_then(|all| all.iter().position(|one| one["id"] == id)).expect("a column")
            + 2
    };
    page.open("/data/applications?sort=-people");
    page.browser.click(&format!("{GRID} [aria-rowindex='2']"));
    let name = application[place("application_name")].as_str().expect("a name");
    page.browser.shows("aside.pane h2", name);
    let shown = page.browser.shows("aside.pane table", "Never used");
    // Each state is a word beside its swatch, and says what it means.
    let words = [
        "Used within the days",
        "Used before",
        "Used, date unknown",
        "Never used",
        "No data",
        "Concealed",
        "Not measured",
    ];
    assert!(words.iter().all(|word| shown.contains(word)), "{shown}");
    let meanings = "[...document.querySelectorAll('aside.pane .use')].every((use) => use.title.length > 20 && use.querySelector('svg'))";
    assert_eq!(page.browser.tells(meanings), true);
    page.browser.picture("application");
    assert_eq!(page.browser.axe(), []);
    let never = application[place("never_used")].as_u64().expect("a number");
    assert!(never > 0, "{application:?}");
    page.browser.click("aside.pane a[href*='never_used']");
    page.browser.shows("h1", "Usage");
    finds(&page, never);
    page.browser.shows(".chips", &format!("Application: {name}"));
    page.browser.shows(".chips", "Use: Never used");
    page.browser.shows(&format!("{GRID} .line .use"), "Never used");

    let products = page.call("GET", "/api/v1/data/rows/licences?limit=500&sort=people&descending=true", Value::Null);
    let product = products["rows"][0].as_array().expect("a row");
    page.open("/data/licences?sort=-people");
    page.browser.click(&format!("{GRID} [aria-rowindex='2']"));
    let name = product[2].as_str().expect("a name");
    page.browser.shows("aside.pane h2", name);
    page.browser.picture("product");
    assert_eq!(page.browser.axe(), []);
    page.browser.click("aside.pane p a");
    page.browser.shows("h1", "Users");
    page.browser.shows(".chips", &format!("Holders of {name}"));
    let place = products["columns"]
        .as_array()
        .and_then(|all| all.iter().position(|one| one["id"] == "people"))
        .expect("a column")
        + 2;
    finds(&page, product[place].as_u64().expect("a number"));
    // And back to where one came from, pane and all.
    page.back();
    page.browser.shows("h1", "Licences");
    page.browser.shows("aside.pane h2", name);
}

/// On 360 pixels nothing sticks out, and the pane takes the place of the table; paper has all rows and no more.
#[test]
fn small_screens_and_paper() {
    let scene = scene(120);
    let served = Served::start(&scene);
    let page = at_data(&served);
    page.open("/data/users");
    finds(&page, 120);
    let pages = page.browser.prints();
    assert!((2..=8).contains(&pages), "{pages} pages for 120 rows");
    finds(&page, 120);
    page.browser.on_screen(360, 740);
    let fits = "document.scrollingElement.scrollWidth <= 360";
    for view in ["users", "applications", "licences", "usage"] {
        page.open(&format!("/data/{view}"));
        page.browser.shows(&format!("{GRID} .line"), "");
        page.browser.tells_until(fits, &json!(true));
        page.browser.picture(&format!("{view}-360"));
        assert_eq!(page.browser.axe(), [], "{view}");
        page.browser.click(&format!("{GRID} .line"));
        page.browser.shows("aside.pane h2", "");
        page.browser.tells_until("document.activeElement.className", &json!("pane"));
        page.browser.tells_until(fits, &json!(true));
        page.browser
            .tells_until(&format!("getComputedStyle(document.querySelector('{GRID}')).visibility"), &json!("hidden"));
        page.browser.picture(&format!("{view}-pane-360"));
        assert_eq!(page.browser.axe(), [], "{view}");
        page.browser.press(&Key::Escape);
        page.browser.tells_until("document.activeElement.className", &json!("grid"));
        page.browser.click(".tools .popover summary");
        let inside = "(() => { const panel = document.querySelector('.popover[open] .panel').getBoundingClientRect(); \
            return panel.left >= 0 && panel.right <= 360; })()";
        page.browser.tells_until(inside, &json!(true));
        page.browser.picture(&format!("{view}-filter-360"));
    }
}
