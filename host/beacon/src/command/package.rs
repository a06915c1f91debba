//! `package verify`, `package show` and `package diff`.

use crate::arguments::PackageCommand;
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_operations::Trouble;
use beacon_package::{
    ChangeCounts, Compared, PackageDiff, UseSummary, diff, read_summary, read_use, render_summary, verify,
};
use serde_json::json;

pub(crate) fn execute(command: &PackageCommand, terminal: &Terminal) -> Result<Exit, Trouble> {
    match command {
        PackageCommand::Verify { folder } => {
            let report = verify(folder)?;
            let sound = report.is_sound();
            terminal.json(&json!({ "sound": sound, "report": report }));
            if sound {
                let text =
                    format!("Sound: {} tables, {} rows, package {}", report.tables, report.rows, report.package_id);
                terminal.result(&terminal.paint(Style::Good, &text));
                return Ok(Exit::Success);
            }
            for finding in &report.findings {
                let table = finding.table.as_deref().map(|table| format!("{table}: ")).unwrap_or_default();
                terminal.result(&format!(
                    "{} {table}{}\n  {} ({})",
                    terminal.paint(Style::Bad, "unsound:"),
                    finding.what,
                    finding.code.next_step(),
                    finding.code.as_str()
                ));
            }
            Ok(Exit::Unsound)
        }
        PackageCommand::Show { folder } => {
            let summary = read_summary(folder)?;
            terminal.json(&summary);
            terminal.result(&render_summary(&summary, terminal.width(), terminal.has_colour()));
            Ok(Exit::Success)
        }
        PackageCommand::Use { folder, days } => {
            let summary = read_use(folder, *days)?;
            terminal.json(&summary);
            terminal.result(&used(&summary));
            Ok(Exit::Success)
        }
        PackageCommand::Diff { old, new, limit } => {
            let difference = diff(old, new, *limit)?;
            terminal.json(&difference);
            terminal.result(&described(&difference));
            Ok(if difference.counts.total() == 0 { Exit::Success } else { Exit::Different })
        }
    }
}

/// Counts by table, which columns changed how often, and the first differences.
fn described(difference: &PackageDiff) -> String {
    let ChangeCounts { added, changed, removed } = difference.counts;
    let mut rows = vec![["TABLE", "ADDED", "CHANGED", "REMOVED", ""].map(str::to_owned).to_vec()];
    for (name, table) in &difference.tables {
        let note = match table.compared {
            Compared::Compared => {
                let columns = table.columns.iter().map(|(column, rows)| format!("{column} {rows}"));
                columns.collect::<Vec<_>>().join(", ")
            }
            other => other.text().to_owned(),
        };
        let counts = [table.counts.added, table.counts.changed, table.counts.removed].map(|count| count.to_string());
        rows.push([&[name.clone()][..], &counts, &[note]].concat());
    }
    let mut lines = vec![table(&rows), String::new()];
    lines.extend(difference.changes.iter().map(|change| {
        let columns =
            if change.columns.is_empty() { String::new() } else { format!(": {}", change.columns.join(", ")) };
        plain(&format!("  {} {} {}{columns}", change.change.as_str(), change.table, change.row_key))
    }));
    let total = difference.counts.total();
    let listed = u64::try_from(difference.changes.len()).unwrap_or(u64::MAX);
    if listed < total {
        lines.push(format!("  and {} more", total - listed));
    }
    lines.push(match total {
        0 => "The same.".to_owned(),
        _ => format!("Different: {added} rows added, {changed} changed, {removed} removed."),
    });
    lines.join("\n")
}

/// People of each application by their state of use, applications that concern nobody left out.
fn used(summary: &UseSummary) -> String {
    let within = format!("LAST {} DAYS", summary.days);
    let titles =
        ["APPLICATION", &within, "BEFORE", "UNCLEAR", "NEVER", "NO DATA", "CONCEALED", "NOT MEASURED", "AS OF"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    for application in summary.applications.iter().filter(|application| application.people > 0) {
        let counts = [
            application.used_within,
            application.used_before,
            application.used_unclear,
            application.never_used,
            application.no_data,
            application.not_attributable,
            application.not_measured,
        ];
        let counts = counts.map(|count| if count == 0 { String::new() } else { count.to_string() });
        let figures = application.oldest_figure_on.clone().unwrap_or_default();
        rows.push([&[plain(&application.application_name)][..], &counts, &[figures]].concat());
    }
    let mut lines = vec![table(&rows)];
    if let Some(reason) = summary.usage.as_ref().and_then(|usage| usage.reason.as_ref()) {
        let said = if reason.text.is_empty() { &reason.reason.code } else { &reason.text };
        lines.push(plain(&format!("The table usage is not complete: {said}")));
    }
    lines.push(
        "Only the column NEVER says \"never used\"; no data, concealed and not measured are not unused.".to_owned(),
    );
    lines.join("\n")
}

/// Text from a package must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
