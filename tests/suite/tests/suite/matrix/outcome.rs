//! How an import ends for one table, as expected and as found.

use std::fmt;

/// The end. There is no other: complete and right, or said to be incomplete with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Complete, and equal to the truth.
    Complete,
    /// Partial: what is there is true, and this is why there is not more.
    Partial(String),
    /// Not there, and this is why.
    Skipped(String),
    /// No package: the run ended with this code.
    Ended(String, i32),
}

impl Outcome {
    /// The reason, if there is one to give.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Complete => None,
            Self::Partial(reason) | Self::Skipped(reason) | Self::Ended(reason, _) => Some(reason),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => formatter.write_str("complete"),
            Self::Partial(reason) => write!(formatter, "partial {reason}"),
            Self::Skipped(reason) => write!(formatter, "skipped {reason}"),
            Self::Ended(reason, exit) => write!(formatter, "ended {reason} with exit code {exit}"),
        }
    }
}
