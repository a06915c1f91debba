//! The digest of a table's rows, independent of the files that hold them.

use crate::row::Rows;
use aws_lc_rs::digest;
use beacon_contract::dataset::TableSchema;

/// SHA-256 over a head and the rows in the order of the key. The head is one text, ended by an empty line: `beacon
/// rows 1`, the name of the table, then the name of each column, each ended by a line feed. The rows follow in the
/// encoding of [`crate::row`]. `tenant_id` is not among them: it is part of the package id instead.
pub(crate) struct TableHash {
    context: digest::Context,
}

impl TableHash {
    pub(crate) fn new(table: &TableSchema) -> Self {
        let mut head = format!("beacon rows 1\n{}\n", table.name);
        for column in table.columns {
            head.push_str(column.name);
            head.push('\n');
        }
        head.push('\n');
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(head.as_bytes());
        Self { context }
    }

    pub(crate) fn update(&mut self, rows: &Rows) {
        self.context.update(&rows.bytes);
    }

    /// Hexadecimal.
    pub(crate) fn finish(self) -> String {
        hex(self.context.finish().as_ref())
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
