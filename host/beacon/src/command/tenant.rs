//! `tenant offboard`: erasing a customer.

use crate::exit::Exit;
use crate::tenant_arguments::TenantCommand;
use crate::terminal::{Style, Terminal};
use beacon_operations::offboarding::{self, OffboardingPlan, OffboardingReport};
use beacon_operations::{Installation, Trouble};
use beacon_server::Serving;
use serde_json::json;

pub(crate) fn execute(
    installation: &Installation,
    command: &TenantCommand,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let TenantCommand::Offboard { customer, dry_run, yes } = command;
    if !dry_run && let Some(report) = offboarding::finish_one(installation, customer)? {
        terminal.note("Its erasing was interrupted; this finishes it.");
        return Ok(told(&report, terminal));
    }
    let plan = offboarding::plan(installation, customer)?;
    if *dry_run {
        terminal.json(&json!({ "dry_run": true, "plan": plan }));
        terminal.result(&described(&plan, terminal));
        return Ok(Exit::Success);
    }
    if !yes {
        terminal.note(&described(&plan, terminal));
        if !terminal.confirm(&format!("Erase {}? It cannot be undone.", plan.customer)) {
            terminal.note("Nothing was erased.");
            return Ok(Exit::Cancelled);
        }
    }
    let begun = offboarding::begin(installation, &plan)?;
    if let Some(serving) = serving {
        serving.release(&begun)?;
    }
    let report = offboarding::erase(installation, begun, Installation::now())?;
    Ok(told(&report, terminal))
}

fn described(plan: &OffboardingPlan, terminal: &Terminal) -> String {
    let parts = [
        (format!("Erased here, of {}", plan.customer), &plan.erases),
        ("Not erased here".to_owned(), &plan.stays),
        ("To be done elsewhere".to_owned(), &plan.elsewhere),
    ];
    let parts = parts.iter().filter(|(_, sentences)| !sentences.is_empty());
    parts.map(|(title, sentences)| listed(title, sentences, terminal)).collect::<Vec<_>>().join("\n\n")
}

fn told(report: &OffboardingReport, terminal: &Terminal) -> Exit {
    terminal.json(&json!({ "offboarded": report }));
    let title = if report.unfinished { "Not wholly erased" } else { "Erased" };
    let parts = [
        (format!("{title}: {}", report.customer), &report.erased),
        ("Not erased".to_owned(), &report.not_erased),
        ("To be done elsewhere".to_owned(), &report.elsewhere),
    ];
    let parts = parts.iter().filter(|(_, sentences)| !sentences.is_empty());
    let text: Vec<String> = parts.map(|(title, sentences)| listed(title, sentences, terminal)).collect();
    terminal.result(&text.join("\n\n"));
    if report.unfinished { Exit::Later } else { Exit::Success }
}

fn listed(title: &str, sentences: &[String], terminal: &Terminal) -> String {
    let lines: Vec<String> = sentences.iter().map(|sentence| format!("  - {sentence}")).collect();
    format!("{}\n{}", terminal.paint(Style::Bold, title), lines.join("\n"))
}
