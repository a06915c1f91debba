//! Long lists: their ends, and what comes while they are seen.

use super::{GRID, MANY, at_data, finds, row, scene};
use crate::harness::served::{Served, eventually};
use fantoccini::key::Key;
use serde_json::{Value, json};

/// Longer than any element can be: the last rows are the last rows, to the pixel, by key, by bar and by wheel.
#[test]
fn both_ends_of_a_list_that_no_element_is_tall_enough_for() {
    let scene = scene(MANY);
    let served = Served::start(&scene);
    let page = at_data(&served);
    let told = page.reads_until("/api/v1/data/rows/usage?limit=1", |rows| rows["total"].as_u64() > Some(0));
    let total = told["total"].as_u64().expect("a number");
    assert!(total > 441_176, "{total} rows fit into an element");
    let last = page.call("GET", &format!("/api/v1/data/rows/usage?limit=1&offset={}", total - 1), Value::Null);
    let name = last["rows"][0][3].clone();
    page.open("/data/usage");
    page.browser.tells_until(&format!("{}?.length > 3", row(0)), &json!(true));
    let first = page.browser.tells(&row(0));
    // Pixels between the last row and the end of what is seen.
    let gap = format!(
        "Math.abs(document.querySelector('[aria-rowindex=\"{}\"]')?.getBoundingClientRect().bottom \
        - document.querySelector('{GRID}').getBoundingClientRect().top - 1 - document.querySelector('{GRID}').clientHeight) < 1",
        total + 1
    );
    let at_end = || {
        page.browser.tells_until(&gap, &json!(true));
        page.browser.tells_until(&format!("{}?.[0]", row(total - 1)), &name);
        assert_eq!(page.browser.tells(&row(total)), Value::Null);
    };
    let at_begin = || {
        page.browser.tells_until(&row(0), &first);
        page.browser.tells_until(&format!("document.querySelector('{GRID}').scrollTop"), &json!(0));
    };
    page.browser.script(&format!("document.querySelector('{GRID}').focus(); arguments[0]();"), &[]);
    page.browser.press(&Key::End);
    at_end();
    page.browser.press(&Key::Home);
    at_begin();
    let bar = |to: &str| {
        page.browser.script(
            &format!("const grid = document.querySelector('{GRID}'); grid.scrollTop = {to}; arguments[0]();"),
            &[],
        )
    };
    bar("grid.scrollHeight");
    at_end();
    bar("0");
    at_begin();
    // Keys and wheel reach each row, although a pixel of the bar is more than one of the list.
    bar("5000000");
    let seen = format!(
        "Math.min(...[...document.querySelectorAll('{GRID} .line')].filter((line) => line.getBoundingClientRect().top \
        >= document.querySelector('{GRID} .head').getBoundingClientRect().bottom - 1).map((line) => Number(line.ariaRowIndex)))"
    );
    eventually("the list is somewhere in the middle", || page.browser.tells(&seen).as_u64().filter(|row| *row > 1_000));
    for _ in 0..5 {
        let before = page.browser.tells(&seen).as_u64().expect("a row");
        page.browser.script(
            &format!(
                "document.querySelector('{GRID}').dispatchEvent(new WheelEvent('wheel', \
            {{ deltaY: 34, bubbles: true, cancelable: true }})); arguments[0]();"
            ),
            &[],
        );
        page.browser.tells_until(&seen, &json!(before + 1));
    }
}

/// Answers come in any order; what is seen answers what was asked last, and stays where it is when new data comes.
#[test]
fn late_answers_and_new_data_do_not_move_what_is_seen() {
    let scene = scene(700);
    let served = Served::start(&scene);
    let page = at_data(&served);
    page.open("/data/users?sort=user_principal_name");
    finds(&page, 700);
    // The first search is answered after the second.
    let hold = "const real = window.fetch; window.held = []; \
        window.fetch = (request, more) => String(request.url ?? request).includes('search=zz') \
            ? new Promise((go) => window.held.push(async () => { \
                const answer = await real(request, more); \
                const read = answer.clone().text(); \
                go(answer); \
                await read; \
            })) : real(request, more); arguments[0]();";
    page.browser.script(hold, &[]);
    page.browser.fill("#search", "zz");
    page.browser.tells_until("window.held.length", &json!(1));
    page.browser.fill("#search", "a");
    let found = page.call("GET", "/api/v1/data/rows/users?limit=1&search=a", Value::Null);
    let found = found["total"].as_u64().expect("a number");
    finds(&page, found);
    let before = page.browser.tells(&row(0));
    // After its answer has been read, the page has its turn: it would draw in the frames that follow.
    let release = "const done = arguments[0]; const frame = (then) => requestAnimationFrame(then); \
        Promise.all(window.held.map((go) => go())).then(() => frame(() => frame(done)));";
    page.browser.script(release, &[]);
    finds(&page, found);
    assert_eq!(page.browser.tells(&row(0)), before);

    // In the middle of the list, new data comes.
    page.browser.fill("#search", "");
    finds(&page, 700);
    page.browser.script(&format!("document.querySelector('{GRID}').scrollTop = 34 * 400; arguments[0]();"), &[]);
    page.browser.tells_until(&format!("{}?.[0].length > 1", row(405)), &json!(true));
    let before = page.browser.tells(&row(405));
    page.browser.script("window.asked = 0; const real = window.fetch; window.fetch = (request, more) => { window.asked += String(request.url ?? request).includes('/rows/users') ? 1 : 0; return real(request, more); }; arguments[0]();", &[]);
    let connection = page.call("GET", "/api/v1/connections", Value::Null)[0]["id"].as_str().expect("an id").to_owned();
    page.call("POST", &format!("/api/v1/connections/{connection}/runs"), Value::Null);
    page.browser.tells_until("window.asked > 0", &json!(true));
    finds(&page, 700);
    assert_eq!(page.browser.tells(&row(405)), before);
    page.browser.tells_until(&format!("document.querySelector('{GRID}').scrollTop"), &json!(34 * 400));
}
