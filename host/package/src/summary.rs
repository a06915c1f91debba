//! What is in a package, for people.

use crate::beacon_block::{Explained, ModuleIdentity, PackageStatus, Proof, TableReport, Warning};
use crate::changes::ChangesBlock;
use crate::error::PackageError;
use crate::package_reader::PackageFolder;
use crate::report_facts::RefreshDates;
use crate::row::{DamagedRow, RowCursor};
use crate::seats::FirstSeat;
use crate::user_join::PeopleFacts;
use beacon_contract::TableStatus;
use beacon_contract::dataset::{self, TABLES, TableSchema};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A package in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Tenant.
    pub tenant_id: String,
    /// Its name, if known.
    pub tenant_name: Option<String>,
    /// Its cloud.
    pub cloud: Option<String>,
    /// Name of the connection.
    pub connection: String,
    /// The run.
    pub run_id: String,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339.
    pub finished_at: String,
    /// Whether all mandatory tables are complete.
    pub status: PackageStatus,
    /// Who made it.
    pub module: ModuleIdentity,
    /// With which host.
    pub host_version: String,
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Requests that were repeats.
    pub retries: u64,
    /// In the order of the dataset.
    pub tables: Vec<TableSummary>,
    /// Most used first.
    pub products: Vec<ProductSummary>,
    /// What is different from the package before.
    pub changes: Option<ChangesBlock>,
    /// What people should know.
    pub warnings: Vec<Warning>,
    /// Name of the content.
    pub package_id: String,
}

/// A table in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSummary {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: TableStatus,
    /// Why it is not complete.
    pub reason: Option<Explained>,
    /// Whether the package needs it to be complete.
    pub mandatory: bool,
    /// Rows.
    pub rows: u64,
    /// What its completeness rests on.
    pub proof: Proof,
    /// Pages read.
    pub pages: u64,
    /// Requests repeated.
    pub retries: u64,
    /// Time spent waiting for the service, in milliseconds.
    pub throttled_ms: u64,
    /// What the addresses of its rows led to.
    pub people: Option<PeopleFacts>,
    /// Why people in its rows are concealed.
    pub concealed: Option<Explained>,
    /// Days up to which the reports behind it know.
    pub refreshed_on: Option<RefreshDates>,
    /// Rows that came more than once.
    pub duplicates: u64,
    /// Items left out on purpose.
    pub dropped: u64,
}

/// A product with its seats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProductSummary {
    /// Its id.
    pub sku_id: String,
    /// Its part number.
    pub sku_part_number: Option<String>,
    /// Its name, if known.
    pub product_name: Option<String>,
    /// `User` or `Company`.
    pub applies_to: Option<String>,
    /// Seats that may be used.
    pub enabled_units: Option<i64>,
    /// Seats in use, as the service counts.
    pub consumed_units: Option<i64>,
    /// People who hold it, as this package counts.
    pub people: u64,
}

impl TableSummary {
    fn new(name: &str, report: &TableReport) -> Self {
        Self {
            name: name.to_owned(),
            status: report.status,
            reason: report.reason.clone(),
            mandatory: report.mandatory,
            rows: report.rows,
            proof: report.proof,
            pages: report.pages,
            retries: report.retries,
            throttled_ms: report.throttled_ms,
            people: report.people,
            concealed: report.concealed.clone(),
            refreshed_on: report.refreshed_on,
            duplicates: report.duplicates,
            dropped: report.drops.iter().map(|drops| drops.count).sum(),
        }
    }
}

/// Reads a package's manifest, products and assignments.
///
/// # Errors
/// What [`PackageFolder::open`] and reading the two tables meet.
pub fn read_summary(folder: &Path) -> Result<Summary, PackageError> {
    let package = PackageFolder::open(folder)?;
    let block = &package.manifest().beacon;
    let known = TABLES.iter().filter_map(|table| block.tables.get_key_value(table.name));
    Ok(Summary {
        tenant_id: block.tenant_id.clone(),
        tenant_name: block.tenant_name.clone(),
        cloud: block.cloud.clone(),
        connection: block.connection.clone(),
        run_id: block.run_id.clone(),
        started_at: block.started_at.clone(),
        finished_at: block.finished_at.clone(),
        status: block.status,
        module: block.module.clone(),
        host_version: block.host_version.clone(),
        requests: block.requests.total,
        retries: block.requests.retries,
        tables: known.map(|(name, report)| TableSummary::new(name, report)).collect(),
        products: products(&package)?,
        changes: block.changes.clone(),
        warnings: block.warnings.clone(),
        package_id: block.package_id.clone(),
    })
}

/// Calls `take` with the values of each row, as the bytes of [`crate::row`].
pub(crate) fn each_row(
    package: &PackageFolder,
    table: &str,
    mut take: impl FnMut(&TableSchema, &[&[u8]]) -> Result<(), DamagedRow>,
) -> Result<(), PackageError> {
    let Some(schema) = dataset::table(table) else { return Ok(()) };
    let Some(mut reader) = package.rows(schema)? else { return Ok(()) };
    loop {
        let (rows, _) = reader.next_rows()?;
        if rows.len() == 0 {
            return Ok(());
        }
        for row in rows.iter() {
            let mut cursor = RowCursor::new(row);
            let values: Result<Vec<_>, _> = schema.columns.iter().map(|column| cursor.skip(column.kind)).collect();
            values.and_then(|values| take(schema, &values)).map_err(|_| PackageError::DamagedSpill(schema.name))?;
        }
    }
}

pub(crate) fn value<'r>(schema: &TableSchema, values: &[&'r [u8]], column: &str) -> RowCursor<'r> {
    let value = schema.position(column).and_then(|position| values.get(position));
    RowCursor::new(value.copied().unwrap_or(&[0]))
}

pub(crate) fn text(mut cursor: RowCursor<'_>) -> Result<Option<String>, DamagedRow> {
    Ok(cursor.text()?.map(|text| String::from_utf8_lossy(text).into_owned()))
}

fn products(package: &PackageFolder) -> Result<Vec<ProductSummary>, PackageError> {
    let mut products = BTreeMap::new();
    each_row(package, "products", |schema, values| {
        let of = |column| text(value(schema, values, column));
        let number = |column| value(schema, values, column).integer();
        let sku_id = of("sku_id")?.unwrap_or_default();
        let product = ProductSummary {
            sku_id: sku_id.clone(),
            sku_part_number: of("sku_part_number")?,
            product_name: of("product_name")?,
            applies_to: of("applies_to")?,
            enabled_units: number("enabled_units")?,
            consumed_units: number("consumed_units")?,
            people: 0,
        };
        products.insert(sku_id.into_bytes(), product);
        Ok(())
    })?;
    let mut first = FirstSeat::default();
    each_row(package, "assignments", |schema, values| {
        let mut user = value(schema, values, "user_id");
        let mut sku = value(schema, values, "sku_id");
        let (user, sku) = (user.text()?.unwrap_or_default(), sku.text()?.unwrap_or_default());
        let counts_seat = value(schema, values, "counts_seat").boolean()? == Some(true);
        if first.is_new(user, sku, counts_seat) {
            let unlisted =
                || ProductSummary { sku_id: String::from_utf8_lossy(sku).into_owned(), ..ProductSummary::default() };
            products.entry(sku.to_vec()).or_insert_with(unlisted).people += 1;
        }
        Ok(())
    })?;
    let mut products: Vec<_> = products.into_values().collect();
    products.sort_by(|one, other| {
        let by_use = (other.consumed_units, other.people).cmp(&(one.consumed_units, one.people));
        by_use.then_with(|| (&one.product_name, &one.sku_id).cmp(&(&other.product_name, &other.sku_id)))
    });
    Ok(products)
}
