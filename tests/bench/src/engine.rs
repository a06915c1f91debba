//! The engine: the same import sandboxed and native, from the same recorded responses, on one core.

use crate::import_once::{Tenant, import};
use crate::recorded::{Recorder, Replayer};
use anyhow::{Context as _, ensure};
use beacon_contract::Settings;
use beacon_driver::{AddressRule, ClientOptions, Guest, GuestFault, NetworkTransport};
use beacon_kit::Connector as _;
use beacon_microsoft_365::Microsoft365;
use beacon_sandbox::{Engine, SandboxLimits};
use beacon_simulator::{Simulator, SimulatorOptions};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The connector as ordinary code, on a thread of its own: a native guest holds futures that stay where they were
/// made. Handing the message over costs one copy, as it does for the sandbox.
struct Native {
    events: Sender<Vec<u8>>,
    wishes: Receiver<Vec<u8>>,
}

impl Native {
    fn start() -> Self {
        let (events, incoming) = channel::<Vec<u8>>();
        let (outgoing, wishes) = channel();
        std::thread::spawn(move || {
            let mut guest = beacon_kit::Guest::<Microsoft365>::new();
            // Ends when the run drops its end.
            while let Ok(message) = incoming.recv() {
                if outgoing.send(guest.poll(&message)).is_err() {
                    break;
                }
            }
        });
        Self { events, wishes }
    }
}

impl Guest for Native {
    fn poll(&mut self, events: &[u8], output: &mut Vec<u8>) -> Result<(), GuestFault> {
        let gone = || GuestFault {
            code: "bench.guest_gone".to_owned(),
            message: "the native connector stopped".to_owned(),
            deterministic: false,
        };
        self.events.send(events.to_vec()).map_err(|_| gone())?;
        *output = self.wishes.recv().map_err(|_| gone())?;
        Ok(())
    }
}

pub(crate) fn speed(module: &[u8], users: u64, repeat: u32, usage: bool) -> anyhow::Result<()> {
    let start = compile(module)?;
    println!("module     {:>9} bytes, compiled and ready in {:.0} ms (best of 5)", module.len(), ms(start));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (tenant, replayer) = runtime.block_on(record(users, usage))?;
    let (requests, bytes) = replayer.size();
    println!("recorded   {users} users in {requests} responses, {:.1} MB as sent", bytes as f64 / 1e6);
    one_core();
    let compiled = Engine::new(SandboxLimits::default())?.compile(module)?;
    let (mut sandboxed, mut native) = (Duration::MAX, Duration::MAX);
    let mut packages = Vec::new();
    for round in 1..=repeat {
        let mut measure = |guest: Box<dyn Guest>| -> anyhow::Result<Duration> {
            let folder = tempfile::tempdir()?;
            let started = Instant::now();
            let package = runtime.block_on(import(&tenant, guest, Arc::new(replayer.clone()), folder.path()))?;
            packages.push(package.package_id);
            Ok(started.elapsed())
        };
        let in_sandbox = measure(Box::new(compiled.instantiate()?))?;
        let as_code = measure(Box::new(Native::start()))?;
        println!("round {round}    sandboxed {:>6.0} ms, native {:>6.0} ms", ms(in_sandbox), ms(as_code));
        sandboxed = sandboxed.min(in_sandbox);
        native = native.min(as_code);
    }
    packages.dedup();
    ensure!(packages.len() == 1, "the two sides wrote different packages: {packages:?}");
    let rate = |time: Duration| users as f64 / time.as_secs_f64();
    println!("sandboxed  {:>9.0} users/s on one core, responses to Parquet", rate(sandboxed));
    println!("native     {:>9.0} users/s", rate(native));
    println!("ratio      {:>9.2} (at most 1.8)", sandboxed.as_secs_f64() / native.as_secs_f64());
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// From bytes to an instance that can be polled.
fn compile(module: &[u8]) -> anyhow::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let engine = Engine::new(SandboxLimits::default())?;
        let started = Instant::now();
        engine.compile(module)?.instantiate()?;
        best = best.min(started.elapsed());
    }
    Ok(best)
}

/// One import over the network, remembered.
async fn record(users: u64, usage: bool) -> anyhow::Result<(Tenant, Replayer)> {
    let simulator = Simulator::start(SimulatorOptions::with_users(users)).await?;
    if !usage {
        // Without the permission the connector asks for no report.
        let own = simulator.own_client_id();
        simulator.revoke_consent(own);
        simulator.edit_registration(own, |app| {
            app.application_permissions.remove("Reports.Read.All");
        })?;
        simulator.grant_consent(own);
    }
    let mut settings = Settings::default();
    settings.set("cloud", "custom");
    settings.set("flow", "client_secret");
    settings.set("login_root", simulator.login_origin());
    settings.set("graph_root", simulator.graph_origin());
    settings.set("report_root", simulator.report_origin());
    settings.set("tenant", simulator.tenant_id().to_string());
    settings.set("client_id", simulator.own_client_id().to_string());
    let manifest = Arc::new(Microsoft365::manifest()?);
    let tenant = Tenant {
        settings: manifest.form.effective(&settings),
        manifest,
        secret: simulator.own_client_secret(),
        now: simulator.clock().now(),
    };
    let network = NetworkTransport::new(ClientOptions {
        extra_authorities: simulator.ca_pem().as_bytes().to_vec(),
        proxy: None,
        addresses: AddressRule::new(vec!["127.0.0.0/8".parse()?, "::1/128".parse()?]),
    })?;
    let recorder = Arc::new(Recorder::new(network));
    let folder = tempfile::tempdir()?;
    let guest = Box::new(Native::start());
    import(&tenant, guest, Arc::clone(&recorder) as Arc<_>, folder.path())
        .await
        .context("the recording pass failed")?;
    simulator.shutdown().await;
    Ok((tenant, recorder.replayer()))
}

/// Puts all threads of this process on one core. Without `taskset` the figures are for whatever the machine has.
fn one_core() {
    let pinned = Command::new("taskset").args(["-a", "-c", "-p", "0", &std::process::id().to_string()]).output();
    let pinned = pinned.is_ok_and(|output| output.status.success());
    println!("one core   {}", if pinned { "yes, by taskset" } else { "NO: taskset is not here" });
}
