//! CSV files: RFC 4180 with CRLF, UTF-8 without byte order mark, a header line. Cells are those of [`crate::csv_cell`].
//!
//! Own code instead of a library, because libraries do not tell an empty cell from a quoted empty one, and here that
//! is the difference between null and an empty text.

use crate::column_data::{TENANT_COLUMN, holds_tenant};
use crate::csv_cell::cell;
use crate::error::PackageError;
use crate::file_digest::{DigestFile, FileFacts};
use crate::row::{RowCursor, Rows};
use beacon_contract::dataset::TableSchema;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file in the making.
pub(crate) struct CsvFile {
    table: &'static TableSchema,
    /// The tenant's cell with the comma after it; empty where the table has the tenant among its own columns.
    tenant: Vec<u8>,
    path: PathBuf,
    file: DigestFile,
    line: Vec<u8>,
}

pub(crate) fn put_field(line: &mut Vec<u8>, field: &str) {
    let quote = field.is_empty()
        || field.starts_with(' ')
        || field.ends_with(' ')
        || field.bytes().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n'));
    if !quote {
        return line.extend_from_slice(field.as_bytes());
    }
    line.push(b'"');
    for byte in field.bytes() {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

impl CsvFile {
    pub(crate) fn create(path: &Path, table: &'static TableSchema, tenant: &str) -> Result<Self, PackageError> {
        let mut line = Vec::new();
        let mut cell = Vec::new();
        if !holds_tenant(table) {
            line.extend_from_slice(TENANT_COLUMN.as_bytes());
            line.push(b',');
            put_field(&mut cell, tenant);
            cell.push(b',');
        }
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        line.extend_from_slice(names.join(",").as_bytes());
        line.extend_from_slice(b"\r\n");
        Ok(Self { table, tenant: cell, path: path.to_owned(), file: DigestFile::create(path)?, line })
    }

    pub(crate) fn write(&mut self, rows: &Rows) -> Result<(), PackageError> {
        let mut cursor = RowCursor::new(&rows.bytes);
        for _ in 0..rows.len() {
            self.line.extend_from_slice(&self.tenant);
            for (index, column) in self.table.columns.iter().enumerate() {
                if index > 0 {
                    self.line.push(b',');
                }
                let cell = cell(column.kind, &mut cursor);
                if let Some(cell) = cell.map_err(|_| PackageError::DamagedSpill(self.table.name))? {
                    put_field(&mut self.line, &cell);
                }
            }
            self.line.extend_from_slice(b"\r\n");
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), PackageError> {
        self.file.write_all(&self.line).map_err(PackageError::storage("write", &self.path))?;
        self.line.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<FileFacts, PackageError> {
        self.flush()?;
        self.file.finish()
    }
}
