//! The audit trail as a file. It is read and written piece by piece, whatever its length.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_package::put_csv_text;
use beacon_store::{AuditEntry, AuditQuery};
use serde_json::json;
use std::io::{self, Write};

/// Entries that are read at once; the database is free for others in between.
const AT_ONCE: u32 = 500;

/// Columns of the file, in their order.
const COLUMNS: [&str; 15] = [
    "number",
    "at",
    "who",
    "way",
    "client",
    "action",
    "subject_kind",
    "subject_id",
    "subject_name",
    "connection_id",
    "details",
    "outcome",
    "erased",
    "content_hash",
    "hash",
];

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFormat {
    /// RFC 4180, UTF-8, with a header line; no cell is a formula.
    Csv,
    /// One JSON object. From its entries the chain of hashes can be made again.
    Json,
}

impl AuditFormat {
    /// The name, as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// Writes the entries that a query finds, oldest first: those that are there when it begins. Gives how many.
///
/// # Errors
/// [`Trouble`] of the store, and `audit.write` if the file cannot be written.
pub fn export(
    installation: &Installation,
    query: &AuditQuery,
    format: AuditFormat,
    writer: &mut impl Write,
) -> Result<u64, Trouble> {
    let newest = installation.store().audit_entries(&AuditQuery::default(), None, 1)?;
    let last = newest.first().map_or(0, |entry| entry.number);
    let failed = |error: io::Error| {
        let title = "the audit trail cannot be written to its file";
        Trouble::new(FailKind::Retry, "audit.write", title, "Check free space, then try again.").with(error)
    };
    writer.write_all(&head(installation, format)).map_err(failed)?;
    let (mut written, mut after) = (0_u64, 0_u64);
    loop {
        let entries = installation.store().audit_entries_after(query, after, AT_ONCE)?;
        let Some(newest) = entries.last().map(|entry| entry.number) else { break };
        after = newest;
        for entry in entries.iter().filter(|entry| entry.number <= last) {
            let line = match format {
                AuditFormat::Csv => csv_line(&entry_cells(entry)),
                AuditFormat::Json => json_line(entry, written == 0),
            };
            writer.write_all(&line).map_err(failed)?;
            written = written.saturating_add(1);
        }
        if newest >= last {
            break;
        }
    }
    if format == AuditFormat::Json {
        writer.write_all(b"\n]}\n").map_err(failed)?;
    }
    writer.flush().map_err(failed)?;
    Ok(written)
}

fn head(installation: &Installation, format: AuditFormat) -> Vec<u8> {
    match format {
        AuditFormat::Csv => csv_line(&COLUMNS.map(str::to_owned)),
        AuditFormat::Json => {
            let id = installation.store().installation().to_string();
            format!("{{\"format\":\"beacon-audit\",\"version\":1,\"installation\":{},\"entries\":[", json!(id)).into()
        }
    }
}

fn json_line(entry: &AuditEntry, first: bool) -> Vec<u8> {
    let separator = if first { "\n" } else { ",\n" };
    format!("{separator}{}", json!(entry)).into()
}

fn csv_line(cells: &[String]) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            line.push(b',');
        }
        put_csv_text(&mut line, cell);
    }
    line.extend_from_slice(b"\r\n");
    line
}

fn entry_cells(entry: &AuditEntry) -> [String; 15] {
    let entry = entry.clone();
    [
        entry.number.to_string(),
        entry.at,
        entry.who,
        entry.way,
        entry.client,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.subject_name,
        entry.connection_id,
        entry.details,
        entry.outcome,
        entry.erased.to_string(),
        entry.content_hash,
        entry.hash,
    ]
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn no_cell_is_a_formula() {
        let line = csv_line(&["=cmd()".to_owned(), "a,\"b\"".to_owned(), String::new()]);
        assert_eq!(String::from_utf8(line).unwrap(), "'=cmd(),\"a,\"\"b\"\"\",\"\"\r\n");
    }
}
