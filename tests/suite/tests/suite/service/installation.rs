//! Somebody installs a beacon by the documentation, line by line. What is the machine's (packages, the archive, systemd)
//! is stood in for; every line is known here, so that neither the page nor the program can change alone.

use super::unit::{Unit, below};
use crate::harness::document::{Document, without_sudo, words};
use crate::harness::{Finished, Running, Scene, places};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// Longer than a start takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A fresh machine: a folder that stands for its root, and beside it the unpacked archive.
struct Machine<'s> {
    scene: &'s Scene,
    folder: TempDir,
}

impl<'s> Machine<'s> {
    /// Near the program, which is large: it is linked and not copied.
    fn fresh(scene: &'s Scene) -> Self {
        let near = places::beacon().parent().expect("a program lies in a folder").to_owned();
        let folder = tempfile::tempdir_in(near).expect("a folder");
        for inner in ["archive", "root"] {
            std::fs::create_dir(folder.path().join(inner)).expect("a folder");
        }
        place(&places::beacon(), &folder.path().join("archive/beacon"));
        Self { scene, folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Does what a line of the documentation says.
    fn follow(&self, line: &str) -> Option<Finished> {
        let words = words(line);
        let words: Vec<&str> = without_sudo(&words).iter().map(String::as_str).collect();
        match words.as_slice() {
            // Other machines, other programs, and the archive that is unpacked already.
            ["apt-get" | "curl" | "ssh" | "tar" | "cd" | "sha256sum", ..]
            | ["cargo", "xtask", "dist"]
            | ["systemctl", "restart", "m365-beacon"]
            | ["install", "-m", "0644", "chain.pem", _]
            | ["install", "-o", "root", "-g", "m365-beacon", "-m", "0640", ..] => None,
            ["install", "-m", "0755", from, to] => {
                let to = below(&self.root(), to);
                std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                place(&self.folder.path().join("archive").join(from), &to);
                None
            }
            ["beacon", "service", "install"] => {
                let root = self.root().display().to_string();
                Some(self.beacon(&["--json", "service", "install", "--root", &root]))
            }
            ["beacon", arguments @ ..] => {
                let inside = |argument: &&str| below(&self.root(), argument).display().to_string();
                let arguments: Vec<String> = arguments.iter().map(inside).collect();
                Some(self.beacon(&arguments.iter().map(String::as_str).collect::<Vec<_>>()))
            }
            other => panic!("nobody knows how to follow {other:?}"),
        }
    }

    /// The installed program, by somebody whose new files nobody else may read.
    fn beacon(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 077 && exec \"$@\"", "sh"]).arg(self.root().join("usr/local/bin/beacon"));
        command.args(arguments);
        command.env_clear().env("HOME", self.folder.path()).env("NO_COLOR", "1");
        self.scene.run_command(command)
    }

    /// Starts the unit's command as systemd would, with a key for a credential, and waits until it says that it is ready.
    fn start(&self, unit: &Unit) -> Running {
        let credentials = self.folder.path().join("credentials");
        std::fs::create_dir(&credentials).expect("a folder");
        let name = unit.value("LoadCredentialEncrypted");
        std::fs::write(credentials.join(name), rand::random::<[u8; 32]>()).expect("a file");
        let socket = self.folder.path().join("notify");
        let manager = UnixDatagram::bind(&socket).expect("a socket");
        manager.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        let mut command = unit.command();
        command.env("CREDENTIALS_DIRECTORY", &credentials).env("NOTIFY_SOCKET", &socket);
        let running = Running::start(command);
        let mut told = [0; 64];
        let length = manager.recv(&mut told).expect("a word that it is ready");
        assert!(told[..length].starts_with(b"READY=1"), "{}", String::from_utf8_lossy(&told[..length]));
        running
    }

    /// Asks the beacon.
    fn asked(&self, request: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder) -> (StatusCode, Value) {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        self.scene.tenant.wait(async {
            let answer = request(&client).send().await.expect("an answer");
            let status = answer.status();
            (status, serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON"))
        })
    }
}

/// A program at its place.
fn place(from: &Path, to: &Path) {
    if std::fs::hard_link(from, to).is_err() {
        std::fs::copy(from, to).expect("a copy of the program");
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Everything below a folder.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_documented_installation_leads_to_a_beacon_that_serves() {
    let scene = Scene::small();
    let page = Document::read("docs/operations.md");
    let machine = Machine::fresh(&scene);
    let root = machine.root();
    let install = page.section("Install").commands();
    let installed: Vec<_> = install.iter().filter_map(|line| machine.follow(line)).collect();
    assert_eq!(installed.len(), 1, "one command installs the service: {install:#?}");
    let installed = installed[0].clone().exits(0).json();
    // What only systemd can do is left to do, and all of it is named.
    let left = installed["left_to_do"].as_array().expect("a list").iter().filter_map(Value::as_str);
    let left: Vec<&str> = left.map(|step| step.rsplit_once("&& ").map_or(step, |(_, last)| last)).collect();
    let keys = Document::read("docs/keys.md").commands();
    assert!(keys.iter().any(|command| *command == left[0]), "{left:?}");
    assert_eq!(left[1..], ["systemd-sysusers", "systemctl daemon-reload", "systemctl enable --now m365-beacon"]);
    // Modes are as documented, whatever whoever installed lets others read by default.
    for (file, expected) in
        [("etc/m365-beacon", 0o755), ("etc/m365-beacon/beacon.toml", 0o644), ("etc/sysusers.d/m365-beacon.conf", 0o644)]
    {
        assert_eq!(mode(&root.join(file)), expected, "{file}");
    }

    let unit = Unit::read(&root, "/etc/systemd/system/m365-beacon.service");
    unit.judged_by_systemd();
    assert_eq!(unit.part("NoNewPrivileges=yes"), page.section("What the service may do").block("ini"));
    let user = std::fs::read_to_string(root.join("etc/sysusers.d/m365-beacon.conf")).expect("the user");
    assert!(user.starts_with(&format!("u {} ", unit.value("User"))), "{user}");
    for setting in ["ConfigurationDirectory", "StateDirectory", "LogsDirectory"] {
        assert_eq!(unit.value(setting), "m365-beacon");
    }

    let running = machine.start(&unit);
    let line = running.line(|line| line.starts_with("The setup page is at "));
    let address = line.rsplit(' ').next().expect("an address").to_owned();
    let (status, answer) = machine.asked(|client| client.get(format!("{address}/readyz")));
    assert_eq!((status, answer), (StatusCode::OK, json!({ "ready": true })));
    let status = machine.follow("sudo -u m365-beacon beacon --json --data /var/lib/m365-beacon secrets status");
    assert_eq!(status.expect("a command").exits(0).json()["provider"], "systemd-credential");

    let first = page.section("First start").commands();
    let shown: Vec<_> = first.iter().filter_map(|line| machine.follow(line)).collect();
    assert_eq!(shown.len(), 1, "one command shows the link: {first:#?}");
    let shown = shown[0].clone().exits(0).output;
    let link = shown.split_whitespace().find(|word| word.contains("#token=")).expect("a link");
    let token = link.strip_prefix(&format!("{address}/first#token=")).expect("a link to this beacon");
    let body = json!({ "token": token, "password": crate::harness::served::PASSWORD });
    let sign_in = format!("{address}/api/v1/session/link");
    let (status, session) =
        machine.asked(|client| client.post(sign_in).header("content-type", "application/json").body(body.to_string()));
    assert_eq!(status, StatusCode::OK, "{session}");
    assert_eq!(session["role"], "administrator");

    for path in everything(&root.join("var/lib/m365-beacon")) {
        assert_eq!(mode(&path) & 0o077, 0, "{} is open to others", path.display());
    }
    running.interrupt();
    scene.remember(running.wait()).exits(0);
}
