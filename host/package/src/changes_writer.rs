//! The resource `changes` of a package in the making.

use crate::beacon_block::Warning;
use crate::changes::{ChangesBlock, compare_packages};
use crate::changes_table::{CHANGES, Change};
use crate::compare::CompareError;
use crate::data_package::{DataPackage, Resource, ResourceFormat};
use crate::error::PackageError;
use crate::package_reader::PackageFolder;
use crate::row::Rows;
use crate::table_files::{TableFiles, file_name};
use crate::table_hash::TableHash;
use std::collections::BTreeMap;
use std::path::Path;

/// Rows given to the files at once.
const CHUNK: usize = 4_096;

/// Compares the package in `folder`, whose files are written and whose manifest is `manifest`, with an earlier one and
/// adds what differs to both. An earlier package that cannot be used is no reason to have none now: then the manifest
/// says so.
pub(crate) fn add_changes(
    folder: &Path,
    formats: &[ResourceFormat],
    earlier: &Path,
    manifest: &mut DataPackage,
) -> Result<(), PackageError> {
    let now = PackageFolder::in_the_making(folder, manifest.clone());
    let tenant = &manifest.beacon.tenant_id;
    let written = match PackageFolder::open(earlier) {
        Ok(earlier) => write(folder, formats, tenant, &earlier, &now),
        Err(error) => Err(CompareError::Old(error)),
    };
    match written {
        Ok((block, resources)) => {
            manifest.resources.extend(resources);
            manifest.beacon.changes = Some(block);
            Ok(())
        }
        Err(CompareError::Other(error)) => Err(error),
        Err(CompareError::Old(error)) => {
            for path in formats.iter().map(|format| folder.join(file_name(&CHANGES, *format))) {
                if path.exists() {
                    std::fs::remove_file(&path).map_err(PackageError::storage("remove", &path))?;
                }
            }
            manifest.beacon.warnings.push(Warning {
                code: "changes.earlier_package_unusable".to_owned(),
                text: format!("This package says nothing about changes: {}.", why(&error)),
                arguments: BTreeMap::new(),
            });
            Ok(())
        }
    }
}

/// Why an earlier package is of no use, without the path where it lies: that says something about the machine.
const fn why(error: &PackageError) -> &'static str {
    match error {
        PackageError::NotAPackage { .. } => "the earlier package is not there any more",
        PackageError::OtherTenant(_) => "the earlier package is of another tenant",
        PackageError::Altered(_) => "the earlier package was changed after it was written",
        PackageError::Storage { .. } => "the earlier package cannot be read",
        _ => "the earlier package is damaged or of another version",
    }
}

fn write(
    folder: &Path,
    formats: &[ResourceFormat],
    tenant: &str,
    earlier: &PackageFolder,
    now: &PackageFolder,
) -> Result<(ChangesBlock, Vec<Resource>), CompareError> {
    let mut files = TableFiles::create(folder, formats, &CHANGES, tenant).map_err(CompareError::Other)?;
    let mut hash = TableHash::new(&CHANGES);
    let mut rows = Rows::default();
    let mut flush = |rows: &mut Rows| {
        hash.update(rows);
        files.write(rows)?;
        rows.clear();
        Ok(())
    };
    let mut block = compare_packages(earlier, now, &mut |change: Change| {
        change.put(&mut rows);
        if rows.len() < CHUNK { Ok(()) } else { flush(&mut rows) }
    })?;
    flush(&mut rows).map_err(CompareError::Other)?;
    block.rows_sha256 = hash.finish();
    let files = files.finish().map_err(CompareError::Other)?;
    let resource = |(format, facts)| Resource::new(&CHANGES, format, &facts, &|_| false);
    Ok((block, files.into_iter().map(resource).collect()))
}
