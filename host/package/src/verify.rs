//! Checking a package: is everything that it says about itself true?

use crate::beacon_block::{FORMAT_VERSION, PackageStatus, package_id};
use crate::changes_table::{CHANGES, known_table};
use crate::column_data::holds_tenant;
use crate::data_package::{MANIFEST_NAME, Resource};
use crate::error::PackageError;
use crate::file_digest::file_facts;
use crate::finding::{FindingCode, Findings, VerifyReport};
use crate::fingerprint::fingerprint;
use crate::package_reader::{PackageFolder, TableReader, is_safe_path};
use crate::report_facts::ReportFacts;
use crate::row::RowCursor;
use crate::sort_key::{KeyPlan, LastKey};
use crate::verify_changes::check_changes;
use crate::verify_reports::check_reports;
use crate::verify_rows::check_rows;
use beacon_contract::dataset::{TABLES, TableSchema};
use beacon_contract::{ColumnType, TableStatus};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

/// Key values of tables that others refer to, as fingerprints: eight bytes for each, whatever their length.
type KnownKeys = BTreeMap<&'static str, HashSet<u64>>;

/// Checks files, columns, rows, keys, references, digests and the claimed status.
///
/// Memory stays bounded: rows are streamed; of tables that others refer to, eight bytes per row are kept.
///
/// # Errors
/// Only if there is no package to check; everything wrong *with* a package is a finding.
pub fn verify(folder: &Path) -> Result<VerifyReport, PackageError> {
    let package = PackageFolder::open(folder)?;
    let manifest = package.manifest();
    let block = &manifest.beacon;
    let mut check = Check { package: &package, findings: Findings::default(), known: KnownKeys::new(), rows: 0 };
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    let mut files = 0;
    if major(&block.format_version) == major(FORMAT_VERSION) {
        check.folder()?;
        check.tables();
        for resource in check.in_order() {
            files += u64::from(check.resource(resource)?);
        }
    } else {
        let what = || format!("format {:?}, this beacon knows {FORMAT_VERSION}", block.format_version);
        check.findings.add(FindingCode::FormatUnknown, None, what);
    }
    if block.package_id != package_id(&block.tenant_id, &block.tables) {
        check
            .findings
            .add(FindingCode::IdDiffers, None, || "the package id does not follow from the tables".to_owned());
    }
    if block.status == PackageStatus::Complete && block.provable_status() != PackageStatus::Complete {
        let open = block.incomplete_mandatory().next().unwrap_or("(none is mandatory)");
        let what = || format!("called complete, but not every mandatory table is: {open}");
        check.findings.add(FindingCode::StatusUntrue, None, what);
    }
    let tables: BTreeSet<_> = manifest.resources.iter().map(|resource| &resource.table).collect();
    Ok(VerifyReport {
        package_id: block.package_id.clone(),
        status: block.status,
        tables: tables.len() as u64,
        files,
        rows: check.rows,
        findings: check.findings.into_list(),
    })
}

struct Check<'p> {
    package: &'p PackageFolder,
    findings: Findings,
    known: KnownKeys,
    rows: u64,
}

fn is_referenced(table: &str) -> bool {
    TABLES.iter().any(|schema| schema.references.iter().any(|(_, other, _)| *other == table))
}

fn fingerprint_of(text: &[u8]) -> u64 {
    // Only membership is asked, so a fixed seed and half of the bits are enough.
    (fingerprint(&[0; 16], text) & u128::from(u64::MAX)) as u64
}

impl<'p> Check<'p> {
    /// Nothing but what the manifest names lies in the folder.
    fn folder(&mut self) -> Result<(), PackageError> {
        let folder = self.package.folder();
        let named: BTreeSet<&str> = self.package.manifest().resources.iter().map(|one| one.path.as_str()).collect();
        let mut extra = BTreeSet::new();
        for entry in std::fs::read_dir(folder).map_err(PackageError::storage("read", folder))? {
            let name = entry.map_err(PackageError::storage("read", folder))?.file_name();
            let name = name.to_string_lossy();
            if name != MANIFEST_NAME && !named.contains(&*name) {
                extra.insert(name.into_owned());
            }
        }
        for name in extra {
            self.findings.add(FindingCode::FileExtra, None, || format!("{name:?} is not named in the manifest"));
        }
        Ok(())
    }

    /// Each table that was read has files, each file has a report.
    fn tables(&mut self) {
        let manifest = self.package.manifest();
        let mut seen = BTreeSet::new();
        for resource in &manifest.resources {
            let mut mismatch = |why: &str| {
                let what = || format!("the file {:?} {why}", resource.path);
                self.findings.add(FindingCode::TableMismatch, Some(&resource.table), what);
            };
            if !seen.insert((&resource.table, &resource.format)) {
                mismatch("is not the only one of its table and format");
            }
            if resource.table == CHANGES.name {
                if manifest.beacon.changes.is_none() {
                    mismatch("belongs to changes that the manifest does not tell of");
                }
                continue;
            }
            match manifest.beacon.tables.get(&resource.table) {
                None => mismatch("has no report"),
                Some(report) if report.status == TableStatus::Skipped => mismatch("belongs to a table called skipped"),
                Some(_) => {}
            }
        }
        if manifest.beacon.changes.is_some() && !manifest.resources.iter().any(|one| one.table == CHANGES.name) {
            let what = || "the manifest tells of changes, but has no file of them".to_owned();
            self.findings.add(FindingCode::TableMismatch, Some(CHANGES.name), what);
        }
        for (name, report) in &manifest.beacon.tables {
            let has_file = manifest.resources.iter().any(|resource| resource.table == *name);
            if report.status != TableStatus::Skipped && !has_file {
                let what = || "the table was read, but has no file".to_owned();
                self.findings.add(FindingCode::TableMismatch, Some(name), what);
            }
            if report.status == TableStatus::Skipped && (report.rows > 0 || !report.rows_sha256.is_empty()) {
                let what = || "the table is called skipped, but has rows".to_owned();
                self.findings.add(FindingCode::TableMismatch, Some(name), what);
            }
        }
    }

    /// Tables that others refer to come first.
    fn in_order(&self) -> Vec<&'p Resource> {
        let mut resources: Vec<_> = self.package.manifest().resources.iter().collect();
        resources.sort_by_key(|resource| !is_referenced(&resource.table));
        resources
    }

    /// Checks one file; false if it could not be read at all. Content is only looked at if the digest is right:
    /// damaged bytes would say nothing more.
    fn resource(&mut self, resource: &'p Resource) -> Result<bool, PackageError> {
        let table = Some(resource.table.as_str());
        let name = || format!("{:?}", resource.path);
        let path = self.package.path_of(resource);
        if !is_safe_path(&resource.path) {
            self.findings.add(FindingCode::PathUnsafe, table, || format!("{} leads out of the package", name()));
            return Ok(false);
        }
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => {
                self.findings.add(FindingCode::PathUnsafe, table, || format!("{} is not a plain file", name()));
                return Ok(false);
            }
            Err(_) => {
                self.findings.add(FindingCode::FileMissing, table, || format!("{} is not there", name()));
                return Ok(false);
            }
        }
        let facts = file_facts(&path)?;
        if facts.bytes != resource.bytes {
            let what = || format!("{} has {} bytes where {} are named", name(), facts.bytes, resource.bytes);
            self.findings.add(FindingCode::BytesDiffer, table, what);
        }
        if resource.hash != format!("sha256:{}", facts.sha256) {
            let what = || format!("{} has the digest {}, the manifest another", name(), facts.sha256);
            self.findings.add(FindingCode::HashDiffers, table, what);
            return Ok(true);
        }
        let Some(schema) = known_table(&resource.table) else {
            self.findings.add(FindingCode::TableUnknown, table, || format!("{} is no table of the dataset", name()));
            return Ok(true);
        };
        self.named_columns(schema, resource);
        match TableReader::open(self.package, schema, resource).and_then(|reader| self.content(schema, reader)) {
            Ok(()) => {}
            Err(PackageError::WrongColumns { .. }) => {
                let what = || format!("{} does not have the columns of the dataset", name());
                self.findings.add(FindingCode::ColumnsDiffer, table, what);
            }
            Err(PackageError::BadFile { why, .. }) => {
                self.findings.add(FindingCode::FileUnreadable, table, || format!("{}: {why}", name()));
            }
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// The manifest names the columns and the key of the dataset.
    fn named_columns(&mut self, schema: &'static TableSchema, resource: &Resource) {
        let Some(format) = resource.kind() else { return };
        let reports = &self.package.manifest().beacon.tables;
        let keep = |table: &str| reports.get(table).is_some_and(|report| report.status != TableStatus::Skipped);
        let facts = crate::file_digest::FileFacts { bytes: 0, sha256: String::new() };
        if Resource::new(schema, format, &facts, &keep).schema != resource.schema {
            let what = || format!("the schema of {:?} in the manifest is not that of the dataset", resource.path);
            self.findings.add(FindingCode::ColumnsDiffer, Some(schema.name), what);
        }
    }

    /// Reads all rows of a file.
    fn content(&mut self, schema: &'static TableSchema, reader: TableReader) -> Result<(), PackageError> {
        if schema.name == CHANGES.name {
            return check_changes(self.package.manifest().beacon.changes.as_ref(), reader, &mut self.findings);
        }
        let tenant = self.package.manifest().beacon.tenant_id.clone();
        let mut rows_check = RowsCheck::new(schema, self.package, is_referenced(schema.name));
        let mut reports = ReportFacts::of(schema);
        let mut count = 0u64;
        let known = &self.known;
        let digest = check_rows(schema, reader, &mut self.findings, |row, findings| {
            count += 1;
            rows_check.row(count, row, known, findings);
            if let Some(reports) = &mut reports {
                reports.row(row).map_err(|_| PackageError::DamagedSpill(schema.name))?;
            }
            if holds_tenant(schema) && !rows_check.last_key_is(row, tenant.as_bytes()) {
                let what = || format!("row {count} is another tenant than the package's");
                findings.add(FindingCode::TenantDiffers, Some(schema.name), what);
            }
            Ok(())
        })?;
        let first_file = !self.known.contains_key(schema.name);
        let keys = rows_check.keys;
        self.known.entry(schema.name).or_insert(keys);
        self.rows += if first_file { count } else { 0 };

        let Some(report) = self.package.manifest().beacon.tables.get(schema.name) else { return Ok(()) };
        if report.rows != count {
            let what = || format!("{count} rows where the manifest says {}", report.rows);
            self.findings.add(FindingCode::RowsDiffer, Some(schema.name), what);
        }
        if holds_tenant(schema) && count != 1 && report.status == TableStatus::Complete {
            let what = || format!("{count} rows where there is one tenant");
            self.findings.add(FindingCode::RowsDiffer, Some(schema.name), what);
        }
        if let Some(reports) = &reports {
            check_reports(schema.name, report, count, reports, &mut self.findings);
        }
        if report.rows_sha256 != digest {
            let what = || format!("the rows have the digest {digest}, the manifest says another");
            self.findings.add(FindingCode::RowsHashDiffers, Some(schema.name), what);
        }
        Ok(())
    }
}

/// Checks rows one after the other.
struct RowsCheck {
    schema: &'static TableSchema,
    plan: KeyPlan,
    /// Column, and the complete table that its values must exist in.
    references: Vec<(usize, &'static str)>,
    keeps_keys: bool,
    keys: HashSet<u64>,
    last: Vec<u8>,
    key: Vec<u8>,
}

impl RowsCheck {
    fn new(schema: &'static TableSchema, package: &PackageFolder, keeps_keys: bool) -> Self {
        let reports = &package.manifest().beacon.tables;
        // A table that is known to lack rows cannot prove that a reference dangles.
        let whole = |table: &str| reports.get(table).is_some_and(|report| report.status == TableStatus::Complete);
        let references = schema.references.iter().filter(|(_, other, _)| whole(other));
        let references =
            references.filter_map(|(here, other, _)| schema.position(here).map(|column| (column, *other))).collect();
        let plan = KeyPlan::new(schema);
        Self { schema, plan, references, keeps_keys, keys: HashSet::new(), last: Vec::new(), key: Vec::new() }
    }

    fn row(&mut self, number: u64, row: &[u8], known: &KnownKeys, findings: &mut Findings) {
        let table = Some(self.schema.name);
        let mut cursor = RowCursor::new(row);
        let mut whole = true;
        for (position, column) in self.schema.columns.iter().enumerate() {
            let Ok(value) = cursor.skip(column.kind) else { return };
            if !column.nullable && value == [0] {
                whole = false;
                let what = || format!("row {number} has no {}", column.name);
                findings.add(FindingCode::ValueMissing, table, what);
            }
            if column.kind != ColumnType::Text {
                continue;
            }
            for (_, other) in self.references.iter().filter(|(here, _)| *here == position) {
                let Ok(Some(text)) = RowCursor::new(value).text() else { continue };
                if known.get(other).is_some_and(|keys| !keys.contains(&fingerprint_of(text))) {
                    let what = || {
                        let value = String::from_utf8_lossy(text);
                        format!("row {number} names the {} {value:?}, which is not in {other}", column.name)
                    };
                    findings.add(FindingCode::ReferenceMissing, table, what);
                }
            }
        }
        if !whole {
            return;
        }
        self.key.clear();
        let Ok(last) = self.plan.put(row, &mut self.key) else { return };
        if let (true, LastKey::Text(text)) = (self.keeps_keys, last) {
            self.keys.insert(fingerprint_of(text));
        }
        match self.key.cmp(&self.last) {
            Ordering::Greater => {}
            Ordering::Equal => {
                findings.add(FindingCode::KeyRepeated, table, || format!("row {number} has the key of the row before"));
            }
            Ordering::Less => {
                let what = || format!("row {number} should come before the row before it");
                findings.add(FindingCode::OrderBroken, table, what);
            }
        }
        std::mem::swap(&mut self.key, &mut self.last);
    }

    fn last_key_is(&self, row: &[u8], expected: &[u8]) -> bool {
        matches!(self.plan.last(row), Ok(LastKey::Text(text)) if text == expected)
    }
}
