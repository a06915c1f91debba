//! The demonstration: a simulated tenant, and a beacon that serves its setup page; or, with `--once`, a connection, an
//! import and a package on the command line.

use crate::places;
use crate::process::{cargo, run};
use crate::{pack, page, setup};
use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct DemoArguments {
    /// Import on the command line and end, instead of serving the setup page
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
    eprintln!("Building the setup page …");
    page::all()?;
    eprintln!("Building beacon and the simulated tenant (some minutes the first time) …");
    run(cargo().args(["build", "--package", "beacon", "--package", "beacon-simulator", "--bins"]))?;
    let folder = places::target().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the last demonstration")?;
    }
    fs::create_dir_all(&folder).context("cannot make the folder of the demonstration")?;
    let (mut tenant, ready) = start_tenant(arguments.users, &folder)?;
    if arguments.once {
        return import(&folder, &ready);
    }
    let served = serve(&folder, &ready);
    // It may have ended already, by the same Ctrl-C.
    let _ = tenant.0.kill();
    served
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
        .args(["--users", &users.to_string(), "--administrator-reads-usage", "--ca-file"])
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

/// A value that the simulated tenant tells about itself.
fn told<'v>(ready: &'v Value, pointer: &str) -> anyhow::Result<&'v str> {
    let value = ready.pointer(pointer).and_then(Value::as_str);
    value.with_context(|| format!("the simulated tenant does not tell {pointer}"))
}

/// `beacon` with the data of the demonstration.
fn beacon(folder: &Path) -> Command {
    let mut command = Command::new(places::program("beacon"));
    command.args(["--allow-address", "127.0.0.0/8", "--allow-address", "::1/128"]);
    command.arg("--data").arg(folder.join("data")).arg("--key-file").arg(folder.join("beacon.key"));
    command.arg("--ca-file").arg(folder.join("ca.pem"));
    command
}

/// Serves the page until it is ended, with the simulated tenant as a connection that only has to be consented to.
fn serve(folder: &Path, ready: &Value) -> anyhow::Result<()> {
    let preset = json!({
        "name": "Simulated tenant",
        "source_type": "Microsoft 365",
        "settings": {
            "cloud": "custom",
            "login_root": told(ready, "/login_origin")?,
            "graph_root": told(ready, "/graph_origin")?,
            "report_root": told(ready, "/report_origin")?,
            "sign_in": "vendor_app",
            "flow": "authorization_code",
            "redirect_uri": "http://localhost",
        },
    });
    let file = folder.join("preset.json");
    fs::write(&file, preset.to_string()).context("cannot write the preset of the demonstration")?;
    eprintln!(
        "\nA simulated tenant of {} people is running. Its sign-in page has a certificate that only this\n\
         demonstration knows: your browser warns once, go on there.\n",
        ready.get("users").and_then(Value::as_u64).unwrap_or_default()
    );
    run(beacon(folder).arg("serve").arg("--preset").arg(&file))
}

fn import(folder: &Path, ready: &Value) -> anyhow::Result<()> {
    let text = |pointer: &str| told(ready, pointer);
    let secret_file = folder.join("client_secret.txt");
    fs::write(&secret_file, text("/own_client_secret")?).context("cannot write the client secret")?;
    let beacon = || beacon(folder);
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
