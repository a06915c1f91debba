//! The live lines of a run: one for each table on a terminal, plain lines elsewhere.

use crate::terminal::Terminal;
use beacon_contract::{CheckResult, Note, NoteLevel, TableName};
use beacon_driver::{Observer, TableProgress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Watches one run.
pub(crate) struct Progress {
    terminal: Terminal,
    bars: MultiProgress,
    tables: Mutex<BTreeMap<TableName, ProgressBar>>,
    status: ProgressBar,
    waited: Mutex<Duration>,
}

impl Progress {
    pub(crate) fn new(terminal: Terminal) -> Self {
        let target = if terminal.is_live() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let status = bars.add(ProgressBar::new_spinner().with_style(style("  {msg}")));
        Self { terminal, bars, tables: Mutex::default(), status, waited: Mutex::default() }
    }

    /// Leaves the lines as they are and goes on below them.
    pub(crate) fn finish(&self) {
        self.status.finish_and_clear();
        for bar in self.tables.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bar.abandon();
        }
    }

    fn plain(&self, text: &str) {
        if !self.terminal.is_live() && !self.terminal.is_json() {
            self.terminal.note(text);
        }
    }
}

/// The templates are constants; one that cannot be read falls back to the library's own.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Observer for Progress {
    fn table(&self, progress: &TableProgress) {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = tables.entry(progress.table.clone()).or_insert_with(|| {
            let bar = ProgressBar::new_spinner().with_style(style("  {prefix:14} {msg}"));
            self.bars.insert_before(&self.status, bar.with_prefix(progress.table.to_string()))
        });
        let mut text = format!("{:>10} rows", counted(progress.rows));
        if progress.pages > 0 {
            text.push_str(&format!("  {:>6} pages", counted(progress.pages)));
        }
        if progress.ended {
            text.push_str("  read");
            self.plain(&format!("{}: {} rows, {} pages, read", progress.table, progress.rows, progress.pages));
        }
        bar.set_message(text);
    }

    fn waiting(&self, pause: Duration) {
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        *waited += pause;
        let text = format!(
            "waiting {:.1} s because the service asked for it or failed ({:.1} s in all)",
            pause.as_secs_f64(),
            waited.as_secs_f64()
        );
        self.plain(&text);
        self.status.set_message(text);
    }

    fn check(&self, _result: &CheckResult) {}

    fn note(&self, note: &Note) {
        if note.level == NoteLevel::Warning {
            self.plain(&format!("warning: {}", note.code));
        }
    }

    fn publishing(&self) {
        self.status.set_message("writing the package");
        self.plain("writing the package");
    }
}
