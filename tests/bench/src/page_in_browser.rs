//! The page in a real Chromium over an imported tenant of any size: when it can be used, how soon a search shows its
//! rows, how smoothly it scrolls.

use crate::beacon::Beacon;
use crate::browser::{Chromium, SCROLL, SEARCH, THERE};
use crate::simulated::{SIGN_INS, Simulated};
use anyhow::{Context as _, Result, ensure};
use beacon_simulator::SimulatorOptions;
use serde_json::json;

/// A page can be used within this, from the first request on, in milliseconds.
const INTERACTIVE_LIMIT: f64 = 1_500.0;

/// First rows of a search are seen within this, from the last key on.
const SEARCH_LIMIT: f64 = 200.0;

/// No frame takes longer while the table is scrolled.
const FRAME_LIMIT: f64 = 50.0;

/// Browsers that have never been there; the median counts.
const COLD_STARTS: usize = 5;

/// Frames of each way of scrolling.
const FRAMES: u64 = 240;

/// What a person types, from what finds nobody to what finds nearly everybody.
const SEARCHES: [&str; 5] = ["77777", "an", "lee", "9", "nobody at all"];

const PASSWORD: &str = "a password of the measurement";

/// Where the way in can be used.
const WAY_IN: &str = "form input[type=password]";

/// Where the table shows its rows.
const ROWS: &str = "[role=grid] .body [role=row]";

pub(crate) fn measure(users: u64) -> Result<()> {
    let tenant = Simulated::start(SimulatorOptions::with_users(users))?;
    tenant.permit(SIGN_INS, false)?;
    let beacon = Beacon::connect(&tenant.simulator.describe())?;
    beacon.run()?;
    drop(tenant);
    let served = beacon.serve(&[])?;
    let first = Chromium::start()?;
    first.open(served.link.as_deref().context("the beacon gives a link for the first sign-in")?)?;
    first.milliseconds(THERE, &[json!("#again")])?;
    first.fill("#password", PASSWORD)?;
    first.fill("#again", PASSWORD)?;
    first.click("form button[type=submit]")?;
    first.milliseconds(THERE, &[json!("nav.side")])?;

    let mut cold = Vec::new();
    for _ in 0..COLD_STARTS {
        let browser = Chromium::start()?;
        browser.open(&served.address)?;
        cold.push(browser.milliseconds(THERE, &[json!(WAY_IN)])?);
    }
    let interactive = median(&mut cold);
    println!("page       {interactive:>9.0} ms until it can be used, cold (at most {INTERACTIVE_LIMIT:.0})");

    first.open(&format!("{}/data/users", served.address))?;
    let rows = first.milliseconds(THERE, &[json!(ROWS)])?;
    println!("page       {rows:>9.0} ms until the first of {users} users are seen");
    let mut slowest_search = 0.0f64;
    for text in SEARCHES {
        let took = first.milliseconds(SEARCH, &[json!(text)])?;
        slowest_search = slowest_search.max(took);
        println!("page       {took:>9.0} ms  search for {text:?}");
        first.open(&format!("{}/data/users", served.address))?;
        first.milliseconds(THERE, &[json!(ROWS)])?;
    }
    println!("page       {slowest_search:>9.0} ms, the slowest search (at most {SEARCH_LIMIT:.0})");
    let mut slowest_frame = 0.0f64;
    for (what, step) in [("by lines", 34), ("by screens", 600), ("by leaps", 200_000)] {
        let times = first.measure(SCROLL, &[json!(step), json!(FRAMES)])?;
        let mut times: Vec<f64> =
            times.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
        ensure!(!times.is_empty(), "nothing was scrolled");
        let slowest = times.iter().copied().fold(0.0, f64::max);
        slowest_frame = slowest_frame.max(slowest);
        println!("page       {slowest:>9.0} ms  slowest frame {what}, median {:.0}", median(&mut times));
    }
    println!("page       {slowest_frame:>9.0} ms, the slowest frame (below {FRAME_LIMIT:.0})");
    ensure!(interactive <= INTERACTIVE_LIMIT, "the page takes too long to start");
    ensure!(slowest_search <= SEARCH_LIMIT, "a search takes too long");
    ensure!(slowest_frame < FRAME_LIMIT, "scrolling is not smooth");
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
