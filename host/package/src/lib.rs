//! Beacon output: from the rows of a run to a package that proves itself, and back.
//!
//! **What it is.** The last stations of the way of the data: [`Spill`] takes column batches as they arrive and sorts
//! them on disk, [`Merge`] gives every table once, in the order of its key, [`PackageWriter`] writes Parquet and CSV
//! with a Data Package v2 manifest and finds the person behind each address of a usage report, [`verify`] checks a package that somebody else may have touched, [`diff`]
//! compares two of them, and
//! [`read_summary`] tells people what is in one. [`NameTable`] gives products and plans the names people know.
//!
//! **What it must never do.** No network, no clock, no random numbers: times and seeds come from the caller. It holds
//! no table in memory as a whole. It never overwrites a package, and nothing looks like a package before it is whole:
//! the folder gets its name in one rename, after everything in it is on disk. It knows no secret and writes none.
//!
//! **Where to start reading.** [`Spill::push`], then [`Merge::table`], then [`PackageWriter`]; the row encoding that
//! sorting, hashing and verifying share is in `row.rs`.

mod address_index;
#[cfg(test)]
mod address_index_tests;
mod address_lookup;
mod address_record;
mod applications;
mod beacon_block;
mod changes;
mod changes_table;
#[cfg(test)]
mod changes_tests;
mod changes_writer;
mod column_data;
mod compare;
mod csv_cell;
mod csv_file;
mod csv_reader;
mod data_package;
mod error;
mod export_error;
mod export_reader;
mod export_value;
mod file_digest;
mod finding;
mod fingerprint;
mod merge;
mod moving_columns;
mod names;
mod names_csv;
#[cfg(test)]
mod names_tests;
mod package_diff;
mod package_reader;
#[cfg(test)]
mod package_tests;
mod parquet_file;
mod person_check;
mod report_facts;
mod row;
mod run_file;
mod sample;
mod seats;
mod sort_key;
mod spill;
mod spill_buffer;
#[cfg(test)]
mod spill_tests;
mod summary;
mod summary_text;
mod table_files;
mod table_hash;
mod tenant_name;
#[cfg(test)]
mod test_rows;
mod usage_file;
#[cfg(test)]
mod usage_file_tests;
mod use_people;
mod use_state;
mod use_summary;
#[cfg(test)]
mod use_summary_tests;
mod user_join;
#[cfg(test)]
mod user_join_tests;
mod verify;
mod verify_changes;
mod verify_reports;
mod verify_rows;
mod view_rows;
mod writer;

pub use applications::read_applications;
pub use beacon_block::{
    BeaconBlock, Explained, FORMAT_VERSION, ModuleIdentity, NamesUsed, PackageStatus, Proof, RequestTotals, TableDrops,
    TableReport, Warning, package_id,
};
pub use changes::{ChangeCounts, ChangesBlock, Compared};
pub use changes_table::{Change, ChangeKind};
pub use csv_cell::put_csv_text;
pub use data_package::{DataPackage, MANIFEST_NAME, Resource};
pub use error::PackageError;
pub use export_error::ExportError;
pub use export_reader::{ExportOptions, ExportReader, ExportRow};
pub use finding::{Finding, FindingCode, VerifyReport};
pub use fingerprint::fingerprint;
pub use merge::{ChainFacts, Merge, MergeFacts, MergedTable};
pub use names::{NameEntry, NameSource, NameTable, NoNames};
pub use names_csv::{ListedProduct, ProductList, update_names};
pub use package_diff::{PackageDiff, TableDiff, diff};
pub use package_reader::{PackageFolder, is_safe_path, read_columns, read_table};
pub use person_check::Consenter;
pub use report_facts::RefreshDates;
pub use sample::{Sample, sample};
pub use spill::{DEFAULT_SPILL_MEMORY, PushFacts, Spill};
pub use summary::{ProductSummary, Summary, TableSummary, read_summary};
pub use summary_text::render_summary;
pub use tenant_name::read_tenant_name;
pub use usage_file::{ADMIN_CENTER_EXPORT, UsageFile, UsageFileFacts, UsageSource};
pub use use_state::{KeptUseRow, LONGEST_PERIOD, Recency, UseRow, UseState, use_state};
pub use use_summary::{ApplicationUse, UsageTrust, UseSummary, read_use, tells_of_use};
pub use user_join::{DEFAULT_JOIN_MEMORY, PeopleFacts, is_joined_to_users};
pub use verify::verify;
pub use writer::{FileFormat, FinishedPackage, PackageWriter, WriterOptions, WrittenTable};
