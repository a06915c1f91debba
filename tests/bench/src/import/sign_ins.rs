//! The same with sign-in dates beside the people. Their lane lets five requests through in ten seconds, so it decides
//! when the run ends, whether people come in parts or not; when all people were there is told apart.

use super::bound;
use super::parts::{do_not_count, people_seconds, refused, slow_tenant, timed};
use crate::beacon::Beacon;
use crate::simulated::SIGN_INS;
use std::thread;
use std::time::Duration;

/// Between the beginnings of two imports, so that people of one are there before the next begins.
const APART: Duration = Duration::from_secs(50);

/// Imports once with sign-in dates; gives when people were there and when everything was.
fn series(users: u64, kind: &'static str, position: u32) -> anyhow::Result<(f64, f64)> {
    thread::sleep(APART * position);
    let tenant = slow_tenant(users)?;
    let beacon = Beacon::connect(&tenant.simulator.describe())?;
    if kind == "with plan" {
        timed(&tenant, &beacon, "partitions")?;
    }
    if kind == "single chain" {
        do_not_count(&tenant.simulator);
    }
    tenant.permit(SIGN_INS, true)?;
    let (import, seconds, units) =
        timed(&tenant, &beacon, if kind == "single chain" { "chain" } else { "partitions" })?;
    let people = people_seconds(&tenant)?;
    println!(
        "sign-ins   {kind:<12} {seconds:>6.2} s, people after {people:.2} s, {} pages of sign-ins, {units} units, {} times 429",
        import.of_table("sign_ins", "pages"),
        refused(&tenant.simulator)
    );
    Ok((people, seconds))
}

pub(super) fn measure(users: u64) -> anyhow::Result<()> {
    println!("sign-ins   three imports side by side, each of a tenant of its own");
    let kinds = [("single chain", 0), ("first run", 1), ("with plan", 2)];
    let threads = kinds.map(|(kind, position)| thread::spawn(move || series(users, kind, position)));
    let ended = threads.map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a series broke off"))?);
    let [single, first, planned] = ended;
    let (single, first, planned) = (single?, first?, planned?);
    let bound = bound::of_sign_ins(users);
    for (kind, (people, seconds), most) in [("first run", first, 2.5), ("with plan", planned, 1.5)] {
        println!("ratio      {kind:<12} {}", bound::against(seconds, bound, most));
        println!(
            "ratio      {kind:<12} {:>6.2} times as fast as a single chain until people were there",
            single.0 / people
        );
    }
    Ok(())
}
