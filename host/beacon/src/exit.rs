//! Exit codes: what a script may rely on. `beacon --help` lists them.

use beacon_contract::FailKind;
use beacon_operations::Trouble;
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
    /// Of several connections some were imported, and some were not.
    Mixed = 10,
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
            Self::Different => 1,
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
