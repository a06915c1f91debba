//! Checking the resource `changes`.

use crate::changes::{ChangeCounts, ChangesBlock};
use crate::changes_table::{CHANGES, ChangeKind};
use crate::error::PackageError;
use crate::finding::{FindingCode, Findings};
use crate::package_reader::TableReader;
use crate::row::{DamagedRow, RowCursor};
use crate::verify_rows::check_rows;

/// Reads all rows: they are about tables that were compared, and as many as the manifest says.
pub(crate) fn check_changes(
    block: Option<&ChangesBlock>,
    reader: TableReader,
    findings: &mut Findings,
) -> Result<(), PackageError> {
    let table = Some(CHANGES.name);
    let Some(block) = block else { return Ok(()) };
    let mut counts = ChangeCounts::default();
    let digest = check_rows(&CHANGES, reader, findings, |row, findings| {
        match kind_of(block, row) {
            Ok(Some(kind)) => counts.count(kind),
            Ok(None) => {
                let what = || "a row is about a table that was not compared, or tells an unknown change".to_owned();
                findings.add(FindingCode::TableMismatch, table, what);
            }
            Err(DamagedRow) => {
                let what = || "a row lacks a value that it needs".to_owned();
                findings.add(FindingCode::ValueMissing, table, what);
            }
        }
        Ok(())
    })?;
    let named = ChangeCounts { added: block.added, changed: block.changed, removed: block.removed };
    if counts != named {
        let text = |counts: ChangeCounts| {
            format!("{} added, {} changed, {} removed", counts.added, counts.changed, counts.removed)
        };
        let what = || format!("{} where the manifest says {}", text(counts), text(named));
        findings.add(FindingCode::RowsDiffer, table, what);
    }
    if digest != block.rows_sha256 {
        let what = || format!("the rows have the digest {digest}, the manifest says another");
        findings.add(FindingCode::RowsHashDiffers, table, what);
    }
    Ok(())
}

fn kind_of(block: &ChangesBlock, row: &[u8]) -> Result<Option<ChangeKind>, DamagedRow> {
    let mut cursor = RowCursor::new(row);
    let of_table = cursor.text()?.ok_or(DamagedRow)?;
    cursor.text()?.ok_or(DamagedRow)?;
    let kind = ChangeKind::from_text(cursor.text()?.ok_or(DamagedRow)?);
    let compared = std::str::from_utf8(of_table).ok().and_then(|name| block.tables.get(name));
    Ok(kind.filter(|_| compared.is_some_and(|compared| compared.has_rows())))
}
