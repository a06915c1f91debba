//! The difference of any two packages, for people and scripts.

use crate::changes::{ChangeCounts, Compared, compare_packages};
use crate::changes_table::Change;
use crate::compare::CompareError;
use crate::error::PackageError;
use crate::package_reader::PackageFolder;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageDiff {
    /// Package id of the earlier package.
    pub old_package_id: String,
    /// Package id of the later package.
    pub new_package_id: String,
    /// All differences.
    pub counts: ChangeCounts,
    /// By table.
    pub tables: BTreeMap<String, TableDiff>,
    /// The first differences, table by table in the order of the dataset.
    pub changes: Vec<Change>,
}

/// What is different in one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableDiff {
    /// How far it was compared.
    pub compared: Compared,
    /// Its differences.
    pub counts: ChangeCounts,
    /// In how many rows each column has another value.
    pub columns: BTreeMap<&'static str, u64>,
}

/// Compares two packages of one tenant; `limit` differences are listed, all are counted.
///
/// # Errors
/// [`PackageError::OtherTenant`], [`PackageError::Altered`] for a file that is not the one that was written, and what
/// opening and reading meet.
pub fn diff(old: &Path, new: &Path, limit: usize) -> Result<PackageDiff, PackageError> {
    let (old, new) = (PackageFolder::open(old)?, PackageFolder::open(new)?);
    let mut counts = ChangeCounts::default();
    let mut by_table: BTreeMap<&'static str, (ChangeCounts, BTreeMap<&'static str, u64>)> = BTreeMap::new();
    let mut changes = Vec::new();
    let block = compare_packages(&old, &new, &mut |change| {
        counts.count(change.change);
        let (of_table, columns) = by_table.entry(change.table).or_default();
        of_table.count(change.change);
        change.columns.iter().for_each(|column| *columns.entry(column).or_default() += 1);
        if changes.len() < limit {
            changes.push(change);
        }
        Ok(())
    });
    let block = block.map_err(|(CompareError::Old(error) | CompareError::Other(error))| error)?;
    let tables = block.tables.into_iter().map(|(name, compared)| {
        let (counts, columns) = by_table.remove(name.as_str()).unwrap_or_default();
        (name, TableDiff { compared, counts, columns })
    });
    Ok(PackageDiff {
        tables: tables.collect(),
        old_package_id: old.manifest().beacon.package_id.clone(),
        new_package_id: new.manifest().beacon.package_id.clone(),
        counts,
        changes,
    })
}
