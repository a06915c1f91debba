//! What a machine can say about the code without running it.

use crate::process::{cargo, run};
use crate::{pack, places, setup};
use std::process::Command;

pub(crate) fn lint() -> anyhow::Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    setup::wasm_target()?;
    pack::all()?;
    let clippy = ["clippy", "--quiet", "--workspace", "--exclude", "beacon-page", "--all-targets"];
    run(cargo().args(clippy).args(["--", "--deny", "warnings"]))?;
    // The page for the one target that it is made for.
    // What runs while it is built (macros above all) is the same for its own profile, and built once.
    let page =
        ["clippy", "--quiet", "--package", "beacon-page", "--profile", "page", "--target", "wasm32-unknown-unknown"];
    let target = places::target().join("wasm");
    run(cargo().args(page).env("CARGO_TARGET_DIR", target).args(["--", "--deny", "warnings"]))?;
    let deny = setup::deny()?;
    run(Command::new(deny).current_dir(places::root()).args(["check", "bans", "licenses", "sources"]))
}
