//! Reading the rows of a file that is checked.

use crate::error::PackageError;
use crate::finding::{FindingCode, Findings};
use crate::package_reader::TableReader;
use crate::table_hash::TableHash;
use beacon_contract::dataset::TableSchema;

/// Gives all rows to `each`, one after the other, and tells their digest. Rows of another tenant than the package's are
/// a finding.
pub(crate) fn check_rows(
    schema: &'static TableSchema,
    mut reader: TableReader,
    findings: &mut Findings,
    mut each: impl FnMut(&[u8], &mut Findings) -> Result<(), PackageError>,
) -> Result<String, PackageError> {
    let mut hash = TableHash::new(schema);
    loop {
        let (rows, same_tenant) = reader.next_rows()?;
        if rows.len() == 0 {
            return Ok(hash.finish());
        }
        hash.update(&rows);
        if !same_tenant {
            let what = || "rows have another tenant id than the package".to_owned();
            findings.add(FindingCode::TenantDiffers, Some(schema.name), what);
        }
        rows.iter().try_for_each(|row| each(row, findings))?;
    }
}
