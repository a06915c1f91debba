//! Keys, and what a screen reader is told.

use super::{GRID, address, at_data, finds, is_at, row, scene};
use crate::harness::served::{Served, eventually};
use fantoccini::key::Key;
use serde_json::{Value, json};

/// What a screen reader is told, and what keys do.
#[test]
fn everything_works_by_keys_and_is_said() {
    let scene = scene(120);
    let served = Served::start(&scene);
    let page = at_data(&served);
    page.open("/data/users?sort=display_name");
    finds(&page, 120);
    let attribute =
        |name: &str| page.browser.tells(&format!("document.querySelector('{GRID}').getAttribute('{name}')"));
    assert_eq!(attribute("aria-rowcount"), "121");
    let columns = page.browser.tells(&format!("document.querySelectorAll('{GRID} [role=columnheader]').length"));
    assert_eq!(attribute("aria-colcount"), columns.to_string());
    let current = "document.getElementById(document.querySelector('div[role=grid]').getAttribute('aria-activedescendant'))?.ariaRowIndex ?? null";
    page.browser.script(&format!("document.querySelector('{GRID}').focus(); arguments[0]();"), &[]);
    for (key, index) in [(Key::Down, "3"), (Key::Down, "4"), (Key::Up, "3"), (Key::End, "121"), (Key::Home, "2")] {
        page.browser.press(&key);
        page.browser.tells_until(current, &json!(index));
    }
    page.browser.press(&Key::PageDown);
    let after_page = page.browser.tells(current).as_str().expect("a row").parse::<u64>().expect("a number");
    assert!((5..40).contains(&after_page), "{after_page}");
    // The row that keys act on is always in sight below the head.
    let in_sight = "(() => { const grid = document.querySelector('div[role=grid]').getBoundingClientRect(); \
        const row = document.querySelector('.line.current').getBoundingClientRect(); \
        return row.top >= grid.top + 33 && row.bottom <= grid.bottom + 1; })()";
    for key in [Key::PageDown, Key::PageDown, Key::PageDown, Key::Up, Key::PageUp, Key::Down] {
        page.browser.press(&key);
        page.browser.tells_until(in_sight, &json!(true));
    }
    // Scrolled away, the current row is not in the page, and nothing else is called so.
    page.browser.press(&Key::Home);
    page.browser.script(&format!("document.querySelector('{GRID}').scrollTop = 1e6; arguments[0]();"), &[]);
    page.browser.tells_until(current, &Value::Null);
    page.browser.press(&Key::Down);
    page.browser.tells_until(current, &json!("3"));

    // Enter opens, Escape closes and comes back.
    page.browser.press(&Key::Enter);
    let name = page.browser.tells(&format!("{}[0]", row(1)));
    page.browser.shows("aside.pane h2", name.as_str().expect("a name"));
    page.browser.tells_until("document.activeElement.className", &json!("pane"));
    assert_eq!(page.browser.tells("document.querySelector('.line[aria-selected=true]').ariaRowIndex"), "3");
    assert_eq!(page.browser.axe(), []);
    let opened = address(&page);
    assert!(opened.starts_with("/data/users?sort=display_name&open="), "{opened}");
    page.browser.press(&Key::Escape);
    page.browser.tells_until("document.querySelector('aside.pane')", &Value::Null);
    page.browser.tells_until("document.activeElement.className", &json!("grid"));
    is_at(&page, "/data/users?sort=display_name");
    page.browser.tells_until(current, &json!("3"));
    page.back();
    is_at(&page, &opened);
    page.browser.shows("aside.pane h2", name.as_str().expect("a name"));

    // A key in the head is the head's.
    page.browser
        .script(&format!("document.querySelector('{GRID} [role=columnheader] button').focus(); arguments[0]();"), &[]);
    page.browser.press(&Key::Enter);
    eventually("it is sorted the other way", || address(&page).contains("sort=-display_name").then_some(()));
    // What is folded opens and closes by keys, and the focus comes back.
    page.browser.script("document.querySelector('.popover summary').focus(); arguments[0]();", &[]);
    page.browser.press(&Key::Enter);
    page.browser.tells_until("document.querySelector('.popover').open", &json!(true));
    assert_eq!(page.browser.axe(), []);
    page.browser.press(&Key::Tab);
    page.browser.press(&Key::Escape);
    page.browser.tells_until("document.querySelector('.popover').open", &json!(false));
    page.browser.tells_until("document.activeElement.tagName", &json!("SUMMARY"));
}
