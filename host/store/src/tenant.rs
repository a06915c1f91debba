use std::fmt;

use serde::{Deserialize, Serialize};

/// A tenant as far as it is known: its id after consent, or the id or domain that the settings name. Kept in one form
/// (trimmed, lower-case), so that two spellings are one tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct TenantKey(String);

impl TenantKey {
    /// The tenant in its one form.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for TenantKey {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<TenantKey> for String {
    fn from(key: TenantKey) -> Self {
        key.0
    }
}

impl fmt::Display for TenantKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
