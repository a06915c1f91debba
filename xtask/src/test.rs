//! Every test.

use crate::process::{cargo, run};
use crate::{pack, page, places, setup};
use anyhow::Context as _;
use std::process::Command;

pub(crate) fn test(rest: &[String]) -> anyhow::Result<()> {
    setup::everything()?;
    pack::all()?;
    page::all()?;
    // The same selection of packages in both steps: with another one cargo would build the programs a second time
    // with other features.
    // The page itself is tested in a browser, and nowhere else.
    let packages = ["--workspace", "--exclude", "xtask", "--exclude", "beacon-page"];
    run(cargo().arg("build").args(packages).args(["--bins", "--tests"]))?;
    // One more than there is room for: many tests wait for a browser, a pause or a clock.
    let threads = std::thread::available_parallelism()?.saturating_add(1);
    run(Command::new(setup::nextest_program())
        .current_dir(places::root())
        .env("BEACON_MODULES", places::modules())
        .env("BEACON_BINARY", places::program("beacon"))
        .env("BEACON_CLIENTS_PYTHON", places::target().join("clients-venv/bin/python"))
        .env("BEACON_PAGE", places::page())
        .env("BEACON_AXE", places::axe().join("axe_playwright_python/axe.min.js"))
        .env("INSTA_UPDATE", "no")
        // One failure hides no other.
        .args(["nextest", "run", "--no-fail-fast"])
        .args(["--test-threads", &threads.to_string()])
        .args(packages)
        .args(rest))
}

/// The tests that leave pictures of what they see.
pub(crate) fn screens() -> anyhow::Result<()> {
    let pictures = places::target().join("screens");
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures).context("cannot remove the last pictures")?;
    }
    test(&["-E".to_owned(), "test(/^page::/)".to_owned()])?;
    eprintln!("The pictures are in {}.", pictures.display());
    Ok(())
}
