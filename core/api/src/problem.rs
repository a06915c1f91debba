//! What the API answers instead of what was asked for.

use serde::{Deserialize, Serialize};

/// What a problem asks of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Change a setting or what was entered.
    Settings,
    /// Somebody has to sign in at Microsoft.
    Consent,
    /// Try again later.
    Retry,
    /// Report it.
    Defect,
    /// Sign in to the beacon.
    Session,
    /// Another role is needed.
    Forbidden,
    /// It is not there.
    NotFound,
}

/// Body of every answer with a status of 400 and above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What it asks of the person.
    pub kind: ProblemKind,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub title: String,
    /// The next step.
    pub advice: String,
    /// Causes, numbers, ids for support; one per line.
    #[serde(default)]
    pub detail: Vec<String>,
    /// Fields that are wrong, if it is about a form.
    #[serde(default)]
    pub fields: Vec<FieldProblem>,
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// Id of the module's field, or one of the host's: `name`, `proxy.server`, `proxy.username`, `proxy.password`,
    /// `proxy.bypass`; of a destination `folder`, `address`, `username`, `secret`.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub title: String,
    /// The next step.
    pub advice: String,
}
