//! Where the program under test and the packed modules lie.

use std::path::{Path, PathBuf};

/// The workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the suite lies in tests/suite").to_owned()
}

fn given(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// The program: `BEACON_BINARY`, or the one that was built beside this test.
pub(crate) fn beacon() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().expect("a test has a file");
        let folder = test.ancestors().nth(2).expect("a test lies in target/PROFILE/deps").to_owned();
        folder.join(format!("beacon{}", std::env::consts::EXE_SUFFIX))
    };
    let path = given("BEACON_BINARY").unwrap_or_else(beside);
    assert!(path.is_file(), "{} is missing: run `cargo xtask test`, or build it with `cargo build`", path.display());
    path
}

/// Where everything is built.
pub(crate) fn target() -> PathBuf {
    given("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), |folder| workspace().join(folder))
}

/// The built page: `BEACON_PAGE`, or `target/page`.
pub(crate) fn page() -> PathBuf {
    let path = given("BEACON_PAGE").unwrap_or_else(|| target().join("page"));
    assert!(path.join("worker.js").is_file(), "{} is missing: run `cargo xtask test`", path.display());
    path
}

/// What drives Chromium: `BEACON_CHROMEDRIVER`, or the one of this machine.
pub(crate) fn chromedriver() -> PathBuf {
    given("BEACON_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into())
}

/// The proxy of the tests: `BEACON_SQUID`, or the one of this machine, where it is no program for everybody.
pub(crate) fn squid() -> PathBuf {
    given("BEACON_SQUID").unwrap_or_else(|| "/usr/sbin/squid".into())
}

/// The library that judges accessibility: `BEACON_AXE`, or the one that `cargo xtask setup` installed.
pub(crate) fn axe() -> PathBuf {
    let path = given("BEACON_AXE").unwrap_or_else(|| target().join("axe/axe_playwright_python/axe.min.js"));
    assert!(path.is_file(), "{} is missing: run `cargo xtask setup`", path.display());
    path
}

/// The web server that takes uploads: `BEACON_NGINX`, or the one of this machine, where it is no program for everybody.
pub(crate) fn nginx() -> PathBuf {
    given("BEACON_NGINX").unwrap_or_else(|| "/usr/sbin/nginx".into())
}

/// A packed module: in `BEACON_MODULES`, or in `target/modules`.
pub(crate) fn module(id: &str) -> PathBuf {
    let folder = given("BEACON_MODULES").unwrap_or_else(|| workspace().join("target/modules"));
    let path = folder.join(format!("{id}.wasm"));
    assert!(path.is_file(), "{} is missing: run `cargo xtask pack`", path.display());
    path
}

/// The Python that has Microsoft's clients: `BEACON_CLIENTS_PYTHON`, or the one that `cargo xtask setup` made.
pub(crate) fn python() -> PathBuf {
    let path = given("BEACON_CLIENTS_PYTHON").unwrap_or_else(|| workspace().join("target/clients-venv/bin/python"));
    assert!(path.exists(), "{} is missing: run `cargo xtask setup`", path.display());
    path
}
