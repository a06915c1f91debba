//! `packages prune`, `packages rule`: removing what is not needed any more.

use crate::delivery_arguments::{PackagesCommand, PruneArguments, RuleArguments};
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_operations::retention::{NotRemoved, PruneReport, Pruned, Retention, prune, prune_by_rule};
use beacon_operations::{Installation, Trouble, select};
use serde_json::json;

pub(crate) fn execute(
    installation: &Installation,
    command: &PackagesCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        PackagesCommand::Prune(arguments) => remove(installation, arguments, terminal),
        PackagesCommand::Rule(arguments) => rule(installation, arguments, terminal),
    }
}

fn remove(installation: &Installation, arguments: &PruneArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let PruneArguments { keep, older_than, dry_run, selection } = arguments;
    let connections = select(installation, &selection.selection()?)?;
    let given = Retention { keep: *keep, days: *older_than };
    let now = Installation::now();
    let report = if given.is_given() {
        prune(installation, &connections, given, now, *dry_run)?
    } else {
        prune_by_rule(installation, &connections, now, *dry_run)?.ok_or_else(|| {
            let advice = "Give --keep or --older-than, or store a rule with `beacon packages rule`.";
            Trouble::settings("packages.no_rule", "no rule says which packages go", advice)
        })?
    };
    terminal.json(&json!({ "dry_run": dry_run, "packages": report }));
    let PruneReport { removed, awaited, foreign, failed } = &report;
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
    for NotRemoved { folder, cause } in failed {
        let again = "It is tried again the next time.";
        terminal.note(&format!("{} could not be removed: {cause}. {again}", folder.display()));
    }
    Ok(if failed.is_empty() { Exit::Success } else { Exit::Later })
}

fn rule(installation: &Installation, arguments: &RuleArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let given = Retention { keep: arguments.keep, days: arguments.older_than };
    if given.is_given() || arguments.off {
        installation.store().set_retention(given)?;
    }
    let stored = installation.store().retention()?;
    terminal.json(&json!({ "rule": stored }));
    terminal.result(&match (stored.keep, stored.days) {
        (None, None) => "All packages stay until somebody removes them.".to_owned(),
        (Some(keep), None) => format!("The newest {keep} packages of each connection stay."),
        (None, Some(days)) => format!("Packages that are not older than {days} days stay."),
        (Some(keep), Some(days)) => {
            format!(
                "The newest {keep} packages of each connection stay, and those that are not older than {days} days."
            )
        }
    });
    if stored.is_given() {
        terminal.note("A beacon that serves removes the others every hour; `beacon packages prune` does it now.");
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
