//! Searching everything that was written for secrets, inside of what holds it: archives, tables, databases.

use super::needles::Needles;
use super::rows;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::io::Write as _;
use std::path::Path;

/// Containers within containers are followed this far.
const DEPTH: u32 = 4;

/// A search over many places.
pub(crate) struct Search {
    needles: Needles,
    found: Vec<String>,
}

impl Search {
    pub(crate) fn new(secrets: &[String]) -> Self {
        Self { needles: Needles::of(secrets), found: Vec::new() }
    }

    /// Where which form of which secret was found.
    pub(crate) fn found(self) -> Vec<String> {
        self.found
    }

    /// Searches every file below a folder, and the names of the files.
    pub(crate) fn folder(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            self.plain(&format!("the name {}", path.display()), path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                self.folder(&path);
            } else {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let place = path.display().to_string();
        // A folder without permissions is one of the tests; its files were not ours to read.
        let Ok(bytes) = std::fs::read(path) else { return };
        self.bytes(&place, &bytes);
        if bytes.starts_with(b"SQLite format 3\0") {
            self.database(&place, path);
        }
        if bytes.starts_with(b"PAR1") {
            self.parquet(&place, path);
        }
    }

    fn plain(&mut self, place: &str, bytes: &[u8]) {
        let hits = self.needles.found_in(bytes);
        self.found.extend(hits.into_iter().map(|name| format!("{name} in {place}")));
    }

    /// Searches bytes as they are, and what they unpack to.
    pub(crate) fn bytes(&mut self, place: &str, bytes: &[u8]) {
        self.nested(place, bytes, DEPTH);
    }

    fn nested(&mut self, place: &str, bytes: &[u8], depth: u32) {
        self.plain(place, bytes);
        if let Some(unpacked) = unpacked(bytes).filter(|_| depth > 0) {
            self.nested(&format!("{place}, unpacked"), &unpacked, depth - 1);
        }
    }

    /// Values, which the pages of the file may hold in pieces.
    fn database(&mut self, place: &str, path: &Path) {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
        let names: Vec<String> = {
            let mut statement = connection.prepare("select name from sqlite_schema where type = 'table'").expect("SQL");
            let rows = statement.query_map([], |row| row.get(0)).expect("tables");
            rows.collect::<Result<_, _>>().expect("names")
        };
        for name in names {
            let mut statement = connection.prepare(&format!("select * from \"{name}\"")).expect("SQL");
            let columns = statement.column_count();
            let mut rows = statement.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for column in 0..columns {
                    if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column).expect("a value") {
                        self.bytes(&format!("{place}, table {name}"), bytes);
                    }
                }
            }
        }
    }

    fn parquet(&mut self, place: &str, path: &Path) {
        for row in rows::read_file(path) {
            for (column, value) in row {
                self.plain(&format!("{place}, column {column}"), value.to_string().as_bytes());
                if let Some(text) = value.as_str() {
                    self.bytes(&format!("{place}, column {column}"), text.as_bytes());
                }
            }
        }
    }
}

/// What a compressed piece unpacks to.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return zstd::decode_all(bytes).ok();
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut decoder = flate2::write::GzDecoder::new(Vec::new());
        return decoder.write_all(bytes).and_then(|()| decoder.finish()).ok();
    }
    None
}
