//! The live lines of a run: one for each table on a terminal, plain lines elsewhere.

use crate::remote::{Line, Step};
use crate::terminal::Terminal;
use beacon_contract::{CheckResult, Note, NoteLevel, TableName};
use beacon_driver::{Observer, TableProgress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Watches one run, for a person here or elsewhere.
pub(crate) enum Progress {
    Here(Bars),
    Away(Arc<Line>),
}

impl Progress {
    pub(crate) fn new(terminal: &Terminal) -> Self {
        terminal.line().map_or_else(|| Self::Here(Bars::new(terminal.clone())), |line| Self::Away(Arc::clone(line)))
    }

    /// Leaves the lines as they are and goes on below them.
    pub(crate) fn finish(&self) {
        self.show(Step::Finished);
    }

    fn show(&self, step: Step) {
        match self {
            Self::Here(bars) => bars.show(step),
            Self::Away(line) => line.step(step),
        }
    }
}

impl Observer for Progress {
    fn table(&self, progress: &TableProgress) {
        let TableProgress { table, rows, pages, ended, .. } = progress.clone();
        self.show(Step::Table { table, rows, pages, ended });
    }

    fn waiting(&self, pause: Duration) {
        self.show(Step::Waiting(pause));
    }

    fn check(&self, _result: &CheckResult) {}

    fn note(&self, note: &Note) {
        if note.level == NoteLevel::Warning {
            self.show(Step::Warning(note.code.clone()));
        }
    }

    fn publishing(&self) {
        self.show(Step::Publishing);
    }
}

/// The lines on a terminal.
pub(crate) struct Bars {
    terminal: Terminal,
    bars: MultiProgress,
    tables: Mutex<BTreeMap<TableName, ProgressBar>>,
    status: ProgressBar,
    waited: Mutex<Duration>,
}

impl Bars {
    pub(crate) fn new(terminal: Terminal) -> Self {
        let target = if terminal.is_live() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let status = bars.add(ProgressBar::new_spinner().with_style(style("  {msg}")));
        Self { terminal, bars, tables: Mutex::default(), status, waited: Mutex::default() }
    }

    /// Shows how the import goes on.
    pub(crate) fn show(&self, step: Step) {
        match step {
            Step::Table { table, rows, pages, ended } => self.table(table, rows, pages, ended),
            Step::Waiting(pause) => self.waiting(pause),
            Step::Warning(code) => self.plain(&format!("warning: {code}")),
            Step::Publishing => {
                self.status.set_message("writing the package");
                self.plain("writing the package");
            }
            Step::Finished => self.finish(),
        }
    }

    fn finish(&self) {
        self.status.finish_and_clear();
        for bar in self.tables.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bar.abandon();
        }
    }

    fn table(&self, table: TableName, rows: u64, pages: u64, ended: bool) {
        let mut text = format!("{:>10} rows", counted(rows));
        if pages > 0 {
            text.push_str(&format!("  {:>6} pages", counted(pages)));
        }
        if ended {
            text.push_str("  read");
            self.plain(&format!("{table}: {rows} rows, {pages} pages, read"));
        }
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let name = table.to_string();
        let bar = tables.entry(table).or_insert_with(|| {
            let bar = ProgressBar::new_spinner().with_style(style("  {prefix:14} {msg}"));
            self.bars.insert_before(&self.status, bar.with_prefix(name))
        });
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
