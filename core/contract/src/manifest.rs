//! The manifest: what a module is and all it may ever do. Lies in the custom section `beacon:manifest`.

use crate::object::Object;
use crate::{
    CONTRACT_VERSION, EgressRule, Form, Method, ModuleId, OriginPattern, PathPattern, Profile, Slot, SlotName,
    TableName, Text,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything the host needs to know before it runs a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Identity; also the folder name.
    pub id: ModuleId,
    /// Version, `major.minor.patch`.
    pub version: String,
    /// Which contract versions it speaks.
    pub contract: ContractRange,
    /// Lowest host version it runs on.
    pub minimum_host: String,
    /// Who answers for it.
    pub publisher: String,
    /// What the list of source types shows.
    pub source_type: String,
    /// Other names under which older configurations know it.
    #[serde(default)]
    pub source_type_aliases: Vec<String>,
    /// Set if people should move to another module.
    #[serde(default)]
    pub deprecation: Option<Deprecation>,
    /// The settings.
    pub form: Form,
    /// How tokens are obtained.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// Where credentials may go.
    #[serde(default)]
    pub slots: Vec<Slot>,
    /// Where requests may go.
    #[serde(default)]
    pub egress: Vec<EgressRule>,
    /// How fast, where the service has limits of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<Lane>,
    /// Where lists begin and how their pages are read.
    #[serde(default)]
    pub chains: Vec<ChainRoot>,
    /// Which tables it fills.
    #[serde(default)]
    pub tables: Vec<TableUse>,
    /// Its words, by code.
    #[serde(default)]
    pub texts: BTreeMap<String, Text>,
}

/// Contract versions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRange {
    /// Oldest.
    pub minimum: u16,
    /// Newest.
    pub maximum: u16,
}

/// What to tell the users of a module that goes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deprecation {
    /// Module to move to.
    pub replaced_by: ModuleId,
    /// One sentence.
    pub note: String,
}

/// Where a list begins. A page of a chain must start at a root and then follow continuations exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainRoot {
    /// Table whose rows are the items.
    pub table: TableName,
    /// Origin of the root.
    pub origin: OriginPattern,
    /// Method of the root; continuations are always GET.
    pub method: Method,
    /// Path of the root.
    pub path: PathPattern,
    /// Query parameters the root may have. Any other could narrow the list without anybody noticing.
    #[serde(default)]
    pub query: Vec<String>,
    /// If the list may be read in parts.
    #[serde(default)]
    pub partition: Option<PartitionRule>,
    /// How a page is read.
    pub continuation: Continuation,
    /// Property of an item that names it, compared in lower case; it equals the last column of the table's key.
    pub item_key: String,
    /// Path at the same origin that answers with the number of items, in digits. A list read in parts is proven only
    /// between two such counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<PathPattern>,
    /// Lane of this list's requests, in place of the rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
}

/// Requests that one limit of the service counts together. A pause that the service asks for holds for the whole lane
/// and for no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Name, as rules and chain roots use it.
    pub name: String,
    /// At most so many requests…
    pub requests: u32,
    /// …within so many seconds.
    pub seconds: u32,
}

/// How a list is read in parts: ranges of one property that is never empty, by `ge` and `le`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionRule {
    /// Query parameter that holds the filter, for example `$filter`.
    pub parameter: String,
    /// The property, for example `userPrincipalName`.
    pub property: String,
}

/// How pages hang together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuation {
    /// Top-level member with the address of the next page; absent on the last one.
    pub next: String,
    /// Top-level member with the list of items.
    pub items: String,
}

/// One table that the module fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableUse {
    /// Table of the dataset.
    pub table: TableName,
    /// Whether a run without it is not complete.
    pub mandatory: bool,
    /// What proves it.
    pub origin: TableOrigin,
}

/// Where the rows of a table come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TableOrigin {
    /// Each row is an item of a chain: proven item by item.
    Chain,
    /// Rows are taken from the items of this table's chain: complete only if that table is. How the module maps an
    /// item to rows cannot be proven.
    Derived {
        /// The table with the chain.
        from: TableName,
    },
    /// Rows are read from reports, which are files and no lists: complete only if each of them arrived whole. Which rows
    /// a line leads to cannot be proven.
    Report,
}

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// No JSON of the expected shape.
    #[error("the manifest is unreadable")]
    Json(#[source] serde_json::Error),
    /// No common contract version.
    #[error("the module speaks contract {minimum} to {maximum}, this host speaks {CONTRACT_VERSION}", minimum = .0.minimum, maximum = .0.maximum)]
    Contract(ContractRange),
    /// Something refers to something that is not there, or breaks a rule.
    #[error("the manifest is inconsistent: {0}")]
    Inconsistent(String),
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn from_json(json: &[u8]) -> Result<Self, ManifestError> {
        let Object(manifest): Object<Self> = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as it is written into a module: stable for stable content.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, numbers, lists and maps with string keys: serialisation cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether an existing configuration means this module by `name`, its present or one of its older names.
    #[must_use]
    pub fn is_source_type(&self, name: &str) -> bool {
        std::iter::once(&self.source_type)
            .chain(&self.source_type_aliases)
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The slot of a name.
    #[must_use]
    pub fn slot(&self, name: &SlotName) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == *name)
    }

    /// How a table is used, `None` if the module does not fill it.
    #[must_use]
    pub fn table(&self, name: &TableName) -> Option<&TableUse> {
        self.tables.iter().find(|table| table.table == *name)
    }
}
