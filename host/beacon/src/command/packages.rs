//! `packages prune`: removing what is not needed any more.

use crate::delivery_arguments::{PackagesCommand, PruneArguments};
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_operations::retention::{PruneReport, Pruned, Retention, prune};
use beacon_operations::{Installation, Trouble, select};
use serde_json::json;

pub(crate) fn execute(
    installation: &Installation,
    command: &PackagesCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let PackagesCommand::Prune(PruneArguments { keep, older_than, dry_run, selection }) = command;
    let policy = Retention { keep: *keep, days: *older_than };
    let connections = select(installation, &selection.selection()?)?;
    let report = prune(installation, &connections, policy, Installation::now(), *dry_run)?;
    terminal.json(&json!({ "dry_run": dry_run, "packages": report }));
    let PruneReport { removed, awaited, foreign } = &report;
    if removed.is_empty() {
        terminal.result("No package goes.");
    } else {
        terminal.result(&listed(removed));
        let word = if *dry_run { "would be removed" } else { "removed" };
        terminal.result(&format!("\n{} packages {word}.", removed.len()));
    }
    if !awaited.is_empty() {
        terminal.note("These stay because a destination waits for them; see `beacon delivery list --waiting`:");
        terminal.note(&listed(awaited));
    }
    for folder in foreign {
        terminal.note(&format!("{} is not the package that was written there, and was not touched.", folder.display()));
    }
    Ok(Exit::Success)
}

fn listed(packages: &[Pruned]) -> String {
    let rows = packages.iter().map(|package| {
        let started_at = package.started_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        vec![package.connection.clone(), started_at, package.folder.display().to_string()]
    });
    table(&rows.collect::<Vec<_>>())
}
