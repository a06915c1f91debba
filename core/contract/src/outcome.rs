//! Outcomes: how tables, checks and runs end.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a table ended. The driver may lower what a module claims, never raise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableStatus {
    /// Everything that was there is in the table.
    Complete,
    /// Something is known to be missing; the reason says what.
    Partial,
    /// The table was not read at all; the reason says why.
    Skipped,
}

/// Why a table is not complete: a stable code, and what the text of that code needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code with dots, for example `graph.permission_missing`.
    pub code: String,
    /// Values for the placeholders of the text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

impl Reason {
    /// A reason without arguments.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), arguments: BTreeMap::new() }
    }

    /// Adds the value of one placeholder.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl ToString) -> Self {
        self.and(name.into(), value.to_string())
    }

    /// The same for every kind of value: one copy of it in a module.
    fn and(mut self, name: String, value: String) -> Self {
        self.arguments.insert(name, value);
        self
    }
}

/// Result of one named check of the `test` and `consent` tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Works.
    Pass,
    /// Works with a loss that the text names.
    Warning,
    /// Does not work; an import would end without this part.
    Fail,
}

/// What a failure asks of the person in front of it. The exit code of the command line follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailKind {
    /// Nothing is wrong with the settings; trying again later may help.
    Retry,
    /// A setting has to be changed.
    Settings,
    /// Somebody has to sign in or grant a permission again.
    Consent,
    /// A defect of the module or of the host; report it.
    Defect,
}

/// Weight of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteLevel {
    /// For the log.
    Information,
    /// Shown with the result.
    Warning,
}
