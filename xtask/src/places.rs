//! Where things lie.

use std::env;
use std::path::{Path, PathBuf};

/// The workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The target folder, wherever the person has put it.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Packed modules, by name.
pub(crate) fn modules() -> PathBuf {
    target().join("modules")
}

/// Files of the setup page.
pub(crate) fn page() -> PathBuf {
    target().join("page")
}

/// The folder of the judge of accessibility.
pub(crate) fn axe() -> PathBuf {
    target().join("axe")
}

/// What is made to be installed elsewhere.
pub(crate) fn dist() -> PathBuf {
    target().join("dist")
}

/// A program that cargo built with the development profile.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Tools that are built once for each version.
pub(crate) fn tool(name: &str, version: &str) -> PathBuf {
    target().join("tools").join(format!("{name}-{version}"))
}

/// What the import is measured against; never part of the tests.
pub(crate) fn peers() -> PathBuf {
    target().join("bench-peers")
}
