//! What an examination says.

use jiff::Timestamp;
use serde::Serialize;

/// How bad it is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Looked at, and fine.
    Ok,
    /// It works, and will not for ever.
    Warning,
    /// Something does not work.
    Failure,
}

/// What a finding is about. Of several failures, the first of these is the one to begin with: what comes later may follow
/// from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The data folder and its disk.
    Disk,
    /// The vault.
    Keys,
    /// Connector modules, and the files of the page.
    Module,
    /// Names and connections.
    Network,
    /// A proxy.
    Proxy,
    /// The clock of this machine.
    Clock,
    /// Certificates.
    Tls,
    /// Credentials and consents.
    Credentials,
    /// Destinations, and packages on their way.
    Delivery,
    /// Whoever keeps the schedules.
    Daemon,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// How bad it is.
    pub level: Level,
    /// What it is about.
    pub cause: Cause,
    /// What was looked at.
    pub looked_at: String,
    /// What was found: one sentence.
    pub title: String,
    /// The next step; empty if there is none.
    pub next_step: String,
    /// Names of the connections that it concerns; none if it concerns all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
}

/// A whole examination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// When.
    pub at: Timestamp,
    /// Version of this program.
    pub version: &'static str,
    /// The worst level.
    pub level: Level,
    /// What the worst findings are about; of several the one to begin with. None if all is well.
    pub cause: Option<Cause>,
    /// Everything that was looked at, the worst first.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// Looked at, and fine.
    pub(super) fn ok(cause: Cause, code: &str, looked_at: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            level: Level::Ok,
            cause,
            looked_at: looked_at.into(),
            title: title.into(),
            next_step: String::new(),
            connections: Vec::new(),
        }
    }

    /// Makes it a warning with a next step.
    pub(super) fn warns(self, next_step: impl Into<String>) -> Self {
        Self { level: Level::Warning, next_step: next_step.into(), ..self }
    }

    /// Makes it a failure with a next step.
    pub(super) fn fails(self, next_step: impl Into<String>) -> Self {
        Self { level: Level::Failure, next_step: next_step.into(), ..self }
    }

    /// Says which connections it concerns.
    pub(super) fn of(self, connections: Vec<String>) -> Self {
        Self { connections, ..self }
    }
}

impl Report {
    /// Puts findings in order.
    pub(super) fn new(at: Timestamp, mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|one, other| other.level.cmp(&one.level).then(one.cause.cmp(&other.cause)));
        let level = findings.first().map_or(Level::Ok, |worst| worst.level);
        let cause = findings.first().filter(|worst| worst.level > Level::Ok).map(|worst| worst.cause);
        Self { at, version: env!("CARGO_PKG_VERSION"), level, cause, findings }
    }

    /// The same for whoever is to see no name where nobody knows which there are: of what is not about the disk only codes
    /// are left.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        for finding in self.findings.iter_mut().filter(|finding| finding.cause != Cause::Disk) {
            let Finding { looked_at, title, next_step, connections, .. } = finding;
            [looked_at, title, next_step].into_iter().for_each(String::clear);
            connections.clear();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Finding, Level, Report};
    use jiff::Timestamp;

    #[test]
    fn the_worst_comes_first_and_what_others_follow_from_before_them() {
        let fine = Finding::ok(Cause::Disk, "a", "", "");
        let proxy = Finding::ok(Cause::Proxy, "b", "", "").fails("x");
        let keys = Finding::ok(Cause::Keys, "c", "", "").fails("x");
        let clock = Finding::ok(Cause::Clock, "d", "", "").warns("x");
        let report = Report::new(Timestamp::UNIX_EPOCH, vec![fine.clone(), clock, proxy, keys]);
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["c", "b", "d", "a"]);
        assert_eq!((report.level, report.cause), (Level::Failure, Some(Cause::Keys)));
        let report = Report::new(Timestamp::UNIX_EPOCH, vec![fine]);
        assert_eq!((report.level, report.cause), (Level::Ok, None));
    }
}
