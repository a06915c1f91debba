//! Reading everybody by other people's libraries, with the query that beacon itself sends: how fast, and whether
//! anybody is lost without a word when the service does what it may do.
//!
//! The others read people and write them to a file, msgraph-sdk and graph-rs-sdk as lines of JSON, dlt as Parquet.
//! beacon does what it always does, which is more: licences, products and groups, journal, proof, package.

use crate::beacon::Beacon;
use crate::meter::{Measured, measure as metered};
use crate::simulated::{REPORTS, SIGN_INS, Simulated};
use anyhow::{Context as _, ensure};
use beacon_simulator::{FaultBody, FaultKind, FaultRule, RetryAfter, SimulatorOptions};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// People when something goes wrong: three pages.
const DISTURBED: u64 = 2_500;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Beacon,
    MsgraphSdk,
    Dlt,
    GraphRsSdk,
}

const TOOLS: [(Tool, &str); 4] = [
    (Tool::Beacon, "m365-beacon"),
    (Tool::MsgraphSdk, "msgraph-sdk 1.65.0"),
    (Tool::Dlt, "dlt 1.31.0"),
    (Tool::GraphRsSdk, "graph-rs-sdk 3.0.1"),
];

/// What came of reading everybody.
struct Read {
    measured: Measured,
    rows: u64,
    /// What it said if it did not end well.
    complaint: Option<String>,
}

/// A tenant of people alone, and the query for them.
struct Place<'p> {
    tenant: Simulated,
    query: Map<String, Value>,
    peers: &'p Path,
}

impl<'p> Place<'p> {
    fn of(users: u64, peers: &'p Path) -> anyhow::Result<Self> {
        let tenant = Simulated::start(SimulatorOptions::with_users(users))?;
        tenant.permit(REPORTS, false)?;
        tenant.permit(SIGN_INS, false)?;
        Beacon::connect(&tenant.simulator.describe())?.run()?;
        let requests = tenant.simulator.requests();
        let asked = requests.iter().find(|request| request.target.contains("manager"));
        let target = asked.map(|request| request.target.as_str()).context("beacon asked for nobody")?;
        let address = url::Url::parse(&format!("{}{target}", tenant.simulator.graph_origin()))?;
        let names = [("$select", "select"), ("$expand", "expand")];
        let named = |name: &str| names.iter().find(|(asked, _)| *asked == name).map(|(_, told)| (*told).to_owned());
        let mut query: Map<String, Value> = address
            .query_pairs()
            .filter_map(|(name, value)| Some((named(&name)?, Value::from(value.into_owned()))))
            .collect();
        ensure!(query.len() == names.len(), "beacon asked for people in another way: {target}");
        query.insert("page_size".to_owned(), json!(999));
        Ok(Self { tenant, query, peers })
    }

    fn read(&self, tool: Tool) -> anyhow::Result<Read> {
        let folder = tempfile::tempdir()?;
        let authority = folder.path().join("ca.pem");
        self.tenant.simulator.write_ca(&authority)?;
        let mut command = match tool {
            Tool::Beacon => return self.read_by_beacon(),
            Tool::MsgraphSdk => self.script("by_msgraph_sdk.py"),
            Tool::Dlt => self.script("by_dlt.py"),
            Tool::GraphRsSdk => Command::new(self.peers.join("release/read-by-graph-rs-sdk")),
        };
        command.env("SSL_CERT_FILE", &authority).env("REQUESTS_CA_BUNDLE", &authority);
        let simulator = &self.tenant.simulator;
        let mut settings = self.query.clone();
        for (name, value) in [
            ("login", simulator.login_origin()),
            ("graph", simulator.graph_origin()),
            ("tenant", simulator.tenant_id().to_string()),
            ("client_id", simulator.own_client_id().to_string()),
            ("client_secret", simulator.own_client_secret()),
            ("output", folder.path().join("people").display().to_string()),
        ] {
            settings.insert(name.to_owned(), value.into());
        }
        let measured = metered(&mut command, &Value::Object(settings).to_string())?;
        let outcome: Value = serde_json::from_str(&measured.output).unwrap_or_default();
        let rows = outcome.get("rows").and_then(Value::as_u64);
        let said = outcome.get("error").and_then(Value::as_str).map(str::to_owned);
        let rows = rows.with_context(|| format!("no outcome: {}{}", measured.output, measured.errors))?;
        let complaint = said.or_else(|| (!measured.succeeded).then(|| "its exit code".to_owned()));
        Ok(Read { measured, rows, complaint })
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(self.peers.join("venv/bin/python"));
        // Without -B the interpreter writes beside the scripts.
        command.arg("-B").arg(Path::new("tests/bench/peers").join(name)).env("PYTHONPATH", "tests/clients");
        command
    }

    fn read_by_beacon(&self) -> anyhow::Result<Read> {
        let import = Beacon::connect(&self.tenant.simulator.describe())?.try_run()?;
        let complaint = (import.status() != "complete").then(|| format!("status {}", import.status()));
        Ok(Read { rows: import.of_table("users", "rows"), complaint, measured: import.measured })
    }
}

pub(super) fn measure(users: u64, slow: u64, peers: &Path) -> anyhow::Result<()> {
    let peers = fs::canonicalize(peers).context("the others are not installed: use cargo xtask bench import")?;
    let place = Place::of(users, &peers)?;
    for (tool, name) in TOOLS {
        match tool {
            Tool::MsgraphSdk => speed(&Place::of(slow, &peers)?, tool, name, slow)?,
            _ => speed(&place, tool, name, users)?,
        }
    }
    let throttled = FaultKind::Status { status: 429, retry_after: Some(RetryAfter::Seconds(1)), body: FaultBody::Json };
    let place = Place::of(DISTURBED, &peers)?;
    for (what, fault) in [("empty page", FaultKind::EmptyPage), ("429 on link", throttled)] {
        for (tool, name) in TOOLS {
            place.tenant.simulator.add_fault(FaultRule::once("/v1.0/users", fault.clone()).on_page(2));
            let read = place.read(tool)?;
            place.tenant.simulator.clear_faults();
            println!(
                "{what:<12} {name:<20} {DISTURBED:>8} rows expected, {:>8} got, {}",
                read.rows,
                verdict(&read, DISTURBED)
            );
        }
    }
    Ok(())
}

fn speed(place: &Place<'_>, tool: Tool, name: &str, users: u64) -> anyhow::Result<()> {
    let read = place.read(tool)?;
    let Measured { wall, processor, peak, .. } = &read.measured;
    println!(
        "peers      {name:<20} {users:>8} rows expected, {:>8} got, {:>8.0} users/s, {:>7.1} µs of CPU for each, {peak:>4.0} MB, {}",
        read.rows,
        users as f64 / wall.as_secs_f64(),
        processor * 1e6 / users as f64,
        verdict(&read, users)
    );
    Ok(())
}

fn verdict(read: &Read, expected: u64) -> String {
    match &read.complaint {
        Some(complaint) => format!("it said so: {}", complaint.chars().take(100).collect::<String>()),
        None if read.rows == expected => "complete".to_owned(),
        None => "IT SAID NOTHING".to_owned(),
    }
}
