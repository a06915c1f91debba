//! Exit codes: what a script may rely on. `beacon --help` lists them.

use beacon_contract::FailKind;
use beacon_operations::Trouble;
use beacon_operations::doctor::{Cause, Level, Report};
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; an import is complete.
    Success = 0,
    /// Something that should not happen.
    Unexpected = 1,
    /// The package is there, but not complete.
    Partial = 3,
    /// Somebody has to sign in or grant a permission.
    Consent = 4,
    /// A setting has to be changed.
    Settings = 5,
    /// The connector module misbehaved or was refused.
    Module = 6,
    /// Nothing is wrong with the settings: network, throttling, disk.
    Later = 7,
    /// A package does not verify.
    Unsound = 8,
    /// Two packages are not the same.
    Different = 9,
    /// `doctor` found nothing broken, and something to look at.
    Warned = 10,
    /// `doctor`: a host cannot be reached.
    Network = 11,
    /// `doctor`: a proxy refuses or cannot be reached.
    Proxy = 12,
    /// `doctor`: a certificate is not trusted.
    Tls = 13,
    /// `doctor`: the clock is wrong.
    Clock = 14,
    /// `doctor`: the data folder or its disk.
    Disk = 15,
    /// `doctor`: secrets that do not open.
    Keys = 16,
    /// `doctor`: a module or the page is not what was put in.
    Altered = 17,
    /// `doctor`: a credential is dead, or nobody consented.
    Credentials = 18,
    /// `doctor`: packages do not arrive.
    Delivery = 19,
    /// `doctor`: nobody keeps the schedules.
    Daemon = 20,
    /// Of several connections some were imported, and some were not.
    Mixed = 21,
    /// Ended by the operator (128 + SIGINT).
    Cancelled = 130,
}

impl Exit {
    /// How the program ends after a failure.
    pub(crate) fn of(trouble: &Trouble) -> Self {
        if trouble.unexpected { Self::Unexpected } else { trouble.kind.into() }
    }

    /// The end with this code; what has none is unexpected.
    pub(crate) fn of_code(code: u8) -> Self {
        let known = [
            Self::Success,
            Self::Partial,
            Self::Consent,
            Self::Settings,
            Self::Module,
            Self::Later,
            Self::Unsound,
            Self::Different,
            Self::Warned,
            Self::Network,
            Self::Proxy,
            Self::Tls,
            Self::Clock,
            Self::Disk,
            Self::Keys,
            Self::Altered,
            Self::Credentials,
            Self::Delivery,
            Self::Daemon,
            Self::Mixed,
            Self::Cancelled,
        ];
        known.into_iter().find(|exit| *exit as u8 == code).unwrap_or(Self::Unexpected)
    }

    /// Of two ends of one command, the one that a person has to know about first.
    pub(crate) fn worse(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Success => 0,
            // Those of an examination stand alone.
            Self::Different
            | Self::Warned
            | Self::Network
            | Self::Proxy
            | Self::Tls
            | Self::Clock
            | Self::Disk
            | Self::Keys
            | Self::Altered
            | Self::Credentials
            | Self::Delivery
            | Self::Daemon => 1,
            Self::Partial => 2,
            Self::Later => 3,
            Self::Settings => 4,
            Self::Consent => 5,
            Self::Module => 6,
            Self::Unsound => 7,
            Self::Mixed => 8,
            Self::Unexpected => 9,
            Self::Cancelled => 10,
        }
    }
}

impl From<&Report> for Exit {
    fn from(report: &Report) -> Self {
        match (report.level, report.cause) {
            (Level::Ok, _) | (_, None) => Self::Success,
            (Level::Warning, _) => Self::Warned,
            (Level::Failure, Some(cause)) => match cause {
                Cause::Disk => Self::Disk,
                Cause::Keys => Self::Keys,
                Cause::Module => Self::Altered,
                Cause::Network => Self::Network,
                Cause::Proxy => Self::Proxy,
                Cause::Tls => Self::Tls,
                Cause::Clock => Self::Clock,
                Cause::Credentials => Self::Credentials,
                Cause::Delivery => Self::Delivery,
                Cause::Daemon => Self::Daemon,
            },
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<FailKind> for Exit {
    fn from(kind: FailKind) -> Self {
        match kind {
            FailKind::Retry => Self::Later,
            FailKind::Settings => Self::Settings,
            FailKind::Consent => Self::Consent,
            FailKind::Defect => Self::Module,
        }
    }
}
