//! What a machine can say about the code without running it.

use crate::process::{cargo, run};
use crate::{pack, places, setup};
use std::process::Command;

pub(crate) fn lint() -> anyhow::Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    setup::wasm_target()?;
    pack::all()?;
    run(cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    let deny = setup::deny()?;
    run(Command::new(deny).current_dir(places::root()).args(["check", "bans", "licenses", "sources"]))
}
