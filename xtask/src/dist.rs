//! A release: one archive with the program and what people need beside it.

use crate::process::{cargo, run};
use crate::{pack, page, places, setup};
use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{SHA256, digest};
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files and folders of the workspace that go along.
const BESIDE: [&str; 5] = ["ARCHITECTURE.md", "LICENSE", "README.md", "SECURITY.md", "docs"];

/// Digests of all other files, as `sha256sum --check` reads them.
const SUMS: &str = "SHA256SUMS";

/// Builds `target/dist/beacon-VERSION-TARGET.tar.gz`, and beside it a file with its digest.
pub(crate) fn dist() -> anyhow::Result<()> {
    setup::wasm_target()?;
    setup::compiler()?;
    eprintln!("Building the connector module …");
    pack::all()?;
    eprintln!("Building the setup page …");
    page::all()?;
    eprintln!("Building beacon (some minutes) …");
    run(cargo().args(["build", "--release", "--locked", "--package", "beacon"]))?;
    let name = format!("beacon-{}-{}", env!("CARGO_PKG_VERSION"), target()?);
    let folder = places::dist().join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot remove the last release")?;
    }
    fs::create_dir_all(&folder).context("cannot make the folder of the release")?;
    let program = format!("beacon{EXE_SUFFIX}");
    copy(&places::target().join("release").join(&program), &folder.join(&program))?;
    for part in BESIDE {
        copy(&places::root().join(part), &folder.join(part))?;
    }
    let mut sums = String::new();
    for file in files(&folder)? {
        let inside = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
        sums += &sum(&file, &inside)?;
    }
    fs::write(folder.join(SUMS), sums).with_context(|| format!("cannot write {SUMS}"))?;
    let archive = format!("{name}.tar.gz");
    run(Command::new("tar").current_dir(places::dist()).args(["-czf", &archive, &name]))?;
    let path = places::dist().join(&archive);
    fs::write(places::dist().join(format!("{archive}.sha256")), sum(&path, &archive)?)
        .context("cannot write the digest of the archive")?;
    eprintln!("Made {}", path.display());
    Ok(())
}

/// What the program is built for, as the compiler names it.
fn target() -> anyhow::Result<String> {
    let told = Command::new("rustc")
        .current_dir(places::root())
        .args(["--print", "host-tuple"])
        .output()
        .context("cannot start rustc")?;
    let name = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    if name.is_empty() {
        bail!("rustc does not tell what it builds for");
    }
    Ok(name)
}

/// Copies a file, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot copy {}", from.display());
    if !from.is_dir() {
        fs::copy(from, to).with_context(failed)?;
        return Ok(());
    }
    fs::create_dir_all(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// All files below a folder, in the order of their names.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

/// A line of a file with digests.
fn sum(file: &Path, name: &str) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let digits: Vec<_> = digest(&SHA256, &bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}  {name}\n", digits.concat()))
}
