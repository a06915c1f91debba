//! Where a text stops being JSON.

/// Not JSON from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {expected} expected")]
pub struct Malformed {
    /// Offset in the body.
    pub at: usize,
    /// What should stand there, in a few words.
    pub expected: &'static str,
}
