//! Puts the page's files into the program, compressed, so that one file is a whole beacon.
//!
//! `cargo xtask page` makes them, and packs each with Brotli in a file beside it; gzip, for what does not know Brotli, is
//! made here. Without them the program still compiles (for editors and lints), says so at build
//! time, and answers with a hint where the page would be.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by environment")]

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=BEACON_PAGE");
    let required = |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("cargo sets no {name}")));
    let folder = match env::var_os("BEACON_PAGE") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(required("CARGO_MANIFEST_DIR")?).join("../../target/page"),
    };
    let out = PathBuf::from(required("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut list = String::from("[\n");
    let mut names = files(&folder)?;
    names.sort();
    if names.is_empty() {
        println!("cargo::warning=no page at {}: run `cargo xtask page` first", folder.display());
    }
    for (position, name) in names.iter().enumerate() {
        let source = folder.join(name);
        println!("cargo::rerun-if-changed={}", source.display());
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&fs::read(&source)?)?;
        fs::write(out.join(format!("asset-{position}.gz")), packed.finish()?)?;
        let tight = folder.join(format!("{name}.br"));
        println!("cargo::rerun-if-changed={}", tight.display());
        fs::copy(tight, out.join(format!("asset-{position}.br")))?;
        let include = |kind: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/asset-{position}.{kind}\"))");
        let (brotli, gzip) = (include("br"), include("gz"));
        writeln!(list, "    Asset {{ name: {name:?}, brotli: {brotli}, gzip: {gzip} }},").map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(out.join("assets.rs"), list)
}

/// Names of the files of a flat folder, without the packed ones; none if there is no folder.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.extend(entry.file_name().into_string().ok().filter(|name| !name.ends_with(".br")));
        }
    }
    Ok(names)
}
