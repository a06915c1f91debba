//! The applications of a package.

use crate::error::PackageError;
use crate::package_reader::PackageFolder;
use crate::summary::{each_row, text, value};
use std::collections::BTreeMap;
use std::path::Path;

/// Names of the applications of a package by their id; none if the package has no such table.
///
/// # Errors
/// What opening and reading meet.
pub fn read_applications(folder: &Path) -> Result<BTreeMap<String, String>, PackageError> {
    let package = PackageFolder::open(folder)?;
    let mut applications = BTreeMap::new();
    each_row(&package, "applications", |schema, values| {
        let of = |column| text(value(schema, values, column));
        if let (Some(id), Some(name)) = (of("application_id")?, of("application_name")?) {
            applications.insert(id, name);
        }
        Ok(())
    })?;
    Ok(applications)
}
