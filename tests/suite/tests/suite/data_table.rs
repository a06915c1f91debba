//! The data screens as people use them: long lists, questions in the address, panes, keys, paper and small screens.

use crate::harness::Scene;
use crate::harness::served::{Served, eventually};
use crate::harness::setup_page::SetupPage;
use fantoccini::key::Key;
use serde_json::{Value, json};

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

/// What was asked is in the address: it survives a reload, can be sent, and is gone back from.
#[test]
fn a_question_is_kept_in_the_address() {
    let scene = scene(120);
    let served = Served::start(&scene);
    let page = at_data(&served);
    page.open("/data/users");
    finds(&page, 120);
    let name = || page.browser.tells(&format!("{}?.[1]", row(0)));
    // Sorted down by name.
    let sort = format!("{GRID} [role=columnheader]:first-child button");
    page.browser.click(&sort);
    is_at(&page, "/data/users?sort=display_name");
    page.browser
        .tells_until(&format!("document.querySelector('{GRID} [role=columnheader]').ariaSort"), &json!("ascending"));
    page.browser.click(&sort);
    is_at(&page, "/data/users?sort=-display_name");
    let rows = page.call("GET", "/api/v1/data/rows/users?limit=1&sort=display_name&descending=true", Value::Null);
    page.browser.tells_until(&format!("{}?.[0]", row(0)), &rows["rows"][0][3]);
    // Filtered by whether the account is enabled.
    page.browser.click(".tools .popover:nth-of-type(1) summary");
    let choose = "const select = [...document.querySelectorAll('.popover .row')].find((row) => row.textContent.startsWith('Account enabled')).querySelector('select'); \
        select.value = 'false'; select.dispatchEvent(new Event('change', { bubbles: true })); arguments[0]();";
    page.browser.script(choose, &[]);
    is_at(&page, "/data/users?sort=-display_name&filter.account_enabled=false");
    let disabled = page.call("GET", "/api/v1/data/rows/users?limit=1&filter=account_enabled:false", Value::Null);
    let disabled = disabled["total"].as_u64().expect("a number");
    assert!(disabled > 0 && disabled < 120);
    finds(&page, disabled);
    page.browser.shows(".chips", "Account enabled: No");
    page.browser.press(&Key::Escape);
    page.browser.tells_until("document.querySelector('.popover[open]')", &Value::Null);
    // Searched: typing is one step.
    let letters: String = name().as_str().expect("a name").chars().take(3).collect();
    page.browser.fill("#search", &letters);
    let searched = format!("/data/users?search={letters}&sort=-display_name&filter.account_enabled=false");
    is_at(&page, &searched);
    let found = page.call(
        "GET",
        &format!("/api/v1/data/rows/users?limit=1&filter=account_enabled:false&search={letters}"),
        Value::Null,
    );
    let found = found["total"].as_u64().expect("a number");
    finds(&page, found);
    // One column more; that is the reader's, not the question's.
    page.browser.click(".tools .popover:nth-of-type(2) summary");
    let heads = format!("[...document.querySelectorAll('{GRID} [role=columnheader]')].map((head) => head.textContent)");
    assert!(!page.browser.tells(&heads).to_string().contains("Job title"));
    let tick = "[...document.querySelectorAll('.popover .choice')].find((choice) => choice.textContent === 'Job title').querySelector('input').click(); arguments[0]();";
    page.browser.script(tick, &[]);
    page.browser.tells_until(&format!("{heads}.includes('Job title')"), &json!(true));
    is_at(&page, &searched);

    page.reload();
    finds(&page, found);
    is_at(&page, &searched);
    page.browser.tells_until("document.querySelector('#search').value", &json!(letters));
    page.browser
        .tells_until(&format!("document.querySelector('{GRID} [role=columnheader]').ariaSort"), &json!("descending"));
    page.browser.tells_until(&format!("{heads}.includes('Job title')"), &json!(true));
    page.browser.shows(".chips", "Account enabled: No");
    page.browser.tells_until("[...document.querySelectorAll('.popover .row')].find((row) => row.textContent.startsWith('Account enabled')).querySelector('select').value", &json!("false"));
    // Nothing of anybody is kept for that.
    let kept = page.browser.tells("JSON.stringify({ ...localStorage, ...sessionStorage })");
    assert!(!kept.as_str().is_some_and(|kept| kept.contains('@') || kept.contains(&letters)), "{kept}");

    // A chip takes its filter away, the way back brings it.
    page.browser.click(".chips .chip button");
    is_at(&page, &format!("/data/users?search={letters}&sort=-display_name"));
    page.browser.tells_until("document.querySelector('.chips')", &Value::Null);
    page.back();
    is_at(&page, &searched);
    finds(&page, found);
    page.browser.shows(".chips", "Account enabled: No");
    page.back();
    is_at(&page, "/data/users?sort=-display_name");
    page.browser.tells_until("document.querySelector('#search').value", &json!(""));
    finds(&page, 120);
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
            ? new Promise((go) => window.held.push(() => go(real(request, more)))) : real(request, more); arguments[0]();";
    page.browser.script(hold, &[]);
    page.browser.fill("#search", "zz");
    page.browser.tells_until("window.held.length", &json!(1));
    page.browser.fill("#search", "a");
    let found = page.call("GET", "/api/v1/data/rows/users?limit=1&search=a", Value::Null);
    let found = found["total"].as_u64().expect("a number");
    finds(&page, found);
    let before = page.browser.tells(&row(0));
    // After its answer has been read, the page has had its turn.
    page.browser.script("const done = arguments[0]; window.held.forEach((go) => go()); setTimeout(done, 300);", &[]);
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

/// The same moment is another day elsewhere; the exact value is there on demand.
#[test]
fn moments_are_those_of_the_reader() {
    let scene = scene(120);
    let served = Served::start(&scene);
    let page = at_data(&served);
    let mut shown = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        page.browser.in_zone(zone);
        page.open("/data/users?sort=-last_sign_in_at");
        finds(&page, 120);
        let times = format!("[...document.querySelectorAll('{GRID} .line time')]");
        page.browser.tells_until(&format!("{times}.length > 10"), &json!(true));
        assert_eq!(page.browser.tells("Intl.DateTimeFormat().resolvedOptions().timeZone"), zone);
        let right = format!(
            "{times}.every((time) => time.title === time.dateTime && time.textContent === \
            new Date(time.dateTime).toLocaleString(undefined, {{ dateStyle: 'medium', timeStyle: 'short' }}))"
        );
        assert_eq!(page.browser.tells(&right), true, "{zone}");
        shown.push(page.browser.tells(&format!("{times}[0].textContent")));
    }
    assert_ne!(shown[0], shown[1]);
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
