//! A tenant, a data folder, and the program between them.

use super::forms::Fields;
use super::leak::Search;
use super::process::Trouble;
use super::{Finished, Running, Tenant, places};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use tempfile::TempDir;

/// The simulator's loopback address, which no module may reach without the operator's grant.
const LOOPBACK: &str = "127.0.0.0/8";

/// One test's world. When it ends, everything that was written is searched for the tenant's secrets.
pub(crate) struct Scene {
    pub(crate) tenant: Tenant,
    folder: TempDir,
    said: Mutex<Vec<(String, String)>>,
    /// Secrets that the program has to show to a person: device codes.
    shown: Mutex<Vec<String>>,
    /// Secrets of further tenants, and of others than tenants.
    further: Mutex<Vec<String>>,
}

impl Scene {
    /// A tenant of 50 users.
    pub(crate) fn small() -> Self {
        Self::of(50, 1)
    }

    /// A tenant of 50 users and a connection `Contoso` of its own app.
    #[track_caller]
    pub(crate) fn contoso() -> Self {
        let scene = Self::small();
        scene.add_own_app("Contoso");
        scene
    }

    /// A tenant of 50 users and a connection `Contoso` of the vendor's app that the administrator consented to.
    #[track_caller]
    pub(crate) fn consented() -> Self {
        let scene = Self::small();
        scene.add("Contoso", &super::forms::vendor_app(&scene.tenant), &[]).exits(0);
        scene.consent("Contoso");
        scene
    }

    /// A tenant of this size.
    pub(crate) fn of(users: u64, seed: u64) -> Self {
        Self::in_tenant(Tenant::start(users, seed))
    }

    /// A tenant whose lists have small pages, and a connection `Contoso` that may read everything.
    pub(crate) fn paged(users: u64, largest_page: u64) -> Self {
        let scene = Self::in_tenant(Tenant::paged(users, 1, Some(largest_page)));
        scene.tenant.permit_everything();
        scene.add_own_app("Contoso");
        scene
    }

    /// A tenant of 30 users with names below this domain, to be reached through a proxy that knows them.
    pub(crate) fn below(domain: &str) -> Self {
        let scene = Self::in_tenant(Tenant::below(domain, 30, 1));
        scene.keep_secret(super::squid::PASSWORD);
        scene
    }

    /// One more secret that nothing may contain.
    pub(crate) fn keep_secret(&self, secret: &str) {
        self.further.lock().expect("no other panic").push(secret.to_owned());
    }

    /// Lets the program trust one more authority (PEM).
    pub(crate) fn trust(&self, authority: &str) {
        let path = self.folder.path().join("inputs/ca.pem");
        let present = std::fs::read_to_string(&path).expect("the tenant's authority");
        std::fs::write(path, present + authority).expect("a file");
    }

    fn in_tenant(tenant: Tenant) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for inner in ["inputs", "written"] {
            std::fs::create_dir(folder.path().join(inner)).expect("a folder");
        }
        tenant.write_ca(&folder.path().join("inputs/ca.pem")).expect("a file");
        Self { tenant, folder, said: Mutex::default(), shown: Mutex::default(), further: Mutex::default() }
    }

    /// A file that the operator brings along; it may hold secrets.
    pub(crate) fn input(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("inputs").join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// A place for what the program writes; everything below is searched at the end.
    pub(crate) fn written(&self, name: &str) -> PathBuf {
        self.folder.path().join("written").join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.written("data")
    }

    /// Where the keys of the stored secrets lie.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("inputs/keys")
    }

    /// The program with nothing but its data folder and keys, away from everything that is this machine's own.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(places::beacon());
        command.env_clear().env("NO_COLOR", "1").env("HOME", self.folder.path()).current_dir(self.folder.path());
        command.arg("--data").arg(self.data()).arg("--key-file").arg(self.key_file());
        command.args(arguments);
        command
    }

    /// As [`Scene::bare`], trusting the tenant's authority and allowed to reach it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let ca = self.folder.path().join("inputs/ca.pem");
        let mut command = self.bare(&["--allow-address", LOOPBACK, "--ca-file"]);
        command.arg(ca).args(arguments);
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Keeps what was said for the search at the end.
    pub(crate) fn remember(&self, finished: Finished) -> Finished {
        self.said.lock().expect("no other panic").push((finished.output.clone(), finished.errors.clone()));
        finished
    }

    /// A code that a person has to see.
    pub(crate) fn is_shown(&self, code: &str) {
        self.shown.lock().expect("no other panic").push(code.to_owned());
    }

    /// Runs the program to its end.
    pub(crate) fn beacon(&self, arguments: &[&str]) -> Finished {
        self.remember(self.start(arguments).wait())
    }

    /// What a command says that must succeed.
    #[track_caller]
    pub(crate) fn said(&self, arguments: &[&str]) -> Value {
        self.beacon(&[&["--json"], arguments].concat()).exits(0).json()
    }

    /// What a command says that the settings make fail.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> Trouble {
        self.beacon(&[&["--json"], arguments].concat()).exits(5).error()
    }

    /// Runs any command to its end.
    pub(crate) fn run_command(&self, command: Command) -> Finished {
        self.remember(Running::start(command).wait())
    }

    /// `connection add`, with further arguments.
    pub(crate) fn add(&self, name: &str, fields: &Fields, more: &[&str]) -> Finished {
        let fields = fields.arguments();
        let mut arguments = vec!["--json", "connection", "add", name];
        arguments.extend(fields.iter().map(String::as_str));
        arguments.extend(more);
        self.beacon(&arguments)
    }

    /// An argument that stores a secret from a file of its own.
    pub(crate) fn secret(&self, slot: &str, value: &str) -> String {
        let path = self.input(&format!("{slot}.txt"), value);
        format!("{slot}={}", path.display())
    }

    /// Adds a connection of the own app with its secret.
    #[track_caller]
    pub(crate) fn add_own_app(&self, name: &str) {
        let secret = self.secret("client_secret", &self.tenant.own_client_secret());
        self.add(name, &super::forms::own_app(&self.tenant), &["--secret", &secret]).exits(0);
    }

    /// Adds a connection of a further tenant's own app: the world of a service provider.
    #[track_caller]
    pub(crate) fn add_tenant(&self, name: &str, tenant: &Tenant) {
        let own = self.input("further-ca.pem", "");
        tenant.write_ca(&own).expect("a file");
        let authorities = self.folder.path().join("inputs/ca.pem");
        let mut known = std::fs::read(&authorities).expect("the authorities so far");
        known.extend(std::fs::read(&own).expect("one more"));
        std::fs::write(&authorities, known).expect("a file");
        self.further.lock().expect("no other panic").extend(tenant.secrets());
        let secret = self.secret("client_secret", &tenant.own_client_secret());
        self.add(name, &super::forms::own_app(tenant), &["--secret", &secret]).exits(0);
    }

    /// The administrator of the tenant consents for a connection.
    #[track_caller]
    pub(crate) fn consent(&self, name: &str) {
        let mut running = self.start(&["--json", "connection", "consent", name, "--yes"]);
        let address = running.line(|line| line.starts_with("https://"));
        running.say(&super::browser::sign_in(&self.tenant, &address, &self.tenant.administrator()));
        self.remember(running.wait()).exits(0);
    }

    /// The database of the data folder, behind the program's back.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.data().join(beacon_store::DATABASE_FILE)).expect("a database")
    }

    /// Changes the database behind the program's back.
    #[track_caller]
    pub(crate) fn tamper(&self, sql: &str) {
        self.database().execute_batch(sql).expect("SQL");
    }

    /// A folder that packages are delivered to: the destination's name, and the folder's.
    #[track_caller]
    pub(crate) fn add_folder(&self, name: &str, folder: &str, more: &[&str]) -> PathBuf {
        let path = self.written(folder);
        std::fs::create_dir(&path).expect("a folder");
        let address = path.display().to_string();
        self.beacon(&[&["destination", "add", name, "--folder", &address], more].concat()).exits(0);
        path
    }

    /// `run`, with further arguments.
    pub(crate) fn run(&self, name: &str, more: &[&str]) -> Finished {
        self.beacon(&[&["--json", "run", name], more].concat())
    }

    /// Runs a connection that must end with a complete package.
    #[track_caller]
    pub(crate) fn import(&self, name: &str) -> Import {
        let finished = self.run(name, &[]).exits(0);
        Import::of(&finished)
    }

    /// Packages, finished or not, below the data folder.
    pub(crate) fn packages(&self) -> Vec<PathBuf> {
        let connections = std::fs::read_dir(self.data().join("packages")).into_iter().flatten();
        let folders = connections.flatten().flat_map(|entry| std::fs::read_dir(entry.path()).into_iter().flatten());
        folders.flatten().map(|entry| entry.path()).collect()
    }

    /// Everything written and said so far, searched for what the tenant keeps secret.
    pub(crate) fn search(&self) -> Vec<String> {
        let shown = self.shown.lock().expect("no other panic").clone();
        let further = self.further.lock().expect("no other panic").clone();
        let secrets = self.tenant.secrets().into_iter().chain(further).filter(|secret| !shown.contains(secret));
        let secrets: Vec<_> = secrets.collect();
        let mut search = Search::new(&secrets);
        search.folder(&self.folder.path().join("written"));
        search.folder(&places::workspace().join("tests/suite/tests/suite/snapshots"));
        for (output, errors) in self.said.lock().expect("no other panic").iter() {
            search.bytes("standard output", output.as_bytes());
            search.bytes("standard error", errors.as_bytes());
        }
        search.found()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A test that failed already has something better to say.
        if !std::thread::panicking() {
            let found = self.search();
            assert!(found.is_empty(), "secrets leaked:\n{}", found.join("\n"));
        }
    }
}

/// A finished import with its package.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) report: Value,
    pub(crate) folder: PathBuf,
}

impl Import {
    #[track_caller]
    pub(crate) fn of(finished: &Finished) -> Self {
        let report = finished.json();
        let folder = report["package"].as_str().unwrap_or_else(|| panic!("no package: {report}"));
        Self { folder: PathBuf::from(folder), report }
    }

    /// The manifest of the package.
    pub(crate) fn manifest(&self) -> Value {
        manifest(&self.folder)
    }

    /// The `beacon` block of the manifest.
    pub(crate) fn block(&self) -> Value {
        self.manifest()["beacon"].clone()
    }

    /// Name of the content.
    pub(crate) fn package_id(&self) -> String {
        self.block()["package_id"].as_str().expect("a package id").to_owned()
    }
}

/// The manifest of a package.
pub(crate) fn manifest(folder: &Path) -> Value {
    let text = std::fs::read(folder.join("datapackage.json")).expect("a manifest");
    serde_json::from_slice(&text).expect("JSON")
}
