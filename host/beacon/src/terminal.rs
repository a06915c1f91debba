//! What goes to the terminal. Results go to the standard output, everything else to the standard error, so that a
//! script can read one without the other. Colour only on a terminal, and never as the only carrier of a meaning.

use beacon_contract::FailKind;
use beacon_operations::Trouble;
use beacon_vault::Secret;
use serde::Serialize;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// The terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    json: bool,
    colour: bool,
    live: bool,
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
        Self { json, colour: live && std::io::stdout().is_terminal() && !plain, live }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether lines may be redrawn.
    pub(crate) fn is_live(&self) -> bool {
        self.live && !self.json
    }

    pub(crate) fn has_colour(&self) -> bool {
        self.colour
    }

    /// Columns to fill: the terminal's, within what is readable; 80 where there is no terminal.
    pub(crate) fn width(&self) -> usize {
        let term = console::Term::stdout();
        term.size_checked().map_or(80, |(_, columns)| usize::from(columns)).clamp(40, WIDTH)
    }

    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.colour {
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
        if !self.json {
            let mut output = std::io::stdout().lock();
            // A closed pipe (`| head`) is the reader's choice.
            let _ = writeln!(output, "{text}");
        }
    }

    /// Text that is the result itself, whatever the form.
    pub(crate) fn raw(&self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// The result for scripts; nothing without `--json`.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            let _ = writeln!(std::io::stdout().lock(), "{text}");
        }
    }

    /// Something worth knowing on the way.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// A failure, readable.
    pub(crate) fn trouble(&self, trouble: &Trouble) {
        if self.json {
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
        let mut error = std::io::stderr().lock();
        let _ = write!(error, "{question} [y/N] ");
        let _ = error.flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }
}

/// Asks for a secret, which is not shown while it is typed; none where nobody can be asked.
pub(crate) fn ask_secret(question: &str) -> Option<Secret> {
    let terminal = console::Term::stderr();
    if !(std::io::stdin().is_terminal() && terminal.is_term()) {
        return None;
    }
    let _ = write!(std::io::stderr().lock(), "{question}: ");
    let typed = terminal.read_secure_line().ok().filter(|typed| !typed.is_empty());
    typed.map(Secret::from)
}

/// Breaks a text into lines at spaces. A word longer than a line stays whole: it is an address or an id.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// Columns of text, each as wide as its widest cell, two spaces apart.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
