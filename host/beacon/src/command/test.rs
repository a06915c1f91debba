//! `connection test`: named checks, each with its outcome and the next step.

use super::run::checks_json;
use crate::arguments::ModuleArgument;
use crate::exit::Exit;
use crate::settings_input;
use crate::terminal::{Style, Terminal, wrapped};
use beacon_contract::{CheckOutcome, FailKind, Task};
use beacon_driver::{Cancel, Nobody, NobodyThere, RunEnd, RunOutcome};
use beacon_operations::{Installation, Session, Trouble, Words, explained};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn execute(
    installation: &Installation,
    name: &str,
    module: &ModuleArgument,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let module = settings_input::module(installation, module, &connection.source_type, terminal)?;
    let session = Session::new(installation, &connection, &module)?;
    let (outcome, _folder) = session.run(Task::Test, Arc::new(NobodyThere), Arc::new(Nobody), Cancel::new()).await?;
    let words = module.words();
    terminal.result(&checks(&outcome, &words, terminal));
    let failed = match &outcome.end {
        RunEnd::Failed(fail) => Some(explained(Trouble::of_fail(fail, &words), outcome.refused.as_ref())),
        _ => None,
    };
    let fails = outcome.checks.iter().any(|check| check.outcome == CheckOutcome::Fail);
    let exit = match &failed {
        Some(trouble) => Exit::of(trouble),
        None if fails => FailKind::Consent.into(),
        None => Exit::Success,
    };
    terminal.json(&json!({ "checks": checks_json(&outcome, &words), "error": failed }));
    if let Some(trouble) = failed.filter(|_| !terminal.is_json()) {
        terminal.trouble(&trouble);
    }
    Ok(exit)
}

/// One line for each check; what does not pass brings its advice.
pub(super) fn checks(outcome: &RunOutcome, words: &Words, terminal: &Terminal) -> String {
    let mut lines = Vec::new();
    for check in &outcome.checks {
        let (word, style) = match check.outcome {
            CheckOutcome::Pass => ("pass", Style::Good),
            CheckOutcome::Warning => ("warning", Style::Warning),
            CheckOutcome::Fail => ("FAIL", Style::Bad),
        };
        let text = words.text(&check.code, &check.arguments);
        lines.push(format!("{} {:20} {}", terminal.paint(style, &format!("{word:8}")), check.check, text.title));
        if check.outcome != CheckOutcome::Pass && !text.advice.is_empty() {
            let advice = wrapped(&text.advice, terminal.width().saturating_sub(9));
            lines.extend(advice.into_iter().map(|line| format!("         {line}")));
        }
    }
    lines.join("\n")
}
