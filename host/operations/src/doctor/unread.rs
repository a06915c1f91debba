//! What could not be read while the rest of an examination goes on: damage in one place is to be told, and hides nothing
//! that lies elsewhere.

use super::report::{Cause, Finding};
use crate::trouble::Trouble;

/// Findings about what could not be read.
#[derive(Default)]
pub(super) struct Unread(Vec<Finding>);

impl Unread {
    /// What was found; or nothing, and a finding that says why.
    pub(super) fn or_nothing<T: Default>(&mut self, what: &str, found: Result<T, impl Into<Trouble>>) -> T {
        found.map_err(|error| self.0.push(told(what, &error.into()))).unwrap_or_default()
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.0
    }
}

/// Why something does not open or cannot be read.
pub(super) fn told(looked_at: &str, why: &Trouble) -> Finding {
    let cause = match why.code.as_str() {
        "store.locked" | "schedule.timing" => Cause::Daemon,
        code if code.starts_with("control.") => Cause::Daemon,
        code if code.starts_with("store.") => Cause::Disk,
        // What is left is the vault.
        _ => Cause::Keys,
    };
    let title = std::iter::once(&why.title).chain(&why.detail).cloned().collect::<Vec<_>>().join(" ");
    let found = Finding::ok(cause, &why.code, looked_at, title);
    // One that this version has not begun to use yet: nothing is broken.
    if why.code == "store.older" { found.warns(why.advice.clone()) } else { found.fails(why.advice.clone()) }
}
