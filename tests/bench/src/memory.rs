//! Peak memory of `beacon run` as a process of its own, against a simulated tenant in another one.

use anyhow::{Context as _, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends a process with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn peaks() -> anyhow::Result<()> {
    let small = peak(100_000)?;
    let large = peak(1_000_000)?;
    println!("peak       {large:>9.0} MB at 1,000,000 users (below 300)");
    println!("peak       {small:>9.0} MB at 100,000 users");
    println!("ratio      {:>9.2} (at most 1.6)", large / small);
    Ok(())
}

fn beside(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// MB that one import takes at its peak.
fn peak(users: u64) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let tenant = Command::new(beside("tenant-simulator")?)
        .args(["--users", &users.to_string(), "--ca-file"])
        .arg(path("ca.pem"))
        .arg("--ready-file")
        .arg(path("tenant.json"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let _tenant = Running(tenant);
    let ready = ready(&path("tenant.json"))?;
    let text = |pointer: &str| {
        let value = ready.pointer(pointer).and_then(|value| value.as_str()).map(str::to_owned);
        value.with_context(|| format!("the simulated tenant does not tell {pointer}"))
    };
    fs::write(path("secret"), text("/own_client_secret")?)?;
    let beacon = || {
        let mut command = Command::new(beside("beacon").unwrap_or_default());
        command.args(["--json", "--allow-address", "127.0.0.0/8", "--allow-address", "::1/128"]);
        command.arg("--data").arg(path("data")).arg("--key-file").arg(path("key")).arg("--ca-file").arg(path("ca.pem"));
        command.stdout(Stdio::null());
        command
    };
    let added = beacon()
        .args(["connection", "add", "Bench", "--set", "cloud=custom", "--set", "flow=client_secret"])
        .args(["--set", &format!("login_root={}", text("/login_origin")?)])
        .args(["--set", &format!("graph_root={}", text("/graph_origin")?)])
        .args(["--set", &format!("report_root={}", text("/report_origin")?)])
        .args(["--set", &format!("tenant={}", text("/tenant_id")?)])
        .args(["--set", &format!("client_id={}", text("/own_client_id")?)])
        .args(["--secret", &format!("client_secret={}", path("secret").display())])
        .status()?;
    ensure!(added.success(), "the connection was not added");
    let started = Instant::now();
    let mut run = Running(beacon().args(["run", "Bench"]).spawn()?);
    let status_file = PathBuf::from(format!("/proc/{}/status", run.0.id()));
    let (mut peak, mut processor) = (0.0f64, 0.0f64);
    let status = loop {
        peak = peak.max(high_water(&status_file));
        processor = processor.max(processor_seconds(run.0.id()));
        if let Some(status) = run.0.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    ensure!(status.success(), "the import of {users} users ended with {status}");
    let wall = started.elapsed().as_secs_f64();
    println!(
        "import     {users:>9} users in {wall:.1} s over TLS, {:.1} µs of CPU for each in beacon",
        processor * 1e6 / users as f64
    );
    Ok(peak)
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

/// The kernel's own high-water mark of resident memory, MB.
fn high_water(status: &Path) -> f64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0 / 1e6
}

/// User and system time of a process, from the 14th and 15th field of its stat (proc(5)), in ticks of 10 ms.
fn processor_seconds(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let field = |number: usize| after_name.split(' ').nth(number).and_then(|field| field.parse::<f64>().ok());
    field(11).zip(field(12)).map_or(0.0, |(user, system)| (user + system) / 100.0)
}
