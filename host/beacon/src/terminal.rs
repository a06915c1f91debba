//! The person's side of a command: what they see, what they are asked, and their files. Results go to the standard
//! output, everything else to the standard error, so that a script can read one without the other. Colour only on a
//! terminal, and never as the only carrier of a meaning.
//!
//! A command knows no other way to a person than this: it may be executed by a beacon that serves, while the terminal
//! belongs to another process (`remote.rs`).

mod files;
mod layout;
mod written;

pub(crate) use layout::{table, wrapped};

use crate::remote::Line;
use beacon_contract::FailKind;
use beacon_operations::Trouble;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The terminal.
#[derive(Clone)]
pub(crate) struct Terminal {
    look: Look,
    person: Person,
}

/// How a terminal looks, and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Look {
    json: bool,
    colour: bool,
    live: bool,
    columns: usize,
    zone: String,
}

/// Where the person is.
#[derive(Clone)]
enum Person {
    /// At this process.
    Here,
    /// At the other end of a line.
    Away(Arc<Line>),
}

/// Emphasis of a piece of text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Bold,
    Faint,
    Good,
    Warning,
    Bad,
}

/// Lines longer than this are hard to read, on any terminal.
const WIDTH: usize = 100;

impl Terminal {
    #[expect(clippy::disallowed_methods, reason = "NO_COLOR is the user's own wish, https://no-color.org")]
    pub(crate) fn new(json: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let live = std::io::stderr().is_terminal();
        let size = console::Term::stdout().size_checked();
        let look = Look {
            json,
            colour: live && std::io::stdout().is_terminal() && !plain,
            live,
            columns: size.map_or(80, |(_, columns)| usize::from(columns)),
            zone: TimeZone::system().iana_name().unwrap_or("UTC").to_owned(),
        };
        Self { look, person: Person::Here }
    }

    /// The terminal at the other end of a line.
    pub(crate) fn away(look: Look, line: Arc<Line>) -> Self {
        Self { look, person: Person::Away(line) }
    }

    /// The other end, if the person is not here.
    pub(crate) fn line(&self) -> Option<&Arc<Line>> {
        match &self.person {
            Person::Here => None,
            Person::Away(line) => Some(line),
        }
    }

    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    pub(crate) fn is_json(&self) -> bool {
        self.look.json
    }

    /// Whether lines may be redrawn.
    pub(crate) fn is_live(&self) -> bool {
        self.look.live && !self.look.json
    }

    pub(crate) fn has_colour(&self) -> bool {
        self.look.colour
    }

    /// Columns to fill: the terminal's, within what is readable; 80 where there is no terminal.
    pub(crate) fn width(&self) -> usize {
        self.look.columns.clamp(40, WIDTH)
    }

    /// The time zone of the person's machine, by its name; UTC where it has none.
    pub(crate) fn zone(&self) -> &str {
        &self.look.zone
    }

    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.look.colour {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => "1",
            Style::Faint => "2",
            Style::Good => "32",
            Style::Warning => "33",
            Style::Bad => "31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A result for people; nothing with `--json`.
    pub(crate) fn result(&self, text: &str) {
        if !self.look.json {
            self.raw(format!("{text}\n").as_bytes());
        }
    }

    /// Text that is the result itself, whatever the form.
    pub(crate) fn raw(&self, bytes: &[u8]) {
        match &self.person {
            Person::Here => put(bytes),
            Person::Away(line) => line.output(bytes),
        }
    }

    /// The result for scripts; nothing without `--json`.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if self.look.json
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            self.raw(format!("{text}\n").as_bytes());
        }
    }

    /// Something worth knowing on the way.
    pub(crate) fn note(&self, text: &str) {
        let text = format!("{text}\n");
        match &self.person {
            Person::Here => put_error(&text),
            Person::Away(line) => line.error(&text),
        }
    }

    /// A failure, readable.
    pub(crate) fn trouble(&self, trouble: &Trouble) {
        if self.look.json {
            return self.json(&serde_json::json!({ "error": trouble }));
        }
        self.note(&self.block(trouble));
    }

    /// The block of a failure: what, what to do, details, code.
    pub(crate) fn block(&self, trouble: &Trouble) -> String {
        let word = match trouble.kind {
            FailKind::Retry => "try again later",
            FailKind::Settings => "settings",
            FailKind::Consent => "consent needed",
            FailKind::Defect => "defect",
        };
        let mut lines =
            vec![format!("{} {}", self.paint(Style::Bad, "error:"), self.paint(Style::Bold, &trouble.title))];
        lines.extend(wrapped(&trouble.advice, WIDTH - 2).into_iter().map(|line| format!("  {line}")));
        lines.extend(trouble.detail.iter().flat_map(|detail| {
            let detail = wrapped(detail, WIDTH - 6);
            detail.into_iter().enumerate().map(|(n, line)| format!("  {} {line}", if n == 0 { "-" } else { " " }))
        }));
        lines.push(self.paint(Style::Faint, &format!("  ({word}, {})", trouble.code)));
        lines.join("\n")
    }

    /// Asks a yes-or-no question; anything but a clear yes is no.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        let answer = self.ask(&format!("{question} [y/N] "));
        answer.is_some_and(|answer| matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Shows a text and reads the line that is typed behind it: empty at the end of the input, `None` if nobody can be
    /// asked.
    pub(crate) fn ask(&self, text: &str) -> Option<Zeroizing<String>> {
        match &self.person {
            Person::Here => typed(text),
            Person::Away(line) => line.ask(text),
        }
    }
}

/// Bytes on the standard output. A closed pipe (`| head`) is the reader's choice.
pub(crate) fn put(bytes: &[u8]) {
    let _ = std::io::stdout().lock().write_all(bytes);
}

/// Text on the standard error.
pub(crate) fn put_error(text: &str) {
    let mut error = std::io::stderr().lock();
    let _ = error.write_all(text.as_bytes());
    let _ = error.flush();
}

/// Shows a text and reads a line of the input.
pub(crate) fn typed(text: &str) -> Option<Zeroizing<String>> {
    put_error(text);
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).ok().map(|_| line)
}
