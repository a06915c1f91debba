//! From rows to a package: merge, write, count, judge, and only then say what it is.

use super::outcome::Imported;
use crate::observer::Observer;
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{Manifest, Reason, TableName, TableStatus, TableUse};
use beacon_package::{
    BeaconBlock, DEFAULT_JOIN_MEMORY, FileFormat, FinishedPackage, ModuleIdentity, NameSource, NamesUsed, PackageError,
    PackageWriter, RequestTotals, TableReport, Warning, WriterOptions, is_joined_to_users,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// The table with the people that usage, activations and storage are about.
const PEOPLE: &str = "users";

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
    /// What the module had to tell.
    pub warnings: Vec<Warning>,
    /// How addresses were checked: `resolved` or `proxy`.
    pub address_check: &'static str,
    /// The package before, whose differences become the resource `changes`.
    pub previous: Option<&'a Path>,
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
    let tenant_id = tenant_id.or(order.tenant_id).ok_or(PublishError::NoTenant)?;
    let options = WriterOptions { format: order.format, tenant_id: tenant_id.clone(), names: order.names };
    let mut writer = PackageWriter::create(order.folder, options).map_err(PublishError::Package)?;
    if let Some(previous) = order.previous {
        writer.compare_with(previous);
    }
    let mut tables: BTreeMap<String, TableReport> = BTreeMap::new();
    let mut tenants = 0;
    let order_of_writing = in_order_of_writing(order.manifest);
    let is_written = |name: &TableName| ledger.verdict(name, None).report.status != TableStatus::Skipped;
    let has_people = order_of_writing.iter().any(|(used, schema)| schema.name == PEOPLE && is_written(&used.table));
    if has_people && order_of_writing.iter().any(|(used, schema)| is_joined_to_users(schema) && is_written(&used.table))
    {
        writer.join_users(DEFAULT_JOIN_MEMORY);
    }
    for (used, schema) in order_of_writing {
        let mut report = ledger.verdict(&used.table, None).report;
        if report.status != TableStatus::Skipped {
            let merged = merge.table(schema).map_err(PublishError::Package)?;
            let written = writer.write_table(merged).map_err(PublishError::Package)?;
            report = ledger.verdict(&used.table, Some(written.facts)).report;
            if schema.name == "tenant" {
                tenants = written.facts.rows;
            }
        }
        tables.insert(used.table.to_string(), report);
    }
    one_tenant(&mut tables, tenants);
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
        warnings: order.warnings,
        names: Some(order.names_used),
        address_check: Some(order.address_check.to_owned()),
        changes: None,
        requests: order.requests,
        package_id: String::new(),
    };
    block.status = block.provable_status();
    writer.finish(block).map_err(PublishError::Package)
}

/// People come first: rows of other tables are joined to them while those are written.
fn in_order_of_writing(manifest: &Manifest) -> Vec<(&TableUse, &'static TableSchema)> {
    let known = manifest.tables.iter().filter_map(|used| Some((used, dataset::table(used.table.as_str())?)));
    let (people, others): (Vec<_>, Vec<_>) = known.partition(|(_, schema)| schema.name == PEOPLE);
    [people, others].concat()
}

/// A package is about exactly one tenant.
fn one_tenant(tables: &mut BTreeMap<String, TableReport>, rows: u64) {
    if let Some(report) = tables.get_mut("tenant")
        && rows != 1
        && report.status == TableStatus::Complete
    {
        report.status = TableStatus::Partial;
        report.reason = Some(Reason::new("ledger.not_one_tenant").with("rows", rows));
    }
}
