//! Peak memory of `beacon run` as a process of its own, against a simulated tenant in another one.

use crate::beacon::{Beacon, beside};
use crate::meter::Running;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn peaks() -> anyhow::Result<()> {
    let small = peak(100_000)?;
    let large = peak(1_000_000)?;
    println!("peak       {large:>9.0} MB at 1,000,000 users (below 300)");
    println!("peak       {small:>9.0} MB at 100,000 users");
    println!("ratio      {:>9.2} (at most 1.6)", large / small);
    Ok(())
}

/// MB that one import takes at its peak.
fn peak(users: u64) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let tenant = Command::new(beside("tenant-simulator")?)
        .args(["--users", &users.to_string(), "--ready-file"])
        .arg(folder.path().join("tenant.json"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let _tenant = Running(tenant);
    let import = Beacon::connect(&ready(&folder.path().join("tenant.json"))?)?.run()?;
    let (wall, processor) = (import.measured.wall.as_secs_f64(), import.measured.processor);
    println!(
        "import     {users:>9} users in {wall:.1} s over TLS, {:.1} µs of CPU for each in beacon",
        processor * 1e6 / users as f64
    );
    Ok(import.measured.peak)
}

fn ready(path: &Path) -> anyhow::Result<serde_json::Value> {
    let deadline = Instant::now() + Duration::from_secs(120);
    while Instant::now() < deadline {
        if let Some(ready) = fs::read(path).ok().and_then(|json| serde_json::from_slice(&json).ok()) {
            return Ok(ready);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    anyhow::bail!("the simulated tenant did not start")
}
