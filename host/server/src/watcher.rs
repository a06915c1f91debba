//! Watches one import for the page: live figures, the log on disk, events.

use crate::metrics::Throttles;
use beacon_api::{Happened, LogLevel, LogLine, RunPhase, TableProgress as Shown};
use beacon_contract::{CheckResult, Note, NoteLevel, TableName};
use beacon_driver::{Observer, TableProgress};
use beacon_operations::{Installation, Words};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// Events of one run are at least this far apart; the last state of a table always comes.
const PACE: SignedDuration = SignedDuration::from_millis(200);

/// Lines of one log. A service that keeps refusing must not fill the disk.
const LINES: usize = 20_000;

/// Watches one import.
pub(crate) struct Watcher {
    run: String,
    connection: String,
    words: Words,
    events: broadcast::Sender<Happened>,
    throttles: Arc<Throttles>,
    live: Mutex<Live>,
}

struct Live {
    phase: RunPhase,
    tables: BTreeMap<TableName, Shown>,
    throttled_until: Option<Timestamp>,
    told_at: Timestamp,
    log: Option<File>,
    lines: usize,
}

impl Watcher {
    /// Begins a log. A log that cannot be written costs no import: the run is in the database anyway.
    pub(crate) fn new(
        run: String,
        connection: String,
        words: Words,
        log: &Path,
        events: broadcast::Sender<Happened>,
        throttles: Arc<Throttles>,
    ) -> Self {
        let folder = log.parent().unwrap_or(log);
        let open = || {
            std::fs::create_dir_all(folder)?;
            File::options().create(true).append(true).open(log)
        };
        let live = Live {
            phase: RunPhase::Fetching,
            tables: BTreeMap::new(),
            throttled_until: None,
            told_at: Timestamp::UNIX_EPOCH,
            log: open().ok(),
            lines: 0,
        };
        Self { run, connection, words, events, throttles, live: Mutex::new(live) }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Phase, tables, and until when the service asked for a pause.
    pub(crate) fn state(&self) -> (RunPhase, Vec<Shown>, Option<Timestamp>) {
        let live = self.live();
        (live.phase, live.tables.values().cloned().collect(), live.throttled_until)
    }

    /// Writes a line of the log.
    pub(crate) fn log(&self, level: LogLevel, text: &str) {
        let mut live = self.live();
        let line = LogLine { at: Installation::now().to_string(), level, text: text.to_owned() };
        live.lines += 1;
        let fits = live.lines <= LINES;
        if let (Some(file), true, Ok(json)) = (&mut live.log, fits, serde_json::to_string(&line)) {
            // A full disk ends the import elsewhere, with its own words.
            let _ = writeln!(file, "{json}");
        }
    }

    pub(crate) fn enter(&self, phase: RunPhase) {
        self.live().phase = phase;
        self.tell(true);
    }

    fn tell(&self, always: bool) {
        let now = Installation::now();
        let happened = {
            let mut live = self.live();
            if !always && now.duration_since(live.told_at) < PACE {
                return;
            }
            live.told_at = now;
            Happened::Run {
                run: self.run.clone(),
                connection: self.connection.clone(),
                phase: live.phase,
                progress: live.tables.values().cloned().collect(),
                throttled_until: live.throttled_until.map(|at| at.to_string()),
            }
        };
        // Nobody has to listen.
        let _ = self.events.send(happened);
    }
}

impl Observer for Watcher {
    fn table(&self, progress: &TableProgress) {
        let TableProgress { table, rows, pages, expected, ended } = progress.clone();
        let shown = Shown { table: table.to_string(), rows, pages, expected };
        self.live().tables.insert(table, shown);
        if ended {
            self.log(LogLevel::Information, &format!("{}: {rows} rows, {pages} pages, read", progress.table));
        }
        self.tell(ended);
    }

    fn waiting(&self, pause: Duration) {
        self.throttles.count(pause);
        let until = SignedDuration::try_from(pause).ok().and_then(|pause| Installation::now().checked_add(pause).ok());
        {
            let mut live = self.live();
            live.throttled_until = live.throttled_until.max(until);
        }
        let seconds = pause.as_secs_f64();
        self.log(LogLevel::Information, &format!("waiting {seconds:.1} s: the service asked for it, or failed"));
        self.tell(true);
    }

    fn check(&self, _result: &CheckResult) {}

    fn note(&self, note: &Note) {
        let level = if note.level == NoteLevel::Warning { LogLevel::Warning } else { LogLevel::Information };
        let text = self.words.text(&note.code, &note.arguments);
        self.log(level, &format!("{} {}", text.title, text.advice));
    }

    fn publishing(&self) {
        self.log(LogLevel::Information, "writing the package");
        self.enter(RunPhase::Writing);
    }
}
