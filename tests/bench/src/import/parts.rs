//! People in parts against people in a single chain, with latency and quotas, without sign-in dates and reports.
//!
//! The single chain is the same program: a service that does not count people is read as a whole, so it is told not to.

use super::bound;
use crate::beacon::{Beacon, Import};
use crate::simulated::{REPORTS, SIGN_INS, Simulated};
use anyhow::{Context as _, ensure};
use beacon_simulator::{FaultBody, FaultKind, FaultRule, Simulator, SimulatorOptions, TenantOptions};

const FIRST: (f64, f64) = (6.0, 2.5);
const PLANNED: (f64, f64) = (10.0, 1.5);

/// A tenant with latency and quotas, whose own application may read neither sign-in dates nor reports.
pub(super) fn slow_tenant(users: u64) -> anyhow::Result<Simulated> {
    let tenant = Simulated::start(SimulatorOptions {
        tenant: TenantOptions { users, ..TenantOptions::default() },
        quotas: true,
        latency: Some(bound::LATENCY),
        ..SimulatorOptions::default()
    })?;
    tenant.permit(REPORTS, false)?;
    tenant.permit(SIGN_INS, false)?;
    Ok(tenant)
}

/// The service refuses to count, so the list is read as a whole.
pub(super) fn do_not_count(simulator: &Simulator) {
    let refused = FaultKind::Status { status: 400, retry_after: None, body: FaultBody::Json };
    simulator.add_fault(FaultRule::once("/v1.0/users/$count", refused).always());
}

/// One import with full quotas; gives it, its seconds and the units that it used.
pub(super) fn timed(tenant: &Simulated, beacon: &Beacon, proof: &str) -> anyhow::Result<(Import, f64, u64)> {
    tenant.simulator.set_quotas(true);
    tenant.simulator.clear_requests();
    let import = beacon.run()?;
    ensure!(import.proof() == proof, "the list was read as {}, not as {proof}", import.proof());
    let (seconds, units) = (bound::seconds(import.measured.wall), tenant.simulator.charged_units());
    Ok((import, seconds, units))
}

/// Requests that were answered by 429.
pub(super) fn refused(simulator: &Simulator) -> u64 {
    simulator.request_counts().by_status.get(&429).copied().unwrap_or(0)
}

/// Seconds from the first request to the last page of people.
pub(super) fn people_seconds(tenant: &Simulated) -> anyhow::Result<f64> {
    let requests = tenant.simulator.requests();
    let first = requests.iter().map(|request| request.at).min().context("nothing was asked")?;
    let of_people = requests.iter().filter(|request| request.target.contains("manager"));
    let last = of_people.map(|request| request.at).max().context("nobody was asked for")?;
    Ok(last.duration_since(first).as_secs_f64())
}

fn told(kind: &str, tenant: &Simulated, (import, seconds, units): &(Import, f64, u64)) -> anyhow::Result<()> {
    let people = people_seconds(tenant)?;
    let (counts, pages) = (tenant.simulator.request_counts(), import.of_table("users", "pages"));
    println!(
        "parts      {kind:<12} {seconds:>6.2} s, people within {people:.2} s, {pages} pages in {} requests, {units} units, {} times 429, {:.2} s of CPU",
        counts.total,
        refused(&tenant.simulator),
        import.measured.processor
    );
    Ok(())
}

pub(super) fn measure(users: u64, repeat: usize) -> anyhow::Result<()> {
    let tenant = slow_tenant(users)?;
    let described = tenant.simulator.describe();
    do_not_count(&tenant.simulator);
    let single = timed(&tenant, &Beacon::connect(&described)?, "chain")?;
    told("single chain", &tenant, &single)?;
    tenant.simulator.clear_faults();
    let (mut first, mut planned) = (Vec::new(), Vec::new());
    for _ in 0..repeat.max(1) {
        let beacon = Beacon::connect(&described)?;
        for (kind, runs) in [("first run", &mut first), ("with plan", &mut planned)] {
            let run = timed(&tenant, &beacon, "partitions")?;
            told(kind, &tenant, &run)?;
            runs.push((run.1, run.2));
        }
    }
    for (kind, runs, (least, most)) in [("first run", first, FIRST), ("with plan", planned, PLANNED)] {
        let (seconds, units) = median(runs);
        let ratio = single.1 / seconds;
        println!("ratio      {kind:<12} {ratio:>6.2} times as fast as a single chain (at least {least})");
        println!("ratio      {kind:<12} {}", bound::against(seconds, bound::of_people(users, units), most));
    }
    Ok(())
}

fn median(mut runs: Vec<(f64, u64)>) -> (f64, u64) {
    runs.sort_by(|one, other| one.0.total_cmp(&other.0));
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}
