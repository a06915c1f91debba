//! Benchmarks: optimised, never part of the tests.

use crate::process::{cargo, run};
use crate::{pack, page, places, setup};
use std::process::Command;

pub(crate) fn bench(rest: &[String]) -> anyhow::Result<()> {
    setup::wasm_target()?;
    pack::all()?;
    page::all()?;
    if rest.first().is_some_and(|bench| bench == "page") {
        setup::browser()?;
    }
    let packages = ["beacon", "beacon-simulator", "beacon-bench"];
    run(cargo().args(["build", "--release", "--bins"]).args(packages.iter().flat_map(|name| ["--package", name])))?;
    if compares(rest) {
        setup::peers()?;
    }
    run(Command::new(places::target().join("release/beacon-bench")).current_dir(places::root()).args(rest))
}

/// Whether other programs take part.
fn compares(rest: &[String]) -> bool {
    let chosen = rest.iter().any(|argument| argument.starts_with("--only"));
    let help = rest.iter().any(|argument| argument == "--help");
    let peers = rest.iter().any(|argument| argument.contains("peers"));
    rest.first().is_some_and(|bench| bench == "import") && !help && (!chosen || peers)
}
