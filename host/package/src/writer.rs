//! Writing a package, table by table.

use crate::beacon_block::{BeaconBlock, FORMAT_VERSION, PackageStatus, package_id};
use crate::changes_writer::add_changes;
use crate::data_package::{DataPackage, MANIFEST_NAME, Resource, ResourceFormat};
use crate::error::PackageError;
use crate::file_digest::{DigestFile, FileFacts};
use crate::merge::{MergeFacts, MergedTable};
use crate::names::{NameSource, fill_names};
use crate::person_check::{Consenter, PersonCheck};
use crate::report_facts::{RefreshDates, ReportFacts};
use crate::row::Rows;
use crate::seats::SeatCheck;
use crate::table_files::TableFiles;
use crate::table_hash::TableHash;
use crate::user_join::{PeopleFacts, UserJoin, is_joined_to_users};
use beacon_contract::TableStatus;
use beacon_contract::dataset::{DATASET_VERSION, TABLES, TableSchema};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Rows given to the files at once: a divisor of the row group, small enough to stay in the cache.
const CHUNK: usize = 4_096;

/// Ending of a folder that is not a package yet.
pub(crate) const PARTIAL_SUFFIX: &str = ".partial";

/// Which files a package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Typed columns for programs.
    Parquet,
    /// Text for spreadsheets.
    Csv,
    /// Both side by side.
    Both,
}

impl FileFormat {
    fn formats(self) -> &'static [ResourceFormat] {
        match self {
            Self::Parquet => &[ResourceFormat::Parquet],
            Self::Csv => &[ResourceFormat::Csv],
            Self::Both => &[ResourceFormat::Parquet, ResourceFormat::Csv],
        }
    }
}

/// What the host adds to the rows, and how they are written.
pub struct WriterOptions<'n> {
    /// Which files.
    pub format: FileFormat,
    /// First column of every table.
    pub tenant_id: String,
    /// Names of products and plans.
    pub names: &'n dyn NameSource,
}

/// A package in the making, in a hidden folder beside its place. Dropping it removes that folder.
pub struct PackageWriter<'n> {
    target: PathBuf,
    partial: PartialFolder,
    options: WriterOptions<'n>,
    join: Option<UserJoin>,
    earlier: Option<PathBuf>,
    seats: SeatCheck,
    person: Option<PersonCheck>,
    tables: BTreeMap<&'static str, Written>,
}

/// Removes the folder unless it got its final name.
struct PartialFolder(Option<PathBuf>);

impl Drop for PartialFolder {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // Nobody is left to tell; the next attempt at this place removes what stays behind.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

struct Written {
    schema: &'static TableSchema,
    facts: WrittenTable,
    files: Vec<(ResourceFormat, FileFacts)>,
}

/// One table in its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTable {
    /// Rows, duplicates and the fingerprint of the keys.
    pub facts: MergeFacts,
    /// Digest of the rows, hexadecimal.
    pub rows_sha256: String,
    /// Rows that the host added; they are not among the facts, which are about what the module brought.
    pub added: u64,
    /// What the addresses of its rows led to, if they were looked up.
    pub people: Option<PeopleFacts>,
    /// Rows that name nobody, because the name in them is concealed.
    pub concealed: u64,
    /// Days up to which the reports behind its rows know.
    pub refreshed_on: Option<RefreshDates>,
}

/// A package in its place.
#[derive(Clone, Debug)]
pub struct FinishedPackage {
    /// Its folder.
    pub folder: PathBuf,
    /// Name of its content.
    pub package_id: String,
    /// Its manifest.
    pub manifest: DataPackage,
}

fn sync_folder(folder: &Path) -> Result<(), PackageError> {
    // Windows cannot open a folder as a file; its file systems keep renames in order by themselves.
    if cfg!(unix) {
        let opened = File::open(folder).and_then(|folder| folder.sync_all());
        opened.map_err(PackageError::storage("write", folder))?;
    }
    Ok(())
}

impl<'n> PackageWriter<'n> {
    /// Prepares the hidden folder `.<name>.partial` beside `folder`. What an earlier attempt at the same place left
    /// there is removed; folders above are created.
    ///
    /// # Errors
    /// [`PackageError::Exists`] if there is anything at `folder`, [`PackageError::BadTarget`],
    /// [`PackageError::Storage`].
    pub fn create(folder: &Path, options: WriterOptions<'n>) -> Result<Self, PackageError> {
        let bad = || PackageError::BadTarget(folder.to_owned());
        let name = folder.file_name().and_then(|name| name.to_str()).ok_or_else(bad)?;
        if name.starts_with('.') {
            return Err(bad());
        }
        if folder.symlink_metadata().is_ok() {
            return Err(PackageError::Exists(folder.to_owned()));
        }
        let partial = folder.with_file_name(format!(".{name}{PARTIAL_SUFFIX}"));
        if let Some(root) = folder.parent().filter(|root| !root.as_os_str().is_empty()) {
            std::fs::create_dir_all(root).map_err(PackageError::storage("create the folder", root))?;
        }
        if partial.symlink_metadata().is_ok() {
            std::fs::remove_dir_all(&partial).map_err(PackageError::storage("remove", &partial))?;
        }
        std::fs::create_dir(&partial).map_err(PackageError::storage("create the folder", &partial))?;
        let (target, partial) = (folder.to_owned(), PartialFolder(Some(partial)));
        Ok(Self {
            target,
            partial,
            options,
            join: None,
            earlier: None,
            seats: SeatCheck::default(),
            person: None,
            tables: BTreeMap::new(),
        })
    }

    /// Folder of the package in the making, where nameless files may lie until it is finished.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.partial.0.as_deref().unwrap_or(&self.target)
    }

    /// From now on rows that name people by an address get the `user_id`: `users` has to be written before them.
    /// `memory` bytes are used for the addresses, the rest of them lies on disk.
    pub fn join_users(&mut self, memory: usize) {
        self.join = Some(UserJoin::new(memory));
    }

    /// Adds the resource `changes`: what is different from the package in this folder. If it cannot be used, the
    /// manifest has a warning instead.
    pub fn compare_with(&mut self, earlier: &Path) {
        self.earlier = Some(earlier.to_owned());
    }

    /// Looks for this person among the people that are written; the manifest has a warning if they are disabled or gone.
    pub fn look_for(&mut self, person: Consenter) {
        self.person = Some(PersonCheck::new(person));
    }

    /// Writes one table: every table that is not skipped, once, even if it has no rows.
    ///
    /// # Errors
    /// [`PackageError::Report`] for a second time or one that comes before the people its rows are about, else what
    /// writing met.
    pub fn write_table(&mut self, mut merged: MergedTable) -> Result<WrittenTable, PackageError> {
        let schema = merged.schema();
        if self.tables.contains_key(schema.name) {
            return Err(PackageError::Report { table: schema.name.into(), why: "it was written before" });
        }
        let mut join = self.join.take();
        if let Some(join) = &mut join {
            // The folder of the spilled rows may be gone: an open file needs none.
            join.begin(schema, self.folder(), merged.seed())?;
        }
        let mut people = PeopleFacts::default();
        let mut reports = ReportFacts::of(schema);
        let damaged = |_| PackageError::DamagedSpill(schema.name);
        let formats = self.options.format.formats();
        let mut files = TableFiles::create(self.folder(), formats, schema, &self.options.tenant_id)?;
        let mut hash = TableHash::new(schema);
        let mut rows = Rows::default();
        loop {
            merged.next_rows(&mut rows, CHUNK)?;
            if rows.len() == 0 {
                break;
            }
            fill_names(schema, &mut rows, self.options.names).map_err(damaged)?;
            if let Some(join) = &mut join {
                join.rows(schema, &mut rows, &mut people)?;
            }
            self.seats.rows(schema, &rows).map_err(damaged)?;
            if let Some(person) = &mut self.person {
                person.rows(schema, &rows).map_err(damaged)?;
            }
            if let Some(reports) = &mut reports {
                rows.iter().try_for_each(|row| reports.row(row)).map_err(damaged)?;
            }
            hash.update(&rows);
            files.write(&rows)?;
        }
        let files = files.finish()?;
        if let Some(join) = &mut join {
            join.end(schema)?;
        }
        let people = (join.is_some() && is_joined_to_users(schema)).then_some(people);
        self.join = join;
        let facts = WrittenTable {
            facts: merged.facts(),
            rows_sha256: hash.finish(),
            added: merged.added(),
            people,
            concealed: reports.map_or(0, |reports| reports.concealed),
            refreshed_on: reports.and_then(|reports| reports.refreshed_on()),
        };
        self.tables.insert(schema.name, Written { schema, facts: facts.clone(), files });
        Ok(facts)
    }

    /// Writes the manifest and gives the package its place, in one rename.
    ///
    /// Versions, row counts, duplicates, digests and the package id of `block` are filled in from what was written, and
    /// warnings about what does not agree in it are added.
    ///
    /// # Errors
    /// [`PackageError::NotComplete`] if the block claims too much, [`PackageError::Report`] if its tables are not
    /// those that were written, [`PackageError::Exists`], [`PackageError::Storage`].
    pub fn finish(mut self, mut block: BeaconBlock) -> Result<FinishedPackage, PackageError> {
        self.complete(&mut block)?;
        let keep = |table: &str| self.tables.contains_key(table);
        let in_order = TABLES.iter().filter_map(|table| self.tables.get(table.name));
        let resources = in_order
            .flat_map(|table| table.files.iter().map(move |(format, facts)| (table.schema, *format, facts)))
            .map(|(schema, format, facts)| Resource::new(schema, format, facts, &keep))
            .collect();
        let mut manifest = DataPackage::new(resources, block);
        if let Some(earlier) = &self.earlier {
            add_changes(self.folder(), self.options.format.formats(), earlier, &mut manifest)?;
        }

        let path = self.folder().join(MANIFEST_NAME);
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|source| PackageError::Manifest { path: path.clone(), source })?;
        text.push(b'\n');
        // Files are on disk before the manifest that names them, the manifest before the folder's name.
        sync_folder(self.folder())?;
        let mut file = DigestFile::create(&path)?;
        file.write_all(&text).map_err(PackageError::storage("write", &path))?;
        file.finish()?;
        sync_folder(self.folder())?;
        if self.target.symlink_metadata().is_ok() {
            return Err(PackageError::Exists(self.target));
        }
        std::fs::rename(self.folder(), &self.target).map_err(PackageError::storage("write", &self.target))?;
        self.partial.0 = None;
        if let Some(root) = self.target.parent().filter(|root| !root.as_os_str().is_empty()) {
            sync_folder(root)?;
        }
        Ok(FinishedPackage { folder: self.target, package_id: manifest.beacon.package_id.clone(), manifest })
    }

    /// Fills in what only the writer knows, and refuses what is not true.
    fn complete(&self, block: &mut BeaconBlock) -> Result<(), PackageError> {
        let refuse = |table: &str, why| Err(PackageError::Report { table: table.to_owned(), why });
        if block.tenant_id != self.options.tenant_id {
            return refuse("tenant", "the package is of another tenant than its rows");
        }
        for (name, report) in &mut block.tables {
            match self.tables.get(name.as_str()) {
                Some(_) if report.status == TableStatus::Skipped => {
                    return refuse(name, "it is skipped, but has a file");
                }
                None if report.status != TableStatus::Skipped => {
                    return refuse(name, "it is not skipped, but has no file");
                }
                Some(written) => {
                    report.rows = written.facts.facts.rows + written.facts.added;
                    report.duplicates = written.facts.facts.duplicates;
                    report.people = written.facts.people;
                    report.concealed = report.concealed.take().filter(|_| written.facts.concealed > 0);
                    report.refreshed_on = written.facts.refreshed_on;
                    report.rows_sha256.clone_from(&written.facts.rows_sha256);
                }
                None => {
                    report.rows = 0;
                    report.duplicates = 0;
                    report.people = None;
                    report.concealed = None;
                    report.refreshed_on = None;
                    report.rows_sha256.clear();
                }
            }
        }
        if let Some(name) = self.tables.keys().find(|name| !block.tables.contains_key(**name)) {
            return refuse(name, "it was written, but has no report");
        }
        if block.status == PackageStatus::Complete && block.provable_status() != PackageStatus::Complete {
            return Err(PackageError::NotComplete(block.incomplete_mandatory().next().unwrap_or_default().to_owned()));
        }
        let complete = |table| block.tables.get(table).is_some_and(|report| report.status == TableStatus::Complete);
        if complete("products") && complete("assignments") {
            block.warnings.extend(self.seats.warnings());
        }
        if complete("users") {
            block.warnings.extend(self.person.as_ref().and_then(PersonCheck::warning));
        }
        block.changes = None;
        block.format_version = FORMAT_VERSION.to_owned();
        block.dataset_version = DATASET_VERSION.to_owned();
        block.package_id = package_id(&block.tenant_id, &block.tables);
        Ok(())
    }
}
