//! Usage that a person imported: one stored file per application, added to the table `usage` of every package.
//!
//! A stored file is JSON, one value per line: first what it is ([`UsageFileFacts`]), then a list of five per person: the
//! person, last activity (days since 1970), whether deleted, when deleted (days), period in days.

use crate::csv_cell::days;
use crate::error::PackageError;
use crate::export_error::ExportError;
use crate::export_reader::{ExportOptions, ExportReader};
use crate::file_digest::file_facts;
use crate::merge::Merge;
use crate::user_join::is_concealed;
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ColumnBuilder, decode_columns, encode_columns};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What `usage.report` says about rows of a file.
pub const ADMIN_CENTER_EXPORT: &str = "admin_center_export";

/// Ending of a stored file; before it stands the application.
const ENDING: &str = ".usage";

/// Rows handed to the merge at once.
const BATCH: u32 = 4_096;

/// Where the rows of a file came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageFileFacts {
    /// Application that they are about.
    pub application_id: String,
    /// Its name.
    pub application_name: String,
    /// Name of the exported file, without its folder.
    pub file_name: String,
    /// Digest of the exported file, hexadecimal.
    pub sha256: String,
    /// Day of the figures.
    pub refreshed_on: Date,
    /// Lines about a person.
    pub rows: u64,
    /// Lines that name nobody; they are left out.
    pub unnamed: u64,
    /// Column that was taken for the last activity.
    pub date_column: String,
    /// Columns that were not used.
    pub ignored_columns: Vec<String>,
    /// When it was imported.
    pub imported_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredRow(String, Option<i32>, Option<bool>, Option<i32>, i64);

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct UsageSource<'a> {
    /// The exported file.
    pub path: &'a Path,
    /// Application that it is about.
    pub application_id: &'a str,
    /// Its name.
    pub application_name: &'a str,
    /// What the person said about it.
    pub options: ExportOptions,
    /// The time now.
    pub now: Timestamp,
}

/// A stored file.
#[derive(Clone, Debug)]
pub struct UsageFile {
    path: PathBuf,
    facts: UsageFileFacts,
}

impl UsageFile {
    /// Reads an export and stores it at `target`, in place of an older one, in one rename. If anything is wrong with it,
    /// what was stored stays.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn import(source: &UsageSource<'_>, target: &Path) -> Result<Self, ExportError> {
        let reading = || ExportError::storage("read", source.path);
        let writing = || ExportError::storage("write", target);
        let folder = target.parent().unwrap_or(Path::new("."));
        let sha256 = file_facts(source.path).map_err(|error| match error {
            PackageError::Storage { action, path, source } => ExportError::Storage { action, path, source },
            _ => ExportError::NoHeader,
        })?;
        let mut export = ExportReader::new(File::open(source.path).map_err(reading())?, &source.options)?;
        create_private_folder(folder).map_err(writing())?;
        // What the file is stands in the first line, but is known only after the last row.
        let mut rows = BufWriter::new(tempfile::tempfile_in(folder).map_err(writing())?);
        let mut count = 0;
        while let Some(row) = export.next_row()? {
            let days_of = |date: Option<Date>| date.and_then(days);
            let (last, deleted_on) = (days_of(row.last_activity_on), days_of(row.deleted_on));
            put_line(&mut rows, &StoredRow(row.user, last, row.is_deleted, deleted_on, row.period_days))
                .map_err(writing())?;
            count += 1;
        }
        if count == 0 {
            return Err(ExportError::NoRows);
        }
        let facts = UsageFileFacts {
            application_id: source.application_id.to_owned(),
            application_name: source.application_name.to_owned(),
            file_name: source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            sha256: sha256.sha256,
            refreshed_on: export.refreshed_on()?,
            rows: count,
            unnamed: export.unnamed(),
            date_column: export.date_column().to_owned(),
            ignored_columns: export.ignored(),
            imported_at: source.now,
        };
        if let Some(stored) = Self::open(target).ok().filter(|stored| stored.facts.refreshed_on > facts.refreshed_on) {
            return Err(ExportError::Older { stored: stored.facts.refreshed_on, given: facts.refreshed_on });
        }
        let store = || -> io::Result<()> {
            let mut rows = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
            rows.seek(SeekFrom::Start(0))?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            put_line(&mut file, &facts)?;
            io::copy(&mut rows, &mut file)?;
            file.as_file().sync_all()?;
            file.persist(target)?;
            Ok(())
        };
        store().map_err(writing())?;
        Ok(Self { path: target.to_owned(), facts })
    }

    /// Opens a stored file.
    ///
    /// # Errors
    /// [`ExportError::Storage`], [`ExportError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        let (facts, _) = Self::lines(path)?;
        Ok(Self { path: path.to_owned(), facts })
    }

    /// Applications that a folder has files of, sorted; none if there is no such folder.
    ///
    /// # Errors
    /// [`ExportError::Storage`].
    pub fn applications(folder: &Path) -> Result<Vec<String>, ExportError> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ExportError::storage("read", folder)(error)),
        };
        let mut applications = Vec::new();
        for entry in entries {
            let name = entry.map_err(ExportError::storage("read", folder))?.file_name();
            // Anything else is what an interrupted import left behind.
            applications.extend(name.to_str().and_then(|name| name.strip_suffix(ENDING)).map(str::to_owned));
        }
        applications.sort();
        Ok(applications)
    }

    /// All stored files of a folder, by application.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn all(folder: &Path) -> Result<Vec<Self>, ExportError> {
        Self::applications(folder)?.iter().map(|id| Self::open(&Self::place(folder, id))).collect()
    }

    /// Place of the file of an application within the folder of a connection.
    #[must_use]
    pub fn place(folder: &Path, application_id: &str) -> PathBuf {
        folder.join(format!("{application_id}{ENDING}"))
    }

    /// Where its rows came from.
    #[must_use]
    pub fn facts(&self) -> &UsageFileFacts {
        &self.facts
    }

    fn lines(path: &Path) -> Result<(UsageFileFacts, BufReader<File>), ExportError> {
        let reading = || ExportError::storage("read", path);
        let mut lines = BufReader::new(File::open(path).map_err(reading())?);
        let mut line = String::new();
        lines.read_line(&mut line).map_err(reading())?;
        let facts = serde_json::from_str(&line).map_err(|_| ExportError::Damaged { path: path.to_owned() })?;
        Ok((facts, lines))
    }

    /// Adds its rows to the table `usage`; `folder` takes nameless files if they are many.
    ///
    /// # Errors
    /// [`PackageError::BadFile`] if it is not what was stored, and what the merge meets.
    pub fn add_to(&self, merge: &mut Merge, folder: &Path) -> Result<(), PackageError> {
        let bad = |why: &str| PackageError::BadFile { path: self.path.clone(), table: "usage".into(), why: why.into() };
        let Some(usage) = dataset::table("usage") else { return Ok(()) };
        let (facts, lines) = Self::lines(&self.path).map_err(|error| bad(&error.to_string()))?;
        let mut batch = Batch::new(usage);
        let mut count = 0;
        for line in lines.lines() {
            let line = line.map_err(PackageError::storage("read", &self.path))?;
            let row: StoredRow = serde_json::from_str(&line).map_err(|_| bad("a line is damaged"))?;
            count += 1;
            batch.put(&facts, &row);
            if batch.rows >= BATCH {
                batch.hand_over(merge, folder)?;
            }
        }
        if count != facts.rows {
            return Err(bad("lines are missing"));
        }
        batch.hand_over(merge, folder)
    }

    /// Adds its application to the table `applications`, unless the module brings it.
    ///
    /// # Errors
    /// What the merge meets.
    pub fn add_application_to(&self, merge: &mut Merge, folder: &Path) -> Result<(), PackageError> {
        let Some(applications) = dataset::table("applications") else { return Ok(()) };
        let mut batch = Batch::new(applications);
        for (name, builder) in &mut batch.columns {
            match *name {
                "application_id" => builder.text(Some(&self.facts.application_id)),
                "application_name" => builder.text(Some(&self.facts.application_name)),
                "measured_by" => builder.list([ADMIN_CENTER_EXPORT]),
                _ => builder.null(),
            }
        }
        batch.rows = 1;
        batch.hand_over(merge, folder)
    }
}

/// Rows of a table in columns.
struct Batch {
    table: &'static TableSchema,
    columns: Vec<(&'static str, ColumnBuilder)>,
    rows: u32,
}

impl Batch {
    fn new(table: &'static TableSchema) -> Self {
        let own = table.columns.iter().filter(|column| !column.by_host);
        Self { table, columns: own.map(|column| (column.name, ColumnBuilder::new(column.kind))).collect(), rows: 0 }
    }

    fn put(&mut self, facts: &UsageFileFacts, StoredRow(user, last, is_deleted, deleted_on, period): &StoredRow) {
        for (name, builder) in &mut self.columns {
            match *name {
                "user_key" => builder.text(Some(user)),
                "application_id" => builder.text(Some(&facts.application_id)),
                "platform" => builder.text(Some("any")),
                "report" => builder.text(Some(ADMIN_CENTER_EXPORT)),
                "period_days" => builder.integer(Some(*period)),
                "attributable" => builder.boolean(Some(!is_concealed(user.as_bytes()))),
                "is_deleted" => builder.boolean(*is_deleted),
                "deleted_on" => builder.date(*deleted_on),
                "last_activity_on" => builder.date(*last),
                "refreshed_on" => builder.date(days(facts.refreshed_on)),
                _ => builder.null(),
            }
        }
        self.rows += 1;
    }

    fn hand_over(&mut self, merge: &mut Merge, folder: &Path) -> Result<(), PackageError> {
        let filled = std::mem::replace(self, Self::new(self.table));
        let frame = encode_columns(filled.columns.iter().map(|(_, builder)| builder));
        let damaged = |_| PackageError::DamagedSpill(self.table.name);
        let views = decode_columns(&frame, filled.rows, filled.columns.len()).map_err(damaged)?;
        let own = self.table.columns.iter().filter(|column| !column.by_host);
        merge.add(self.table, &own.zip(views).collect::<Vec<_>>(), filled.rows, folder)
    }
}

fn put_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Usage is about people: only the owner may read it.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
