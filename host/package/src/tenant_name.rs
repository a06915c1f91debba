//! The name of the tenant that a package is about.

use crate::error::PackageError;
use crate::package_reader::PackageFolder;
use crate::summary::{each_row, text, value};
use std::path::Path;

/// Display name of the tenant; `None` if the package does not tell.
///
/// # Errors
/// What opening and reading meet.
pub fn read_tenant_name(folder: &Path) -> Result<Option<String>, PackageError> {
    let package = PackageFolder::open(folder)?;
    let mut name = package.manifest().beacon.tenant_name.clone();
    each_row(&package, "tenant", |schema, values| {
        name = text(value(schema, values, "display_name"))?.or(name.take());
        Ok(())
    })?;
    Ok(name)
}
