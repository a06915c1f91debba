//! The audit trail: who changed what.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Query of the audit trail. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default)]
pub struct AuditQuery {
    /// Exactly this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// This action, or with a full stop at the end all that begin so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Kind or id of what it was done to, or a part of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Not before: a day or a moment, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Before: a day or a moment, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only entries before this number: the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// How many, at most 500; 50 if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its number: one more than the one before.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// An account of the page, a user of the operating system, or `beacon`.
    pub who: String,
    /// `page`, `command_line` or `beacon`.
    pub way: String,
    /// Address of the page's client, if it is known.
    pub client: Option<String>,
    /// Code of what was done.
    pub action: String,
    /// The same in words.
    pub words: String,
    /// What it was done to: the kind.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// Its name at that time.
    pub subject_name: String,
    /// More about it; of secrets only that they were set, replaced or removed.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: BTreeMap<String, Value>,
    /// `done`, `failed` or `refused`.
    pub outcome: String,
    /// Whether a customer's leaving erased what it said.
    pub erased: bool,
    /// SHA-256 that chains it to the entry before.
    pub hash: String,
}

/// A code of the audit trail and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditAction {
    /// Its code.
    pub code: String,
    /// Its meaning.
    pub words: String,
}

/// A page of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins: the value for `before`, if there is one.
    pub next: Option<u64>,
    /// Everybody who is named in the trail.
    pub people: Vec<String>,
    /// All actions there are.
    pub actions: Vec<AuditAction>,
}
