//! Processor and memory of an import without latency, from socket to Parquet; then the snapshot for the page.

use crate::beacon::Beacon;
use crate::simulated::{REPORTS, SIGN_INS, Simulated};
use beacon_simulator::SimulatorOptions;
use beacon_snapshot::Snapshot;
use std::time::Instant;

/// Without sign-in dates: their pages come five in ten seconds whatever the service allows, so that a million people
/// would take an hour of waiting and tell nothing more.
pub(super) fn measure(users: u64) -> anyhow::Result<()> {
    let tenant = Simulated::start(SimulatorOptions::with_users(users))?;
    tenant.permit(REPORTS, false)?;
    tenant.permit(SIGN_INS, false)?;
    let beacon = Beacon::connect(&tenant.simulator.describe())?;
    let import = beacon.run()?;
    let measured = &import.measured;
    let each = measured.processor * 1e6 / users as f64;
    println!(
        "processor  {users:>9} users in {:.1} s over TLS, {} pages of people",
        measured.wall.as_secs_f64(),
        import.of_table("users", "pages")
    );
    println!("processor  {each:>9.1} µs of CPU for each user in beacon (at most 33)");
    println!("peak       {:>9.0} MB (below 300)", measured.peak);
    let begun = Instant::now();
    let facts = Snapshot::build(&import.package()?, &beacon.path("snapshot"))?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("snapshot   {seconds:>9.1} s after publication, {} MB", facts.bytes / 1_000_000);
    Ok(())
}
