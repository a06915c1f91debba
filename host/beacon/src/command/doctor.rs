//! `doctor`: an examination of everything that keeps imports from working.

use super::LOCKED;
use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, wrapped};
use beacon_operations::doctor::{self, Finding, Level, Report, Surroundings};
use beacon_operations::{Installation, Place, Trouble};
use beacon_server::{Serving, page_files};

pub(crate) async fn execute(
    configuration: &Configuration,
    open: impl FnOnce() -> Result<Installation, Trouble>,
    serving: Option<&Serving>,
    name: Option<&str>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    Ok(show(&examined(configuration, open, serving, name).await?, terminal))
}

/// The report on an installation, whether it opens or not.
///
/// # Errors
/// [`Trouble`] if another process holds the data folder, or there is no connection of that name.
pub(super) async fn examined(
    configuration: &Configuration,
    open: impl FnOnce() -> Result<Installation, Trouble>,
    serving: Option<&Serving>,
    name: Option<&str>,
) -> Result<Report, Trouble> {
    let place = &configuration.arguments.place();
    let shown = configuration.of_beacon.clone().unwrap_or_else(|| configuration.shown());
    let mut surroundings = Surroundings {
        page: page_files(),
        certificate: shown.certificate(),
        serving: serving.map(Serving::facts),
        authorities: None,
    };
    // Opening makes what is not there, and this is to change nothing.
    if serving.is_none() && !doctor::is_there(place)? {
        return doctor::examine_closed(place, None, &surroundings);
    }
    let opened = match (open(), serving) {
        // It is open; all that was read for whoever asks are the authorities that they named.
        (Err(trouble), Some(serving)) => {
            surroundings.authorities = Some(trouble);
            Ok(serving.installation().seen_from(place, None))
        }
        (opened, _) => opened,
    };
    match opened {
        Ok(installation) => {
            let only = match name.map(|name| installation.connection(name)).transpose() {
                // Not even names can be read: then everything is looked at.
                Err(trouble) if trouble.code.starts_with("store.") => None,
                found => found?,
            };
            doctor::examine(&installation, only.as_ref(), &surroundings).await
        }
        Err(trouble) if trouble.code == LOCKED => Err(trouble),
        Err(trouble) => doctor::examine_closed(place, Some(&trouble), &surroundings),
    }
}

/// Another process holds the data folder, and does not do what command lines ask for.
pub(crate) fn not_let_in(place: &Place, why: &Trouble, terminal: &Terminal) -> Result<Exit, Trouble> {
    Ok(show(&of_closed(place, why)?, terminal))
}

/// The report on an installation that this process does not get into.
///
/// # Errors
/// [`Trouble`] if this user has no data folder.
pub(super) fn of_closed(place: &Place, why: &Trouble) -> Result<Report, Trouble> {
    let surroundings = Surroundings { page: page_files(), ..Surroundings::default() };
    doctor::examine_closed(place, Some(why), &surroundings)
}

fn show(report: &Report, terminal: &Terminal) -> Exit {
    terminal.json(report);
    for finding in &report.findings {
        terminal.result(&shown(finding, terminal));
    }
    let count = |level| report.findings.iter().filter(|finding| finding.level == level).count();
    let (failures, warnings) = (count(Level::Failure), count(Level::Warning));
    let all = report.findings.len();
    terminal.result(&match (failures, warnings) {
        (0, 0) => format!("\nAll {all} checks are fine."),
        (failures, warnings) => format!("\n{all} checks: {failures} failures, {warnings} warnings."),
    });
    Exit::from(report)
}

fn shown(finding: &Finding, terminal: &Terminal) -> String {
    let (style, word) = match finding.level {
        Level::Ok => (Style::Good, "ok"),
        Level::Warning => (Style::Warning, "warning"),
        Level::Failure => (Style::Bad, "failure"),
    };
    let word = terminal.paint(style, &format!("{word:<8}"));
    if finding.level == Level::Ok {
        return format!("{word} {}: {}", finding.looked_at, finding.title);
    }
    let mut lines = vec![format!("{word} {}", terminal.paint(Style::Bold, &finding.looked_at))];
    let names = if finding.connections.is_empty() {
        String::new()
    } else {
        format!("Concerns {}.", finding.connections.join(", "))
    };
    for text in [&finding.title, &finding.next_step, &names] {
        lines.extend(wrapped(text, terminal.width() - 9).into_iter().map(|line| format!("         {line}")));
    }
    lines.push(terminal.paint(Style::Faint, &format!("         ({})", finding.code)));
    lines.join("\n")
}
