//! Puts the packed connector module into the program, so that one file is a whole beacon.
//!
//! `cargo xtask pack` makes the module. Without it the program still compiles (for editors and lints), says so at
//! build time, and refuses at run time to use a module that it does not have.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by environment")]

use std::path::PathBuf;
use std::{env, fs, io};

const MODULE: &str = "microsoft-365.wasm";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=BEACON_MODULES");
    let required = |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("cargo sets no {name}")));
    let folder = match env::var_os("BEACON_MODULES") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(required("CARGO_MANIFEST_DIR")?).join("../../target/modules"),
    };
    let module = folder.join(MODULE);
    println!("cargo::rerun-if-changed={}", module.display());
    let bytes = fs::read(&module).unwrap_or_default();
    if bytes.is_empty() {
        println!("cargo::warning=no connector module at {}: run `cargo xtask pack` first", module.display());
    }
    fs::write(PathBuf::from(required("OUT_DIR")?).join(MODULE), bytes)
}
