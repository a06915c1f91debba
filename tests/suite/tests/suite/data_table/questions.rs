//! What is asked: in the address, and in words of the reader.

use super::{GRID, at_data, finds, is_at, row, scene};
use crate::harness::served::Served;
use fantoccini::key::Key;
use serde_json::{Value, json};

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
