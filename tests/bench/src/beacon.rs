//! `beacon` as a process of its own, with its own data folder and one connection to a simulated tenant.

use crate::meter::{Measured, Running, Taken, measure};
use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Between two looks for the file that says where a beacon serves.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub(crate) struct Beacon {
    folder: TempDir,
}

/// A beacon that serves its page until it is dropped.
pub(crate) struct Serving {
    process: Running,
    pub(crate) address: String,
    /// The one-time link of the first start.
    pub(crate) link: Option<String>,
}

impl Serving {
    /// What it has taken so far.
    pub(crate) fn taken(&self) -> Taken {
        self.process.taken()
    }
}

/// An import that is complete.
pub(crate) struct Import {
    pub(crate) measured: Measured,
    /// What `--json` tells.
    told: Value,
}

impl Beacon {
    /// A connection to the tenant that a simulator describes so.
    pub(crate) fn connect(tenant: &Value) -> anyhow::Result<Self> {
        let beacon = Self::empty()?;
        beacon.add("Bench", tenant)?;
        Ok(beacon)
    }

    /// Without any connection.
    pub(crate) fn empty() -> anyhow::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// One more connection, to the tenant that a simulator describes so.
    pub(crate) fn add(&self, name: &str, tenant: &Value) -> anyhow::Result<()> {
        let text = |name: &str| {
            let value = tenant.get(name).and_then(Value::as_str);
            value.with_context(|| format!("the simulated tenant does not tell its {name}"))
        };
        let mut authorities = File::options().create(true).append(true).open(self.path("ca.pem"))?;
        authorities.write_all(text("ca_pem")?.as_bytes())?;
        fs::write(self.path("secret"), text("own_client_secret")?)?;
        let set = |field: &str, name: &str| anyhow::Ok(format!("{field}={}", text(name)?));
        self.order(&[
            &["connection", "add", name, "--set", "cloud=custom", "--set", "flow=client_secret"],
            &["--set", &set("login_root", "login_origin")?, "--set", &set("graph_root", "graph_origin")?],
            &["--set", &set("report_root", "report_origin")?, "--set", &set("tenant", "tenant_id")?],
            &["--set", &set("client_id", "own_client_id")?],
            &["--secret", &format!("client_secret={}", self.path("secret").display())],
        ])
    }

    /// A command that has to succeed.
    pub(crate) fn order(&self, parts: &[&[&str]]) -> anyhow::Result<()> {
        let ended = self.command().args(parts.concat()).output()?;
        ensure!(ended.status.success(), "{:?} failed: {}", parts.concat(), String::from_utf8_lossy(&ended.stderr));
        Ok(())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(beside("beacon").unwrap_or_default());
        command.args(["--json", "--allow-address", "127.0.0.0/8", "--allow-address", "::1/128"]);
        command.arg("--data").arg(self.path("data")).arg("--key-file").arg(self.path("key"));
        command.arg("--ca-file").arg(self.path("ca.pem"));
        command
    }

    /// Serves the page on a free port, ready when this returns.
    pub(crate) fn serve(&self, more: &[&str]) -> anyhow::Result<Serving> {
        let ready = self.path("ready.json");
        // Of one that served before.
        let _ = fs::remove_file(&ready);
        let mut command = self.command();
        command.args(["serve", "--port", "0", "--ready-file"]).arg(&ready).args(more);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut process = Running(process);
        let told: Value = loop {
            if let Some(told) = fs::read(&ready).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
                break told;
            }
            ensure!(process.0.try_wait()?.is_none(), "the beacon ended instead of serving");
            std::thread::sleep(LOOK_AGAIN);
        };
        let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
        let address = text("address").context("the beacon says where it serves")?;
        Ok(Serving { process, address, link: text("link") })
    }

    /// Imports once more, whatever comes of it.
    pub(crate) fn try_run(&self) -> anyhow::Result<Import> {
        let measured = measure(self.command().args(["run", "Bench"]), "")?;
        let told = serde_json::from_str(&measured.output).unwrap_or_default();
        Ok(Import { measured, told })
    }

    /// Imports once more.
    ///
    /// # Errors
    /// An import that is not complete measures nothing.
    pub(crate) fn run(&self) -> anyhow::Result<Import> {
        let import = self.try_run()?;
        if !import.measured.succeeded {
            bail!("the import ended badly: {}{}", import.measured.output, import.measured.errors);
        }
        Ok(import)
    }
}

impl Import {
    pub(crate) fn status(&self) -> &str {
        self.told.get("status").and_then(Value::as_str).unwrap_or("nothing")
    }

    /// A number that the package tells about a table.
    pub(crate) fn of_table(&self, table: &str, name: &str) -> u64 {
        let value = self.told.get("tables").and_then(|tables| tables.get(table)?.get(name)?.as_u64());
        value.unwrap_or(0)
    }

    /// Folder of its package.
    pub(crate) fn package(&self) -> anyhow::Result<PathBuf> {
        let folder = self.told.get("package").and_then(Value::as_str);
        folder.map(PathBuf::from).context("the import left no package")
    }

    /// How the table of people was proven complete.
    pub(crate) fn proof(&self) -> &str {
        let value = self.told.get("tables").and_then(|tables| tables.get("users")?.get("proof")?.as_str());
        value.unwrap_or("none")
    }
}

/// A program that cargo built into our own folder.
pub(crate) fn beside(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}
