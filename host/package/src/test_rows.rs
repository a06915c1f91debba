//! Rows for the tests of this crate.

use crate::beacon_block::{BeaconBlock, ModuleIdentity, PackageStatus, RequestTotals, TableReport};
use crate::writer::{FileFormat, PackageWriter, WriterOptions};
use crate::{FinishedPackage, Merge, NameTable, Spill};
use beacon_contract::dataset::{Column, TABLES, TableSchema, table};
use beacon_contract::{ChainId, ColumnBuilder, ColumnType, ModuleId, TableStatus, decode_columns, encode_columns};
use std::path::Path;

pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const E3: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
pub(crate) const UNKNOWN_SKU: &str = "00000000-0000-0000-0000-00000000abcd";

/// Id and name of a group.
pub(crate) type Group = (String, Option<String>);

pub(crate) fn groups() -> &'static TableSchema {
    table("groups").unwrap()
}

pub(crate) fn usage() -> &'static TableSchema {
    table("usage").unwrap()
}

pub(crate) fn columns_of(rows: &[Group]) -> Vec<u8> {
    let mut columns = [ColumnBuilder::new(ColumnType::Text), ColumnBuilder::new(ColumnType::Text)];
    for (id, name) in rows {
        columns[0].text(Some(id));
        columns[1].text(name.as_deref());
    }
    encode_columns(&columns)
}

/// Rows of one table as text cells, `None` for null; lists and maps are made from the cell.
pub(crate) struct TableRows {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

impl TableRows {
    pub(crate) fn new(table: &'static str, columns: &'static [&'static str], rows: &[&[&str]]) -> Self {
        let cell = |cell: &&str| (*cell != "-").then(|| (*cell).to_owned());
        Self { table, columns, rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect() }
    }

    fn push(&self, spill: &mut Spill, chain: &str, rows: &[Vec<Option<String>>]) {
        let schema = table(self.table).unwrap();
        let columns: Vec<&'static Column> = self.columns.iter().map(|name| schema.column(name).unwrap()).collect();
        let mut builders: Vec<_> = columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
        for row in rows {
            for (builder, (column, cell)) in builders.iter_mut().zip(columns.iter().zip(row)) {
                let cell = cell.as_deref();
                match (column.kind, cell) {
                    (_, None) => builder.null(),
                    (ColumnType::Text, cell) => builder.text(cell),
                    (ColumnType::Boolean, Some(cell)) => builder.boolean(Some(cell == "true")),
                    (ColumnType::Date, Some(cell)) => builder.date(Some(cell.parse().unwrap())),
                    (ColumnType::TextList, Some(cell)) => builder.list(cell.split(' ').filter(|part| !part.is_empty())),
                    (ColumnType::TextMap, Some(cell)) => builder.map([(cell, "value")]),
                    (_, Some(cell)) => builder.integer(Some(cell.parse().unwrap())),
                }
            }
        }
        let frame = encode_columns(&builders);
        let views = decode_columns(&frame, rows.len() as u32, columns.len()).unwrap();
        let columns: Vec<_> = columns.into_iter().zip(views).collect();
        spill.push(schema, &ChainId::new(chain).unwrap(), 1, &columns, rows.len() as u32).unwrap();
    }
}

/// A small tenant with every type of column and some dirt.
pub(crate) fn tenant() -> Vec<TableRows> {
    vec![
        TableRows::new(
            "tenant",
            &["tenant_id", "display_name", "verified_domains"],
            &[&[TENANT, "Contoso \u{1b}[31mLtd", "contoso.example corp.contoso.example"]],
        ),
        TableRows::new(
            "products",
            &["sku_id", "sku_part_number", "applies_to", "enabled_units", "consumed_units"],
            &[&[E3, "SPE_E3", "User", "2500", "2"], &[UNKNOWN_SKU, "FLOW_FREE", "User", "10000", "-5"]],
        ),
        TableRows::new(
            "product_plans",
            &["sku_id", "plan_id", "application_id"],
            &[
                &[E3, "efb87545-963c-4e0d-99df-69c6916d9eb0", "exchange"],
                &[E3, "ffffffff-0000-0000-0000-000000000000", "-"],
            ],
        ),
        TableRows::new("applications", &["application_id", "application_name"], &[&["exchange", "Exchange"]]),
        TableRows::new(
            "users",
            &[
                "user_id",
                "display_name",
                "alternate_addresses",
                "account_enabled",
                "created_at",
                "extension_attributes",
            ],
            &[
                &[
                    "u3",
                    "=HYPERLINK(\"http://x\")",
                    "SMTP:a@x smtp:b@x",
                    "true",
                    "1700000000000001",
                    "extensionAttribute1",
                ],
                &["u1", "Quote \" comma , line\r\nend; ä€", "", "false", "-62135596800000000", "-"],
                &["u2", "", "-", "-", "-", "-"],
                &["u4", "-", "-", "true", "-", "-"],
            ],
        ),
        TableRows::new(
            "assignments",
            &["user_id", "sku_id", "source", "counts_seat", "last_updated_at"],
            &[
                &["u1", E3, "direct", "true", "0"],
                &["u1", E3, "group-1", "true", "-"],
                &["u2", E3, "group-1", "true", "-"],
                &["u3", E3, "group-1", "false", "-"],
                &["u3", UNKNOWN_SKU, "unknown", "true", "-"],
            ],
        ),
        TableRows::new(
            "usage",
            &["user_key", "application_id", "platform", "report", "period_days", "attributable", "last_activity_on"],
            &[
                &["a@x", "exchange", "any", "mail", "180", "true", "19000"],
                &["a@x", "exchange", "any", "mail", "30", "true", "-"],
            ],
        ),
    ]
}

pub(crate) fn block() -> BeaconBlock {
    BeaconBlock {
        format_version: String::new(),
        dataset_version: String::new(),
        run_id: "run-1".into(),
        connection: "Contoso".into(),
        task_name: "Contoso".into(),
        tenant_id: TENANT.into(),
        tenant_name: Some("Contoso \u{1b}[31mLtd".into()),
        cloud: Some("global".into()),
        module: ModuleIdentity {
            id: ModuleId::new("microsoft-365").unwrap(),
            version: "1.2.3".into(),
            sha256: "ab".repeat(32),
            signing_key_id: None,
            trusted: true,
        },
        host_version: "0.1.0".into(),
        mode: "full".into(),
        based_on: None,
        started_at: "2026-01-02T03:04:05Z".into(),
        finished_at: "2026-01-02T03:05:06Z".into(),
        status: PackageStatus::Complete,
        tables: std::collections::BTreeMap::new(),
        granted_scopes: vec!["Directory.Read.All".into()],
        warnings: Vec::new(),
        names: None,
        address_check: Some("resolved".into()),
        usage_files: Vec::new(),
        changes: None,
        requests: RequestTotals { total: 12, retries: 1 },
        package_id: String::new(),
    }
}

/// These rows, ready to be merged; the folder of the spill goes away with the first value.
pub(crate) fn spill_of(root: &Path, tables: &[TableRows]) -> (tempfile::TempDir, Merge) {
    let folder = tempfile::tempdir_in(root).unwrap();
    let mut spill = Spill::create(folder.path(), 1 << 20, [1; 16]).unwrap();
    for table in tables {
        table.push(&mut spill, "all", &table.rows);
    }
    (folder, spill.finish().unwrap())
}

/// Writes a package; `cut` rows go into a batch, `reverse` turns the order in which batches and chains come.
pub(crate) fn write(
    folder: &Path,
    tables: &[TableRows],
    format: FileFormat,
    cut: usize,
    reverse: bool,
) -> FinishedPackage {
    write_with(folder, tables, format, (cut, reverse), |_, _| {})
}

/// As [`write`]; `adjust` gets the writer and the block before the end.
pub(crate) fn write_with(
    folder: &Path,
    tables: &[TableRows],
    format: FileFormat,
    (cut, reverse): (usize, bool),
    adjust: impl FnOnce(&mut PackageWriter<'_>, &mut BeaconBlock),
) -> FinishedPackage {
    let spill_folder = tempfile::tempdir().unwrap();
    let mut spill = Spill::create(spill_folder.path(), cut * 50, [1; 16]).unwrap();
    for table in tables {
        let mut pieces: Vec<_> = table.rows.chunks(cut).enumerate().collect();
        if reverse {
            pieces.reverse();
        }
        for (number, rows) in pieces {
            table.push(&mut spill, if number % 2 == 0 { "even" } else { "odd" }, rows);
        }
    }
    let mut merge = spill.finish().unwrap();
    let names = NameTable::embedded();
    let options = WriterOptions { format, tenant_id: TENANT.into(), names: &names };
    let mut writer = PackageWriter::create(folder, options).unwrap();
    let mut block = block();
    for schema in TABLES {
        if !tables.iter().any(|table| table.table == schema.name) {
            block.tables.insert(schema.name.into(), TableReport::new(TableStatus::Skipped, false));
            continue;
        }
        writer.write_table(merge.table(schema).unwrap()).unwrap();
        block.tables.insert(schema.name.into(), TableReport::new(TableStatus::Complete, true));
    }
    adjust(&mut writer, &mut block);
    writer.finish(block).unwrap()
}
