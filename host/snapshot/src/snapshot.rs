//! From a package to one file.

use crate::build_people::{PeopleCounts, PeopleWriter};
use crate::build_small::write_small;
use crate::catalog::Catalog;
use crate::error::SnapshotError;
use crate::everybody::Everybody;
use crate::file::SnapshotFile;
use crate::notices::notices;
use crate::ranks::write_ranks;
use crate::schema;
use crate::use_rows::UseRecords;
use beacon_api::{DataNotice, Totals};
use beacon_package::PackageFolder;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;

/// What a file says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) package_id: String,
    pub(crate) tenant_id: String,
    pub(crate) tenant_name: Option<String>,
    pub(crate) finished_at: String,
    pub(crate) totals: Totals,
    pub(crate) notices: Vec<DataNotice>,
    /// Columns of people that have too many values to choose from, and are ordered like names.
    pub(crate) overflowed: Vec<String>,
}

/// A snapshot that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFacts {
    /// The package that it was built from.
    pub package_id: String,
    /// Its tenant.
    pub tenant_id: String,
    /// When its run ended, RFC 3339.
    pub finished_at: String,
    /// Counts.
    pub totals: Totals,
    /// Size of the file.
    pub bytes: u64,
}

/// The data of one package, prepared for the page.
pub struct Snapshot;

impl Snapshot {
    /// Reads a package and writes the file `target`, replacing one of an older package. There is never half a file
    /// under that name. In memory are 16 bytes for each person, and what is known about 65,536 of them. Only the owner
    /// may read the file, where the system knows owners.
    ///
    /// Windows does not replace a file while it is read: there, give the snapshot of each package a name of its own.
    ///
    /// # Errors
    /// [`SnapshotError::Package`], [`SnapshotError::Storage`], [`SnapshotError::Build`].
    pub fn build(package: &Path, target: &Path) -> Result<SnapshotFacts, SnapshotError> {
        let package = PackageFolder::open(package)?;
        let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".snapshot-")
            .suffix(".partial")
            .tempfile_in(folder)
            .map_err(SnapshotError::storage("write in", folder))?;
        // The name goes away with this value; SQLite opens the file by itself.
        let path = file.into_temp_path();
        let facts = fill(&package, &path, folder)?;
        // Windows brings only files to the disk that may be written.
        let written = File::options().write(true).open(&path);
        let written = written.and_then(|written| written.sync_all().map(|()| written));
        let written = written.and_then(|written| written.metadata()).map_err(SnapshotError::storage("write", &path))?;
        path.persist(target).map_err(|error| SnapshotError::storage("write", target)(error.error))?;
        sync_folder(folder)?;
        Ok(SnapshotFacts {
            package_id: facts.package_id,
            tenant_id: facts.tenant_id,
            finished_at: facts.finished_at,
            totals: facts.totals,
            bytes: written.len(),
        })
    }

    /// Whether there is a file that this version of the program can read. If not, it has to be built from its package.
    #[must_use]
    pub fn is_current(file: &Path) -> bool {
        SnapshotFile::open(file).is_ok()
    }
}

/// Brings the new name to the disk, where the system can.
fn sync_folder(folder: &Path) -> Result<(), SnapshotError> {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(SnapshotError::storage("write in", folder))?;
    }
    Ok(())
}

fn fill(package: &PackageFolder, path: &Path, scratch: &Path) -> Result<Facts, SnapshotError> {
    let build = || SnapshotError::build(path);
    let connection = Connection::open(path).map_err(build())?;
    schema::create(&connection).map_err(build())?;
    connection.execute_batch("BEGIN").map_err(build())?;
    let everybody = Everybody::read(package)?;
    let people = everybody.len();
    let mut catalog = Catalog::read(package)?;
    let mut records = UseRecords::read(package, &everybody, &mut catalog, scratch)?;
    drop(everybody);
    let writer = PeopleWriter::new(&connection, path, scratch);
    let counts = writer.write(package, &mut catalog, &mut records, people)?;
    write_ranks(&connection, path, scratch, people, &counts.overflowed)?;
    let totals = write_small(&connection, path, package, &catalog, &counts)?;
    let facts = facts(package, totals, &counts);
    write_facts(&connection, &facts).map_err(build())?;
    connection.execute_batch("COMMIT").map_err(build())?;
    connection.close().map_err(|(_, error)| build()(error))?;
    Ok(facts)
}

fn facts(package: &PackageFolder, totals: Totals, counts: &PeopleCounts) -> Facts {
    let block = &package.manifest().beacon;
    Facts {
        package_id: block.package_id.clone(),
        tenant_id: block.tenant_id.clone(),
        tenant_name: block.tenant_name.clone(),
        finished_at: block.finished_at.clone(),
        totals,
        notices: notices(block),
        overflowed: counts.overflowed.iter().map(|column| (*column).to_owned()).collect(),
    }
}

fn write_facts(connection: &Connection, facts: &Facts) -> rusqlite::Result<()> {
    let text =
        serde_json::to_string(facts).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    connection.execute("INSERT INTO facts (name, value) VALUES ('facts', ?1)", [text])?;
    Ok(())
}
