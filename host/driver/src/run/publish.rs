//! From rows to a package: merge, write, count, judge, and only then say what it is.

use super::outcome::Imported;
use crate::ledger::Ledger;
use crate::observer::Observer;
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{Manifest, Reason, TableName, TableStatus};
use beacon_package::{
    BeaconBlock, Consenter, DEFAULT_JOIN_MEMORY, FileFormat, FinishedPackage, Merge, ModuleIdentity, NameSource,
    NamesUsed, PackageError, PackageWriter, Proof, RequestTotals, TableReport, UsageFile, Warning, WriterOptions,
    is_joined_to_users,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// The table with the people that usage, activations and storage are about.
const PEOPLE: &str = "users";
/// The table that imported usage is added to.
const USAGE: &str = "usage";
/// The table that usage refers to.
const APPLICATIONS: &str = "applications";

/// What a package says about its origin.
pub struct PublishOrder<'a> {
    /// Folder of the package; must not exist.
    pub folder: &'a Path,
    /// Which files.
    pub format: FileFormat,
    /// The run.
    pub run_id: String,
    /// Name of the connection, which is also the task's.
    pub connection: String,
    /// The module.
    pub module: ModuleIdentity,
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Name of the cloud, if the settings name one.
    pub cloud: Option<String>,
    /// Product and plan names.
    pub names: &'a dyn NameSource,
    /// Which names those are.
    pub names_used: NamesUsed,
    /// Tenant, if the module brought no tenant row.
    pub tenant_id: Option<String>,
    /// Name of the tenant, if known.
    pub tenant_name: Option<String>,
    /// When the run started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Scopes or roles that were granted.
    pub granted_scopes: Vec<String>,
    /// A reason in words, with the next step.
    pub words: &'a dyn Fn(&Reason) -> String,
    /// What the module had to tell.
    pub warnings: Vec<Warning>,
    /// What the host has to tell once it knows how the tables ended.
    pub later_warnings: &'a dyn Fn(&BTreeMap<String, TableReport>) -> Vec<Warning>,
    /// The person on whose behalf everything was read.
    pub consenter: Option<Consenter>,
    /// How addresses were checked: `resolved` or `proxy`.
    pub address_check: &'static str,
    /// The package before, whose differences become the resource `changes`.
    pub previous: Option<&'a Path>,
    /// Usage that people imported.
    pub usage_files: &'a [UsageFile],
    /// Exchanges and repetitions.
    pub requests: RequestTotals,
}

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Nobody said whose data this is.
    #[error("neither the rows nor the sign-in name the tenant")]
    NoTenant,
    /// Writing failed.
    #[error("the package cannot be written")]
    Package(#[source] PackageError),
}

/// Writes a package from the rows of a run.
///
/// # Errors
/// [`PublishError`]; then nothing that looks like a package is left.
pub fn publish(
    imported: Imported,
    order: PublishOrder<'_>,
    observer: &dyn Observer,
) -> Result<FinishedPackage, PublishError> {
    observer.publishing();
    let Imported { mut merge, ledger, tenant_id } = imported;
    let tenant_id = tenant_id.or_else(|| order.tenant_id.clone()).ok_or(PublishError::NoTenant)?;
    let options = WriterOptions { format: order.format, tenant_id: tenant_id.clone(), names: order.names };
    let mut writer = PackageWriter::create(order.folder, options).map_err(PublishError::Package)?;
    if let Some(previous) = order.previous {
        writer.compare_with(previous);
    }
    if let Some(person) = &order.consenter {
        writer.look_for(person.clone());
    }
    let tables = write_tables(&mut merge, &mut writer, &ledger, &order).map_err(PublishError::Package)?;
    let mut warnings = order.warnings;
    warnings.extend((order.later_warnings)(&tables));
    let mut block = BeaconBlock {
        format_version: String::new(),
        dataset_version: String::new(),
        run_id: order.run_id,
        task_name: order.connection.clone(),
        connection: order.connection,
        tenant_id,
        tenant_name: order.tenant_name,
        cloud: order.cloud,
        module: order.module,
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: "full".to_owned(),
        based_on: None,
        started_at: order.started_at.to_string(),
        finished_at: order.finished_at.to_string(),
        status: beacon_package::PackageStatus::Partial,
        tables,
        granted_scopes: order.granted_scopes,
        warnings,
        names: Some(order.names_used),
        address_check: Some(order.address_check.to_owned()),
        usage_files: order.usage_files.iter().map(|file| file.facts().clone()).collect(),
        changes: None,
        requests: order.requests,
        package_id: String::new(),
    };
    block.status = block.provable_status();
    writer.finish(block).map_err(PublishError::Package)
}

/// Writes every table that is not skipped, and tells how far each can be trusted.
fn write_tables(
    merge: &mut Merge,
    writer: &mut PackageWriter<'_>,
    ledger: &Ledger,
    order: &PublishOrder<'_>,
) -> Result<BTreeMap<String, TableReport>, PackageError> {
    let mut all = in_order_of_writing(order);
    let with_files = |schema: &TableSchema| schema.name == USAGE && !order.usage_files.is_empty();
    let is_read = |name: &TableName| ledger.verdict(name, None).report.status != TableStatus::Skipped;
    all.retain(|planned| planned.declared || with_files(planned.schema));
    let is_written = |planned: &Planned| planned.declared && is_read(&planned.name) || with_files(planned.schema);
    let has = |fits: &dyn Fn(&TableSchema) -> bool| all.iter().any(|one| fits(one.schema) && is_written(one));
    if has(&|schema| schema.name == PEOPLE) && has(&is_joined_to_users) {
        writer.join_users(DEFAULT_JOIN_MEMORY);
    }
    for file in order.usage_files {
        file.add_to(merge, writer.folder())?;
        if has(&|schema| schema.name == APPLICATIONS) {
            file.add_application_to(merge, writer.folder())?;
        }
    }
    let mut tables = BTreeMap::new();
    let mut tenants = 0;
    for planned in &all {
        let mut report = ledger.verdict(&planned.name, None).report;
        if is_written(planned) {
            let written = writer.write_table(merge.table(planned.schema)?)?;
            if planned.declared && report.status != TableStatus::Skipped {
                report = ledger.verdict(&planned.name, Some(written.facts)).report;
            } else {
                only_from_files(&mut report, planned.declared);
            }
            if written.concealed > 0 {
                let unexplained = || Reason::new("people.concealed_unexplained").into();
                report.concealed.get_or_insert_with(unexplained);
            }
            if is_joined_to_users(planned.schema) {
                lower_without_people(&mut report, tables.get(PEOPLE));
            }
            if planned.schema.name == "tenant" {
                tenants = written.facts.rows;
            }
        }
        tables.insert(planned.name.to_string(), report);
    }
    one_tenant(&mut tables, tenants);
    let explained = tables.values_mut().flat_map(|report| report.reason.iter_mut().chain(&mut report.concealed));
    explained.for_each(|explained| explained.text = (order.words)(&explained.reason));
    Ok(tables)
}

/// One table of the package to be.
struct Planned {
    name: TableName,
    schema: &'static TableSchema,
    /// Whether the module fills it.
    declared: bool,
}

/// The order of the manifest, but people first: rows of other tables are joined to them while those are written.
fn in_order_of_writing(order: &PublishOrder<'_>) -> Vec<Planned> {
    let planned = |name: &TableName, declared| {
        Some(Planned { name: name.clone(), schema: dataset::table(name.as_str())?, declared })
    };
    let mut all: Vec<_> = order.manifest.tables.iter().filter_map(|used| planned(&used.table, true)).collect();
    if !all.iter().any(|table| table.schema.name == USAGE) {
        all.extend(TableName::new(USAGE).ok().and_then(|name| planned(&name, false)));
    }
    all.sort_by_key(|table| table.schema.name != PEOPLE);
    all
}

/// The module read no usage, for the reason in its report, but people imported some.
fn only_from_files(report: &mut TableReport, declared: bool) {
    let cause = report.reason.take().filter(|_| declared).map(|explained| explained.reason.code);
    let reason = Reason::new("usage.only_from_files");
    report.status = TableStatus::Partial;
    report.reason = Some(cause.into_iter().fold(reason, |reason, cause| reason.with("cause", cause)).into());
}

/// Somebody who is missing in `users` cannot be found behind an address of a report.
fn lower_without_people(report: &mut TableReport, people: Option<&TableReport>) {
    let lacks_people = people.is_some_and(|people| people.status != TableStatus::Complete);
    if lacks_people && report.status == TableStatus::Complete {
        report.status = TableStatus::Partial;
        report.proof = Proof::None;
        report.reason = Some(Reason::new("ledger.source_incomplete").with("table", PEOPLE).into());
    }
}

/// A package is about exactly one tenant.
fn one_tenant(tables: &mut BTreeMap<String, TableReport>, rows: u64) {
    if let Some(report) = tables.get_mut("tenant")
        && rows != 1
        && report.status == TableStatus::Complete
    {
        report.status = TableStatus::Partial;
        report.reason = Some(Reason::new("ledger.not_one_tenant").with("rows", rows).into());
    }
}
