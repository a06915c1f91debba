//! Which packages go by themselves.

use serde::{Deserialize, Serialize};

/// What may go. A package goes if every rule that is given lets it go; without a rule none does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionRule {
    /// The newest so many of each connection stay.
    #[serde(default)]
    pub keep: Option<u32>,
    /// Those that are not older than so many days stay.
    #[serde(default)]
    pub days: Option<u32>,
}

/// What a rule would do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionPreview {
    /// Packages that would be removed.
    pub removed: u64,
    /// Packages that would be removed as soon as no destination waits for them any more.
    pub awaited: u64,
}
