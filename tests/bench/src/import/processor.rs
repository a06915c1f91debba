//! Processor and memory of an import without latency, from socket to Parquet.

use crate::beacon::Beacon;
use crate::simulated::{REPORTS, SIGN_INS, Simulated};
use beacon_simulator::SimulatorOptions;

pub(super) fn measure(users: u64) -> anyhow::Result<()> {
    let tenant = Simulated::start(SimulatorOptions::with_users(users))?;
    let described = tenant.simulator.describe();
    tenant.permit(REPORTS, false)?;
    for (what, sign_ins) in [("with sign-ins", true), ("people", false)] {
        tenant.permit(SIGN_INS, sign_ins)?;
        let import = Beacon::connect(&described)?.run()?;
        let measured = &import.measured;
        let each = measured.processor * 1e6 / users as f64;
        println!(
            "processor  {what:<13} {users:>9} users in {:.1} s over TLS, {} pages of people",
            measured.wall.as_secs_f64(),
            import.of_table("users", "pages")
        );
        let limit = if sign_ins { "" } else { " (at most 33)" };
        println!("processor  {what:<13} {each:>9.1} µs of CPU for each user in beacon{limit}");
        println!("peak       {what:<13} {:>9.0} MB (below 300)", measured.peak);
    }
    println!("snapshot   there is none yet: nothing is built after publication");
    Ok(())
}
