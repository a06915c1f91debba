//! `service`: lets the system start the beacon. A unit for systemd; on other systems the command says what to do there.

use crate::arguments::{ServiceArguments, ServiceCommand};
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::Trouble;
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name of the unit, the user and the folders.
const NAME: &str = "m365-beacon";

pub(crate) fn execute(command: &ServiceCommand, terminal: &Terminal) -> Result<Exit, Trouble> {
    match command {
        ServiceCommand::Install(arguments) => install(arguments, terminal),
        ServiceCommand::Remove(arguments) => remove(arguments, terminal),
    }
}

/// The credential with the keys of the vault, below the system's root.
const CREDENTIAL: &str = "etc/credstore.encrypted/beacon-keys";

/// Makes it: random bytes, encrypted for this machine (and its TPM, if it has one) before they touch a disk.
const MAKE_CREDENTIAL: &str = "mkdir -p -m 0700 /etc/credstore.encrypted && head -c 32 /dev/urandom | systemd-creds \
                               encrypt --name=beacon-keys - /etc/credstore.encrypted/beacon-keys";

/// What is in the configuration file at first.
const CONFIGURATION: &str = "\
# Settings of the beacon. `beacon --config FILE config show`, with this file, tells which are in force.
# To be reached over the network, it needs a certificate:
# [serve]
# listen = \"0.0.0.0:8365\"
# host = \"beacon.example.com\"
# tls_cert = \"/etc/m365-beacon/chain.pem\"
# tls_key = \"/etc/m365-beacon/key.pem\"
";

/// What the system needs, below a folder that is its root.
struct Files {
    unit: PathBuf,
    user: PathBuf,
    configuration: PathBuf,
}

impl Files {
    fn below(root: &Path) -> Self {
        Self {
            unit: root.join("etc/systemd/system").join(format!("{NAME}.service")),
            user: root.join("etc/sysusers.d").join(format!("{NAME}.conf")),
            configuration: root.join("etc").join(NAME).join("beacon.toml"),
        }
    }
}

fn install(arguments: &ServiceArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    supported()?;
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().map_err(|error| Trouble::unexpected(&error))?,
    };
    let files = Files::below(&arguments.root);
    write(&files.user, &format!("u {NAME} - \"m365-beacon\" /var/lib/{NAME}\n"))?;
    write(&files.unit, &unit(&program))?;
    if !files.configuration.exists() {
        write(&files.configuration, CONFIGURATION)?;
    }
    let live = arguments.root == Path::new("/");
    let mut left = Vec::new();
    // Keys that are there already, as a credential or otherwise, stay what they are.
    let has_keys =
        [CREDENTIAL, "var/lib/m365-beacon/beacon.sqlite"].iter().any(|path| arguments.root.join(path).exists());
    let keys_are_there = has_keys || (live && runs(&["sh", "-c", MAKE_CREDENTIAL]));
    if !keys_are_there {
        left.push(MAKE_CREDENTIAL.to_owned());
    }
    let steps: [&[&str]; 3] =
        [&["systemd-sysusers"], &["systemctl", "daemon-reload"], &["systemctl", "enable", "--now", NAME]];
    for step in steps {
        if !(live && runs(step)) {
            left.push(step.join(" "));
        }
    }
    terminal.json(&json!({ "unit": files.unit, "user": files.user, "left_to_do": left }));
    terminal.result(&format!("Wrote {} and {}.", files.unit.display(), files.user.display()));
    if left.is_empty() {
        terminal.result(&format!(
            "The beacon runs, and starts with this machine. Get into its page with:\n\n  sudo -u {NAME} {} --data \
             /var/lib/{NAME} admin link\n",
            program.display()
        ));
    } else {
        terminal.result(&format!("Left to do:\n  {}", left.join("\n  ")));
    }
    Ok(Exit::Success)
}

fn remove(arguments: &ServiceArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    supported()?;
    let files = Files::below(&arguments.root);
    if !files.unit.exists() {
        let title = format!("there is no {}", files.unit.display());
        return Err(Trouble::settings("service.not_installed", title, "Nothing was done."));
    }
    let live = arguments.root == Path::new("/");
    let stopped = live && runs(&["systemctl", "disable", "--now", NAME]);
    for file in [&files.unit, &files.user] {
        std::fs::remove_file(file).map_err(|error| unwritable(file, &error))?;
    }
    let reloaded = live && runs(&["systemctl", "daemon-reload"]);
    terminal.json(&json!({ "removed": [files.unit, files.user], "stopped": stopped, "reloaded": reloaded }));
    terminal.result(&format!(
        "Removed the unit. Data stays in /var/lib/{NAME}, the configuration in /etc/{NAME}, and the user {NAME} too."
    ));
    Ok(Exit::Success)
}

#[cfg(target_os = "linux")]
fn supported() -> Result<(), Trouble> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn supported() -> Result<(), Trouble> {
    let advice = "Let the system's own tool start `beacon serve` (on Windows the Task Scheduler, at start, whether \
                  anybody is signed in or not), or call `beacon run --due` every few minutes.";
    Err(Trouble::settings("service.system", "this system has no systemd", advice))
}

/// A step that is best done by the system's own tool; `false` leaves it to the person.
fn runs(step: &[&str]) -> bool {
    let Some((program, arguments)) = step.split_first() else { return false };
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

/// Writes what systemd and the user of the service have to read, whatever whoever installs lets others read by default.
fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    let is_new = !folder.exists();
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        if is_new {
            let_read(folder, 0o755)?;
        }
        let partial = path.with_extension("partial");
        let mut file = std::fs::File::create(&partial)?;
        file.write_all(text.as_bytes())?;
        let_read(&partial, 0o644)?;
        file.sync_all()?;
        std::fs::rename(partial, path)
    });
    written.map_err(|error| unwritable(path, &error))
}

#[cfg(unix)]
fn let_read(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

// Elsewhere there is no unit to write.
#[cfg(not(unix))]
fn let_read(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    let title = format!("{} cannot be written", path.display());
    Trouble::settings("service.write", title, "Run this as root (sudo).").with(error)
}

/// The unit. It may write its own data and log folders and nothing else, sees no other user's files, and gets no privilege.
/// Just-in-time compilation of modules needs memory that is writable first and executable then, so
/// `MemoryDenyWriteExecute` is the one usual restriction that is missing.
fn unit(program: &Path) -> String {
    format!(
        "# Written by `beacon service install`; own changes belong in a drop-in (systemctl edit {NAME}).
[Unit]
Description=m365-beacon, imports of Microsoft 365 tenants
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={program} serve
User={NAME}
Group={NAME}
Environment=BEACON_DATA=/var/lib/{NAME}
Environment=BEACON_CONFIG=/etc/{NAME}/beacon.toml
# Who holds the keys of the vault is decided at the first start: the credential, if this machine has one, else the file.
LoadCredentialEncrypted=beacon-keys
Environment=BEACON_KEY_FILE=/var/lib/{NAME}/keys
ConfigurationDirectory={NAME}
StateDirectory={NAME}
StateDirectoryMode=0700
LogsDirectory={NAME}
LogsDirectoryMode=0700
UMask=0077
WatchdogSec=60
Restart=on-failure
RestartSec=10
# Imports under way are parked within seconds and go on with the next start.
TimeoutStopSec=30

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
",
        program = program.display()
    )
}
