//! What is different between two packages of one tenant.

use crate::changes_table::{Change, ChangeKind};
use crate::compare::{CompareError, Told, compare};
use crate::error::PackageError;
use crate::file_digest::file_facts;
use crate::moving_columns::is_moving_table;
use crate::package_reader::{PackageFolder, TableReader};
use beacon_contract::TableStatus;
use beacon_contract::dataset::{TABLES, TableSchema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The changes of a package in its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesBlock {
    /// Package id of the earlier package.
    pub based_on: String,
    /// Run that wrote it.
    pub based_on_run: String,
    /// Rows that are new.
    pub added: u64,
    /// Rows with other values.
    pub changed: u64,
    /// Rows that are gone.
    pub removed: u64,
    /// Digest of the rows of `changes`, independent of file formats.
    #[serde(default)]
    pub rows_sha256: String,
    /// How far each table was compared.
    pub tables: BTreeMap<String, Compared>,
}

/// How far a table was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Every difference is told.
    Compared,
    /// It is not complete now: a row that is missing may still exist, so no row is called removed.
    WithoutRemoved,
    /// It was not complete before: a row that is new here may have existed, so no row is called added, and none removed.
    OnlyChanged,
    /// It is not in this package.
    NotInThisPackage,
    /// It was not in the earlier package.
    NotInEarlierPackage,
    /// It has other columns than before: another version of the program wrote it.
    ColumnsDiffer,
    /// It moves by itself, so differences are no changes.
    MovesByItself,
}

impl Compared {
    /// What it means, for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::WithoutRemoved => "not complete now, so nothing is called removed",
            Self::OnlyChanged => "not complete before, so nothing is called added or removed",
            Self::NotInThisPackage => "not in this package",
            Self::NotInEarlierPackage => "not in the earlier package",
            Self::ColumnsDiffer => "written with other columns, so it cannot be compared",
            Self::MovesByItself => "moves by itself, so it is left out",
        }
    }

    /// Whether rows of the table can be among the changes.
    pub(crate) const fn has_rows(self) -> bool {
        matches!(self, Self::Compared | Self::WithoutRemoved | Self::OnlyChanged)
    }
}

/// What differs, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// Rows that are new.
    pub added: u64,
    /// Rows with other values.
    pub changed: u64,
    /// Rows that are gone.
    pub removed: u64,
}

impl ChangeCounts {
    pub(crate) fn count(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Added => self.added += 1,
            ChangeKind::Changed => self.changed += 1,
            ChangeKind::Removed => self.removed += 1,
        }
    }

    /// All together.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.added.saturating_add(self.changed).saturating_add(self.removed)
    }
}

/// Compares two packages table by table, in the order of the dataset; `take` gets every difference.
pub(crate) fn compare_packages(
    old: &PackageFolder,
    new: &PackageFolder,
    take: &mut dyn FnMut(Change) -> Result<(), PackageError>,
) -> Result<ChangesBlock, CompareError> {
    let (before, now) = (&old.manifest().beacon, &new.manifest().beacon);
    if before.tenant_id != now.tenant_id {
        return Err(CompareError::Old(PackageError::OtherTenant(old.folder().to_owned())));
    }
    let mut counts = ChangeCounts::default();
    let mut tables = BTreeMap::new();
    for table in TABLES {
        if before.tables.contains_key(table.name) || now.tables.contains_key(table.name) {
            let compared = compare_table(table, old, new, &mut |change| {
                counts.count(change.change);
                take(change)
            })?;
            tables.insert(table.name.to_owned(), compared);
        }
    }
    let ChangeCounts { added, changed, removed } = counts;
    Ok(ChangesBlock {
        based_on: before.package_id.clone(),
        based_on_run: before.run_id.clone(),
        added,
        changed,
        removed,
        rows_sha256: String::new(),
        tables,
    })
}

fn compare_table(
    table: &'static TableSchema,
    old: &PackageFolder,
    new: &PackageFolder,
    take: &mut dyn FnMut(Change) -> Result<(), PackageError>,
) -> Result<Compared, CompareError> {
    if is_moving_table(table.name) {
        return Ok(Compared::MovesByItself);
    }
    let Some(new_rows) = open(new, table).map_err(CompareError::Other)? else { return Ok(Compared::NotInThisPackage) };
    let Some(old_rows) = open(old, table).map_err(CompareError::Old)? else {
        return Ok(Compared::NotInEarlierPackage);
    };
    let (Opened::Rows(old_rows), Opened::Rows(new_rows)) = (old_rows, new_rows) else {
        return Ok(Compared::ColumnsDiffer);
    };
    let is_complete = |package: &PackageFolder| {
        package.manifest().beacon.tables.get(table.name).is_some_and(|table| table.status == TableStatus::Complete)
    };
    let compared = match (is_complete(old), is_complete(new)) {
        (true, true) => Compared::Compared,
        (true, false) => Compared::WithoutRemoved,
        (false, _) => Compared::OnlyChanged,
    };
    let told = Told { added: compared != Compared::OnlyChanged, removed: compared == Compared::Compared };
    compare(table, old_rows, new_rows, told, take)?;
    Ok(compared)
}

enum Opened {
    Rows(TableReader),
    OtherColumns,
}

/// Opens the rows of a table if its file is still the one that was written.
fn open(package: &PackageFolder, table: &'static TableSchema) -> Result<Option<Opened>, PackageError> {
    let Some(resource) = package.resource(table) else { return Ok(None) };
    let path = package.path_of(resource);
    match TableReader::open(package, table, resource) {
        Ok(reader) if is_unchanged(&path, &resource.hash)? => Ok(Some(Opened::Rows(reader))),
        Ok(_) => Err(PackageError::Altered(path)),
        Err(PackageError::WrongColumns { .. }) => Ok(Some(Opened::OtherColumns)),
        Err(error) => Err(error),
    }
}

fn is_unchanged(path: &Path, hash: &str) -> Result<bool, PackageError> {
    Ok(hash == format!("sha256:{}", file_facts(path)?.sha256))
}
