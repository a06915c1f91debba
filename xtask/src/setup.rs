//! Installing what is missing, once. Every step looks first and does nothing if the thing is there.

use crate::places;
use crate::process::{cargo, run, works};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

const NEXTEST: &str = "0.9.143";
const DENY: &str = "0.20.2";
/// A Python package that brings `axe-core` 4.12.1; nothing else of it is used.
const AXE: &str = "axe-playwright-python==0.1.8";

pub(crate) fn everything() -> anyhow::Result<()> {
    wasm_target()?;
    compiler()?;
    nextest()?;
    clients()?;
    browser()?;
    axe()?;
    nginx()?;
    proxy()?;
    eprintln!("Everything is set up.");
    Ok(())
}

/// The target of connector modules. Automatic installs may be switched off, so this asks rustup itself.
pub(crate) fn wasm_target() -> anyhow::Result<()> {
    let target = "wasm32-unknown-unknown";
    let folder = Command::new("rustc")
        .current_dir(places::root())
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .context("cannot start rustc")?;
    if Path::new(String::from_utf8_lossy(&folder.stdout).trim()).is_dir() {
        return Ok(());
    }
    eprintln!("Adding the Rust target {target} …");
    run(Command::new("rustup").current_dir(places::root()).args(["target", "add", target]))
        .with_context(|| format!("the target {target} is needed: install it with `rustup target add {target}`"))
}

/// A C compiler for SQLite, zstd and the TLS library.
pub(crate) fn compiler() -> anyhow::Result<()> {
    if works("cc", &["--version"]) { Ok(()) } else { debian(&["gcc", "libc6-dev"]) }
}

/// The test runner; the person's own if there is one.
fn nextest() -> anyhow::Result<()> {
    if works("cargo-nextest", &["nextest", "--version"]) || tool_program("cargo-nextest", NEXTEST).is_file() {
        return Ok(());
    }
    install("cargo-nextest", NEXTEST)
}

/// The checker of dependency rules.
pub(crate) fn deny() -> anyhow::Result<PathBuf> {
    if works("cargo-deny", &["--version"]) {
        return Ok("cargo-deny".into());
    }
    let program = tool_program("cargo-deny", DENY);
    if !program.is_file() {
        install("cargo-deny", DENY)?;
    }
    Ok(program)
}

/// The test runner's program.
pub(crate) fn nextest_program() -> PathBuf {
    let own = tool_program("cargo-nextest", NEXTEST);
    if own.is_file() { own } else { "cargo-nextest".into() }
}

fn tool_program(name: &str, version: &str) -> PathBuf {
    places::tool(name, version).join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn install(name: &str, version: &str) -> anyhow::Result<()> {
    eprintln!("Building {name} {version} once; this takes some minutes …");
    let root = places::tool(name, version);
    // Not optimised: they work for seconds, and optimising them takes minutes.
    run(cargo()
        .args(["install", "--locked", "--quiet", "--debug", name, "--version", version, "--root"])
        .arg(root)
        .env("CARGO_PROFILE_DEV_DEBUG", "false"))
}

/// Microsoft's own client libraries, which prove that the simulator is faithful.
fn clients() -> anyhow::Result<()> {
    python_libraries(&places::target().join("clients-venv"), "tests/clients/requirements.txt")
}

/// The browser of the tests, and what drives it. Both come from one source, so that their versions fit together.
pub(crate) fn browser() -> anyhow::Result<()> {
    if works("chromium", &["--version"]) && works("chromedriver", &["--version"]) {
        return Ok(());
    }
    debian(&["chromium", "chromium-driver"])
}

/// The proxy of the tests, in the build that can be spoken to inside TLS and that can look into TLS.
fn proxy() -> anyhow::Result<()> {
    let version = Command::new("/usr/sbin/squid").arg("-v").output();
    let known = |text: &[u8]| String::from_utf8_lossy(text).contains("--with-openssl");
    if version.is_ok_and(|output| output.status.success() && known(&output.stdout)) {
        return Ok(());
    }
    debian(&["squid-openssl"])
}

/// The web server that packages are delivered to in tests. Its build has WebDAV uploads in it.
fn nginx() -> anyhow::Result<()> {
    let version = Command::new("/usr/sbin/nginx").arg("-V").output();
    // It tells its options on the error output.
    let uploads = |text: &[u8]| String::from_utf8_lossy(text).contains("--with-http_dav_module");
    if version.is_ok_and(|output| output.status.success() && uploads(&output.stderr)) {
        return Ok(());
    }
    debian(&["nginx"])
}

/// The judge of accessibility, without what its package would bring along.
fn axe() -> anyhow::Result<()> {
    let folder = places::axe();
    let marker = folder.join("installed.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == AXE) {
        return Ok(());
    }
    run(Command::new(places::target().join("clients-venv/bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"])
        .arg("--target")
        .arg(&folder)
        .arg(AXE))?;
    std::fs::write(marker, AXE).context("cannot note that axe-core is installed")
}

/// What the import is measured against: Python's libraries, and one for Rust in a package outside of the workspace.
pub(crate) fn peers() -> anyhow::Result<()> {
    let folder = places::peers();
    python_libraries(&folder.join("venv"), "tests/bench/peers/requirements.txt")?;
    let manifest = places::root().join("tests/bench/peers/graph-rs-sdk/Cargo.toml");
    run(cargo()
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(folder))
}

/// A folder of Python libraries as a file in the workspace lists them.
fn python_libraries(folder: &Path, requirements: &str) -> anyhow::Result<()> {
    let file = places::root().join(requirements);
    let wanted = std::fs::read_to_string(&file).with_context(|| format!("cannot read {requirements}"))?;
    let marker = folder.join("installed.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !works("python3", &["-c", "import venv, ensurepip"]) {
        debian(&["python3", "python3-venv"])?;
    }
    eprintln!("Installing the Python libraries of {requirements} …");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&file))?;
    std::fs::write(marker, wanted).context("cannot note that the libraries are installed")
}

/// Installs Debian packages if we may, and says what to do if not.
fn debian(packages: &[&str]) -> anyhow::Result<()> {
    let list = packages.join(" ");
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !works("apt-get", &["--version"]) {
        bail!("please install: {list} (on Debian: sudo apt-get install {list}), then try again");
    }
    eprintln!("Installing {list} …");
    run(Command::new("apt-get").args(["update", "--quiet", "--quiet"]))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages))
}
