//! The demonstration: a simulated tenant, a connection, an import, a package.

use crate::places;
use crate::process::{cargo, run};
use crate::{pack, setup};
use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct DemoArguments {
    /// End after the import instead of keeping the simulated tenant running
    #[arg(long)]
    once: bool,
    /// Users of the simulated tenant
    #[arg(long, default_value_t = 2_000)]
    users: u64,
}

/// How long the simulated tenant may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn demo(arguments: &DemoArguments) -> anyhow::Result<()> {
    setup::wasm_target()?;
    eprintln!("Building the connector module …");
    pack::all()?;
    eprintln!("Building beacon and the simulated tenant (some minutes the first time) …");
    run(cargo().args(["build", "--package", "beacon", "--package", "beacon-simulator", "--bins"]))?;
    let folder = places::target().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the last demonstration")?;
    }
    fs::create_dir_all(&folder).context("cannot make the folder of the demonstration")?;
    let (mut tenant, ready) = start_tenant(arguments.users, &folder)?;
    let shown = import(&folder, &ready);
    if shown.is_ok() && !arguments.once {
        eprintln!("\nThe simulated tenant keeps running. Press Ctrl-C to end it.");
        tenant.0.wait().context("the simulated tenant cannot be waited for")?;
    }
    shown
}

/// Ends the simulated tenant with us.
struct Tenant(Child);

impl Drop for Tenant {
    fn drop(&mut self) {
        // It may have ended already, by the same Ctrl-C.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_tenant(users: u64, folder: &Path) -> anyhow::Result<(Tenant, Value)> {
    let ready_file = folder.join("tenant.json");
    let child = Command::new(places::program("tenant-simulator"))
        .args(["--users", &users.to_string(), "--ca-file"])
        .arg(folder.join("ca.pem"))
        .arg("--ready-file")
        .arg(&ready_file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start the simulated tenant")?;
    let mut tenant = Tenant(child);
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let ready = fs::read(&ready_file).ok().and_then(|json| serde_json::from_slice(&json).ok());
        if let Some(ready) = ready {
            return Ok((tenant, ready));
        }
        if let Some(status) = tenant.0.try_wait().context("the simulated tenant cannot be asked")? {
            bail!("the simulated tenant ended with {status}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the simulated tenant did not start within {PATIENCE:?}")
}

fn import(folder: &Path, ready: &Value) -> anyhow::Result<()> {
    let text = |pointer: &str| {
        let value = ready.pointer(pointer).and_then(Value::as_str);
        value.with_context(|| format!("the simulated tenant does not tell {pointer}"))
    };
    let secret_file = folder.join("client_secret.txt");
    fs::write(&secret_file, text("/own_client_secret")?).context("cannot write the client secret")?;
    let beacon = || {
        let mut command = Command::new(places::program("beacon"));
        command.args(["--allow-address", "127.0.0.0/8", "--allow-address", "::1/128"]);
        command.arg("--data").arg(folder.join("data")).arg("--key-file").arg(folder.join("beacon.key"));
        command.arg("--ca-file").arg(folder.join("ca.pem"));
        command
    };
    eprintln!("\n$ beacon connection add Demo --set cloud=custom --set tenant=… --secret client_secret=…");
    run(beacon()
        .args(["connection", "add", "Demo", "--set", "cloud=custom", "--set", "flow=client_secret"])
        .args(["--set", &format!("login_root={}", text("/login_origin")?)])
        .args(["--set", &format!("graph_root={}", text("/graph_origin")?)])
        .args(["--set", &format!("report_root={}", text("/report_origin")?)])
        .args(["--set", &format!("tenant={}", text("/tenant_id")?)])
        .args(["--set", &format!("client_id={}", text("/own_client_id")?)])
        .args(["--secret", &format!("client_secret={}", secret_file.display())]))?;
    fs::remove_file(&secret_file).context("cannot remove the client secret")?;
    eprintln!("\n$ beacon run Demo");
    run(beacon().args(["run", "Demo", "--format", "both"]))?;
    let package = newest(&folder.join("data/packages/Demo"))?;
    eprintln!("\n$ beacon package verify {}", package.display());
    run(beacon().args(["package", "verify"]).arg(&package))?;
    eprintln!("\n$ beacon package show {}", package.display());
    run(beacon().args(["package", "show"]).arg(&package))
}

/// Package folders begin with their time.
fn newest(folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let entries = fs::read_dir(folder).context("the import left no package")?;
    entries.filter_map(|entry| Some(entry.ok()?.path())).max().context("the import left no package")
}
