//! What a check of a package found.

use crate::beacon_block::PackageStatus;
use serde::Serialize;
use std::collections::BTreeMap;

/// Result of [`crate::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// What the manifest calls the content.
    pub package_id: String,
    /// What the manifest claims.
    pub status: PackageStatus,
    /// Tables that have files.
    pub tables: u64,
    /// Files read.
    pub files: u64,
    /// Rows read, each table once.
    pub rows: u64,
    /// What is wrong; nothing if the list is empty.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// Whether everything that the package says about itself is true.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: FindingCode,
    /// Table of the dataset, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// One sentence: the first case, and how many there are.
    pub what: String,
    /// What to do about it.
    pub next_step: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal $next:expr,)*) => {
        /// Stable names of what can be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum FindingCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl FindingCode {
            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn next_step(self) -> &'static str {
                match self { $(Self::$name => $next,)* }
            }
        }
    };
}

const COPY_AGAIN: &str = "Copy the package again from where it was written, or run the import again.";
const DO_NOT_USE: &str = "Do not use the package; somebody changed it after it was written. Run the import again.";
const NEWER: &str = "Check with the version of beacon that wrote the package (`host_version` in its manifest).";
const REPORT: &str = "Run the import again; if it happens again, report it together with the manifest.";

codes! {
    /// The format is of another major version.
    FormatUnknown "package.format_unknown" NEWER,
    /// A file named by the manifest is not there.
    FileMissing "package.file_missing" COPY_AGAIN,
    /// A file is there that the manifest does not name.
    FileExtra "package.file_extra" "Remove the file if you know it; the package itself does not need it.",
    /// A path leads out of the package, or to something that is not a plain file.
    PathUnsafe "package.path_unsafe" DO_NOT_USE,
    /// A file has another size than the manifest says.
    BytesDiffer "package.bytes_differ" COPY_AGAIN,
    /// A file has another digest than the manifest says.
    HashDiffers "package.hash_differs" COPY_AGAIN,
    /// A file cannot be read as what it is said to be.
    FileUnreadable "package.file_unreadable" COPY_AGAIN,
    /// A table is not in the dataset.
    TableUnknown "package.table_unknown" NEWER,
    /// The files and the reports of the tables do not fit each other.
    TableMismatch "package.table_mismatch" DO_NOT_USE,
    /// Columns are not those of the dataset.
    ColumnsDiffer "package.columns_differ" NEWER,
    /// The number of rows is not what the manifest says.
    RowsDiffer "package.rows_differ" DO_NOT_USE,
    /// A value that must be there is missing.
    ValueMissing "package.value_missing" REPORT,
    /// A key comes twice.
    KeyRepeated "package.key_repeated" REPORT,
    /// Rows are not in the order of their key.
    OrderBroken "package.order_broken" REPORT,
    /// Rows are of another tenant.
    TenantDiffers "package.tenant_differs" DO_NOT_USE,
    /// A row names something that is not in the table where it should be.
    ReferenceMissing "package.reference_missing" REPORT,
    /// The digest of the rows is not what the manifest says.
    RowsHashDiffers "package.rows_hash_differs" DO_NOT_USE,
    /// What the manifest says about people or days is not what the rows say.
    FactsDiffer "package.facts_differ" DO_NOT_USE,
    /// The package id does not follow from the tables.
    IdDiffers "package.id_differs" DO_NOT_USE,
    /// The package is called complete, but its tables do not allow it.
    StatusUntrue "package.status_untrue" "Treat the package as partial: what is missing stands with its tables.",
}

/// Gathers findings; many of one kind in one table become one.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    seen: BTreeMap<(FindingCode, Option<String>), (String, u64)>,
}

impl Findings {
    /// `what` is only asked for the first of its kind.
    pub(crate) fn add(&mut self, code: FindingCode, table: Option<&str>, what: impl FnOnce() -> String) {
        let entry = self.seen.entry((code, table.map(str::to_owned)));
        entry.or_insert_with(|| (what(), 0)).1 += 1;
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        let sentence = |what: String, count: u64| match count {
            1 => what,
            _ => format!("{what} (and {} more)", count - 1),
        };
        let finding = |((code, table), (what, count)): ((FindingCode, Option<String>), (String, u64))| Finding {
            code,
            table,
            what: sentence(what, count),
            next_step: code.next_step(),
        };
        self.seen.into_iter().map(finding).collect()
    }
}
