//! The `beacon` block of a manifest: who wrote the package, from what, and how far each table can be trusted.

use crate::changes::ChangesBlock;
use crate::report_facts::RefreshDates;
use crate::table_hash::hex;
use crate::usage_file::UsageFileFacts;
use crate::user_join::PeopleFacts;
use aws_lc_rs::digest;
use beacon_contract::{ModuleId, Reason, TableStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the package format: folder layout, manifest, row hashes.
pub const FORMAT_VERSION: &str = "1.0";

/// Everything that a package says about its own making. Fields of later minor versions are ignored when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeaconBlock {
    /// [`FORMAT_VERSION`] of the writer; the writer fills it in.
    #[serde(default)]
    pub format_version: String,
    /// [`beacon_contract::dataset::DATASET_VERSION`] of the writer; the writer fills it in.
    #[serde(default)]
    pub dataset_version: String,
    /// The run.
    pub run_id: String,
    /// Name of the connection.
    pub connection: String,
    /// Name of the import task; the same as the connection's.
    pub task_name: String,
    /// Tenant that the data belongs to.
    pub tenant_id: String,
    /// Its display name, if the run learned it.
    #[serde(default)]
    pub tenant_name: Option<String>,
    /// Cloud, for example `global`.
    #[serde(default)]
    pub cloud: Option<String>,
    /// The connector module.
    pub module: ModuleIdentity,
    /// Version of the host.
    pub host_version: String,
    /// `full` or `incremental`.
    pub mode: String,
    /// Package that an incremental one builds on.
    #[serde(default)]
    pub based_on: Option<String>,
    /// RFC 3339 in UTC.
    pub started_at: String,
    /// RFC 3339 in UTC.
    pub finished_at: String,
    /// Whether every mandatory table is complete.
    pub status: PackageStatus,
    /// By table.
    pub tables: BTreeMap<String, TableReport>,
    /// What the sign-in was granted.
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// What people should know before they rely on the data.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// Where product and plan names came from.
    #[serde(default)]
    pub names: Option<NamesUsed>,
    /// `resolved`, or `proxy` if a proxy resolved names, so that the address rule could not be applied.
    #[serde(default)]
    pub address_check: Option<String>,
    /// Files with usage that people imported, because no report can be asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage_files: Vec<UsageFileFacts>,
    /// What is different from the package before, if there is one; the writer fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<ChangesBlock>,
    /// Requests of the run.
    #[serde(default)]
    pub requests: RequestTotals,
    /// See [`package_id`]; the writer fills it in.
    #[serde(default)]
    pub package_id: String,
}

/// How a package ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageStatus {
    /// All mandatory tables are complete.
    Complete,
    /// At least one mandatory table is not.
    Partial,
}

/// The module that a package came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleIdentity {
    /// Which connector.
    pub id: ModuleId,
    /// Its version.
    pub version: String,
    /// Digest of the module's bytes, hexadecimal.
    pub sha256: String,
    /// Key that signed it.
    #[serde(default)]
    pub signing_key_id: Option<String>,
    /// Whether the host trusted it; `false` means that somebody named a file by hand.
    #[serde(default)]
    pub trusted: bool,
}

/// One table's part of the story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// How it ended.
    pub status: TableStatus,
    /// Why it is not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Explained>,
    /// Whether the package is partial without it, as the module's manifest says.
    #[serde(default)]
    pub mandatory: bool,
    /// Rows in the package; the writer fills it in.
    #[serde(default)]
    pub rows: u64,
    /// What the service's own count said, where there is one. An alarm, not a proof.
    #[serde(default)]
    pub expected: Option<u64>,
    /// Pages read.
    #[serde(default)]
    pub pages: u64,
    /// Parts that the list was read in.
    #[serde(default)]
    pub partitions: u64,
    /// Requests that were repeated.
    #[serde(default)]
    pub retries: u64,
    /// Time spent waiting because the service asked for it.
    #[serde(default)]
    pub throttled_ms: u64,
    /// What the claim of completeness rests on.
    #[serde(default)]
    pub proof: Proof,
    /// Items that the module left out on purpose, with their reasons.
    #[serde(default)]
    pub drops: Vec<TableDrops>,
    /// Rows that came more than once; the writer fills it in.
    #[serde(default)]
    pub duplicates: u64,
    /// For tables whose rows name people by an address: what the addresses led to; the writer fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleFacts>,
    /// Why people in its rows are concealed; the writer removes it if none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealed: Option<Explained>,
    /// For tables from reports: the days up to which the reports know; the writer fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshed_on: Option<RefreshDates>,
    /// Digest of the rows, independent of file formats; the writer fills it in. Empty for a skipped table.
    #[serde(default)]
    pub rows_sha256: String,
}

impl TableReport {
    /// A report of this status, everything else zero or empty.
    #[must_use]
    pub fn new(status: TableStatus, mandatory: bool) -> Self {
        Self {
            status,
            reason: None,
            mandatory,
            rows: 0,
            expected: None,
            pages: 0,
            partitions: 0,
            retries: 0,
            throttled_ms: 0,
            proof: Proof::None,
            drops: Vec::new(),
            duplicates: 0,
            people: None,
            concealed: None,
            refreshed_on: None,
            rows_sha256: String::new(),
        }
    }
}

/// A reason, and what it means in words. In JSON the words stand beside code and arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// For programs.
    #[serde(flatten)]
    pub reason: Reason,
    /// For people, in English: what happened, then the next step. Empty until somebody who knows the words adds them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl From<Reason> for Explained {
    fn from(reason: Reason) -> Self {
        Self { reason, text: String::new() }
    }
}

/// What a claim of completeness rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// One chain of pages, followed from its root to its end, item by item.
    Chain,
    /// Several chains whose filters together cover everything.
    Partitions,
    /// The rows are parts of the items of a proven table; how they were taken from them is not proven.
    Derived,
    /// Every report arrived whole; which rows a line leads to is not proven.
    Report,
    /// Nothing.
    #[default]
    None,
}

/// Items left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDrops {
    /// How many.
    pub count: u64,
    /// Why.
    pub reason: Reason,
}

/// Something that people should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code.
    pub code: String,
    /// In English.
    pub text: String,
    /// What the text names, for programs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

/// Where product and plan names came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesUsed {
    /// Digest of the name table.
    pub digest: String,
    /// Number of products in it.
    pub products: u64,
    /// `embedded` or `file`.
    pub source: String,
}

/// Requests of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTotals {
    /// All that were sent.
    pub total: u64,
    /// Those that were repeats.
    pub retries: u64,
}

impl BeaconBlock {
    /// Names of the mandatory tables that are not complete.
    pub fn incomplete_mandatory(&self) -> impl Iterator<Item = &str> {
        let open = |report: &TableReport| report.mandatory && report.status != TableStatus::Complete;
        self.tables.iter().filter(move |(_, report)| open(report)).map(|(name, _)| name.as_str())
    }

    /// The status that the tables allow: complete only if there is a mandatory table and all of them are complete.
    #[must_use]
    pub fn provable_status(&self) -> PackageStatus {
        let any = self.tables.values().any(|report| report.mandatory);
        if any && self.incomplete_mandatory().next().is_none() {
            PackageStatus::Complete
        } else {
            PackageStatus::Partial
        }
    }
}

/// Name of the content: equal for packages of one tenant with equal rows, whatever run, format or files they have.
///
/// SHA-256 over lines ended by a line feed: `format <version>`, `tenant <id>`, then `<table>:<rows_sha256>` for each
/// table that has rows hashed, sorted by name. Hexadecimal.
#[must_use]
pub fn package_id(tenant_id: &str, tables: &BTreeMap<String, TableReport>) -> String {
    let mut text = format!("format {FORMAT_VERSION}\ntenant {tenant_id}\n");
    for (name, report) in tables.iter().filter(|(_, report)| !report.rows_sha256.is_empty()) {
        text.push_str(name);
        text.push(':');
        text.push_str(&report.rows_sha256);
        text.push('\n');
    }
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}
