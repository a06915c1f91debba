//! `package verify` and `package show`.

use crate::arguments::PackageCommand;
use crate::exit::Exit;
use crate::terminal::{Style, Terminal};
use crate::trouble::Trouble;
use beacon_package::{read_summary, render_summary, verify};
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
    }
}
