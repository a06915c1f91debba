//! Packages for the tests of this crate, written by the writer that real ones come from.

use crate::{Snapshot, SnapshotFacts, SnapshotSource, Snapshots};
use beacon_api::{RowQuery, Rows, View};
use beacon_contract::dataset::{Column, TABLES, table};
use beacon_contract::{
    ChainId, ColumnBuilder, ColumnType, ModuleId, Reason, TableStatus, decode_columns, encode_columns,
};
use beacon_package::{
    BeaconBlock, FileFormat, ModuleIdentity, NameTable, PackageStatus, PackageWriter, RequestTotals, Spill,
    TableReport, WriterOptions,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const E3: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
pub(crate) const FREE: &str = "f30db892-07e9-47e9-837c-80727f46fd3d";
pub(crate) const COMPANY: &str = "99049c9c-6011-4908-bf17-15f496e6519d";
pub(crate) const MAIL_PLAN: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";
pub(crate) const CHAT_PLAN: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
pub(crate) const WORD_PLAN: &str = "43de0ff5-c92c-492b-9116-175376d08c38";
pub(crate) const VISIO_PLAN: &str = "663a804f-1c30-4ff0-9915-9db84f0d1cea";

/// Rows of one table as text cells, `-` for null, entries of lists parted by spaces.
pub(crate) struct TableRows {
    pub(crate) table: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

pub(crate) fn rows(table: &'static str, columns: &[&'static str], rows: &[&[&str]]) -> TableRows {
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    TableRows { table, columns: columns.to_vec(), rows }
}

impl TableRows {
    fn push(&self, spill: &mut Spill) {
        let schema = table(self.table).unwrap();
        let columns: Vec<&'static Column> = self.columns.iter().map(|name| schema.column(name).unwrap()).collect();
        for rows in self.rows.chunks(500) {
            let mut builders: Vec<_> = columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
            for row in rows {
                for (builder, (column, cell)) in builders.iter_mut().zip(columns.iter().zip(row)) {
                    match (column.kind, cell.as_str()) {
                        (_, "-") => builder.null(),
                        (ColumnType::Text, cell) => builder.text(Some(cell)),
                        (ColumnType::Boolean, cell) => builder.boolean(Some(cell == "true")),
                        (ColumnType::Date, cell) => builder.date(Some(cell.parse().unwrap())),
                        (ColumnType::TextList, cell) => builder.list(cell.split(' ')),
                        (ColumnType::TextMap, cell) => builder.map([(cell, "value")]),
                        (_, cell) => builder.integer(Some(cell.parse().unwrap())),
                    }
                }
            }
            let frame = encode_columns(&builders);
            let views = decode_columns(&frame, rows.len() as u32, columns.len()).unwrap();
            let columns: Vec<_> = columns.iter().copied().zip(views).collect();
            spill.push(schema, &ChainId::new("all").unwrap(), 1, &columns, rows.len() as u32).unwrap();
        }
    }
}

fn block() -> BeaconBlock {
    BeaconBlock {
        format_version: String::new(),
        dataset_version: String::new(),
        run_id: "run-1".into(),
        connection: "Contoso".into(),
        task_name: "Contoso".into(),
        tenant_id: TENANT.into(),
        tenant_name: Some("Contoso Ltd".into()),
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
        tables: BTreeMap::new(),
        granted_scopes: Vec::new(),
        warnings: Vec::new(),
        names: None,
        address_check: None,
        usage_files: Vec::new(),
        changes: None,
        requests: RequestTotals::default(),
        package_id: String::new(),
    }
}

/// Writes a package. Tables that are not given are skipped for want of a permission.
pub(crate) fn package(folder: &Path, tables: &[TableRows], format: FileFormat) {
    let spilled = tempfile::tempdir().unwrap();
    let mut spill = Spill::create(spilled.path(), 1 << 20, [1; 16]).unwrap();
    tables.iter().for_each(|table| table.push(&mut spill));
    let mut merge = spill.finish().unwrap();
    let names = NameTable::embedded();
    let options = WriterOptions { format, tenant_id: TENANT.into(), names: &names };
    let mut writer = PackageWriter::create(folder, options).unwrap();
    writer.join_users(1 << 20);
    let mut block = block();
    for schema in TABLES {
        if tables.iter().any(|table| table.table == schema.name) {
            writer.write_table(merge.table(schema).unwrap()).unwrap();
            let mut report = TableReport::new(TableStatus::Complete, true);
            if schema.name == "usage" {
                report.concealed = Some(Reason::new("reports.concealed").into());
            }
            block.tables.insert(schema.name.into(), report);
        } else {
            let mut report = TableReport::new(TableStatus::Skipped, false);
            report.reason = Some(Reason::new("graph.permission_missing").into());
            if let Some(reason) = &mut report.reason {
                reason.text = "The permission is missing. Grant it.".into();
            }
            block.tables.insert(schema.name.into(), report);
        }
    }
    writer.finish(block).unwrap();
}

/// Snapshots that live as long as their folder.
pub(crate) struct Made {
    pub(crate) root: tempfile::TempDir,
    pub(crate) snapshots: Snapshots,
    pub(crate) facts: Vec<SnapshotFacts>,
}

/// One snapshot for each of the tenants; their connections are `c1`, `c2` …, called `Tenant 1` ….
pub(crate) fn made(tenants: &[Vec<TableRows>]) -> Made {
    let root = tempfile::tempdir().unwrap();
    let (mut sources, mut facts) = (Vec::new(), Vec::new());
    for (number, tables) in (1..).zip(tenants) {
        let folder = root.path().join(format!("package-{number}"));
        package(&folder, tables, FileFormat::Parquet);
        let file = root.path().join(format!("c{number}.snapshot"));
        facts.push(Snapshot::build(&folder, &file).unwrap());
        sources.push(SnapshotSource {
            connection: format!("c{number}"),
            connection_name: format!("Tenant {number}"),
            file,
            finished_at: format!("2026-01-0{number}T00:00:00Z"),
        });
    }
    Made { root, snapshots: Snapshots::new(sources), facts }
}

impl Made {
    pub(crate) fn file(&self, number: usize) -> PathBuf {
        self.snapshots.sources()[number].file.clone()
    }

    pub(crate) fn ask(&self, view: View, query: RowQuery) -> Rows {
        self.snapshots.rows(view, &query).unwrap()
    }

    /// The texts of one column of all rows that a question finds.
    pub(crate) fn column(&self, view: View, id: &str, query: RowQuery) -> Vec<String> {
        let rows = self.ask(view, query);
        let place = 2 + rows.columns.iter().position(|column| column.id == id).unwrap();
        rows.rows.iter().map(|row| plain(&row[place])).collect()
    }
}

/// A value as a text, `-` for null.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A tenant with everybody in another state; figures of day 20,000.
pub(crate) fn contoso() -> Vec<TableRows> {
    let u = |number: u8| format!("00000000-0000-0000-0000-00000000000{number}");
    let ids: Vec<_> = (0..8).map(u).collect();
    let id = |number: usize| ids[number].as_str();
    let usage = [
        // Used ten days ago, a hundred days ago, never; nobody tells of the fourth and the fifth.
        ["anna@x.example", "exchange", "mail", "180", "true", "19990", "-"],
        ["BORIS@x.example", "exchange", "mail", "180", "true", "19900", "-"],
        ["clara@x.example", "exchange", "mail", "180", "true", "-", "-"],
        ["gone@x.example", "exchange", "mail", "180", "true", "-", "-"],
        // Yes and no without a date: within 90 days; before; some day within 180; never.
        ["anna@x.example", "word", "apps", "90", "true", "-", "true"],
        ["boris@x.example", "word", "apps", "90", "true", "-", "false"],
        ["boris@x.example", "word", "apps", "180", "true", "-", "true"],
        ["clara@x.example", "word", "apps", "180", "true", "-", "true"],
        ["dora@x.example", "word", "apps", "180", "true", "-", "false"],
        // Concealed.
        ["0123456789ABCDEF0123456789ABCDEF", "teams", "chat", "180", "false", "-", "-"],
        ["anna@x.example", "teams", "chat", "180", "true", "-", "-"],
    ];
    let usage: Vec<Vec<&str>> = usage
        .iter()
        .map(|[key, application, report, period, attributable, last, used]| {
            vec![*key, *application, "any", *report, *period, *attributable, *last, *used, "20000"]
        })
        .collect();
    let usage: Vec<&[&str]> = usage.iter().map(Vec::as_slice).collect();
    vec![
        rows("tenant", &["tenant_id", "display_name"], &[&[TENANT, "Contoso Ltd"]]),
        rows(
            "products",
            &[
                "sku_id",
                "sku_part_number",
                "applies_to",
                "capability_status",
                "enabled_units",
                "warning_units",
                "consumed_units",
            ],
            &[
                &[E3, "SPE_E3", "User", "Enabled", "100", "5", "7"],
                &[FREE, "FLOW_FREE", "User", "Enabled", "10000", "0", "1"],
                &[COMPANY, "SHAREPOINTSTORAGE", "Company", "Enabled", "1000000", "0", "0"],
            ],
        ),
        rows(
            "product_plans",
            &["sku_id", "plan_id", "application_id", "provisioning_status"],
            &[
                &[E3, MAIL_PLAN, "exchange", "Success"],
                &[E3, CHAT_PLAN, "teams", "Success"],
                &[E3, WORD_PLAN, "word", "Success"],
                &[E3, VISIO_PLAN, "visio", "Success"],
            ],
        ),
        rows(
            "subscriptions",
            &[
                "subscription_id",
                "sku_id",
                "sku_part_number",
                "status",
                "is_trial",
                "total_licenses",
                "next_lifecycle_at",
            ],
            &[&["s1", E3, "SPE_E3", "Enabled", "false", "100", "1800000000000000"]],
        ),
        rows(
            "users",
            &[
                "user_id",
                "display_name",
                "user_principal_name",
                "mail",
                "account_enabled",
                "user_type",
                "department",
                "employee_id",
                "created_at",
                "alternate_addresses",
                "given_name",
            ],
            &[
                &[
                    id(1),
                    "Anna Äpfel",
                    "anna@x.example",
                    "anna@x.example",
                    "true",
                    "Member",
                    "Sales",
                    "E1",
                    "1700000000000001",
                    "smtp:a@x.example",
                    "Anna",
                ],
                &[
                    id(2),
                    "boris 100% \"NEAR\" _b*",
                    "boris@x.example",
                    "-",
                    "true",
                    "Member",
                    "sales",
                    "E2",
                    "1600000000000000",
                    "-",
                    "Boris",
                ],
                &[id(3), "=Clara", "clara@x.example", "clara@x.example", "false", "Member", "R|D", "-", "-", "-", "-"],
                &[id(4), "Dora", "dora@x.example", "dora@x.example", "true", "Guest", "-", "-", "-", "-", "-"],
                &[id(5), "-", "emil@x.example", "-", "-", "Guest", "-", "-", "-", "-", "-"],
            ],
        ),
        rows(
            "assignments",
            &["user_id", "sku_id", "source", "counts_seat", "error", "disabled_plans"],
            &[
                &[id(1), E3, "direct", "true", "-", VISIO_PLAN],
                &[id(1), E3, "group-1", "true", "None", "-"],
                &[id(1), FREE, "direct", "true", "-", "-"],
                &[id(2), E3, "group-1", "true", "-", "-"],
                &[id(3), E3, "group-2", "true", "-", "-"],
                &[id(4), E3, "direct", "true", "-", VISIO_PLAN],
                &[id(5), E3, "group-1", "false", "CountViolation", "-"],
            ],
        ),
        rows("groups", &["group_id", "display_name"], &[&["group-1", "All staff"]]),
        rows(
            "applications",
            &["application_id", "application_name", "plan_ids", "measured_by"],
            &[
                &["exchange", "Exchange", MAIL_PLAN, "mail getMailboxUsageDetail"],
                &["teams", "Teams", CHAT_PLAN, "chat"],
                &["visio", "Visio", VISIO_PLAN, "getOffice365ActivationsUserDetail"],
                &["word", "Word", WORD_PLAN, "apps"],
            ],
        ),
        rows(
            "sign_ins",
            &["user_id", "last_successful_at", "last_interactive_attempt_at"],
            &[&[id(0), "1", "1"], &[id(1), "1750000000000000", "-"], &[id(3), "-", "1750000000000000"]],
        ),
        rows(
            "usage",
            &[
                "user_key",
                "application_id",
                "platform",
                "report",
                "period_days",
                "attributable",
                "last_activity_on",
                "used_in_period",
                "refreshed_on",
            ],
            &usage,
        ),
    ]
}

/// A tenant with so many people, names spread so that they come in no order, and some without.
pub(crate) fn crowd(people: u32, seed: u32) -> Vec<TableRows> {
    let spread = |number: u32| number.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 7;
    let person = |number: u32| {
        let value = spread(number);
        let name = if value % 11 == 0 { "-".to_owned() } else { format!("Name {}", value % (people / 2 + 1)) };
        let department = if value % 5 == 0 { "-".to_owned() } else { format!("Department {}", value % 4) };
        vec![
            format!("{value:08x}-{number:04}"),
            name,
            format!("p{number}.{seed}@x.example"),
            (value % 3 != 0).to_string(),
            department,
        ]
    };
    let users: Vec<_> = (0..people).map(person).collect();
    let usage = (0..people).filter(|number| number % 2 == 0).map(|number| {
        let last = if spread(number) % 7 == 0 { "-".to_owned() } else { (19_800 + spread(number) % 200).to_string() };
        let cells = [&format!("p{number}.{seed}@x.example"), "exchange", "any", "mail", "180", "true", &last, "20000"];
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    });
    let usage = usage.collect();
    let assigned = users
        .iter()
        .step_by(3)
        .map(|user| [user[0].as_str(), E3, "direct", "true"].iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    let assigned = assigned.collect();
    vec![
        rows("products", &["sku_id", "sku_part_number"], &[&[E3, "SPE_E3"]]),
        rows("product_plans", &["sku_id", "plan_id"], &[&[E3, MAIL_PLAN], &[E3, CHAT_PLAN]]),
        rows(
            "applications",
            &["application_id", "application_name", "plan_ids", "measured_by"],
            &[&["exchange", "Exchange", MAIL_PLAN, "mail"], &["teams", "Teams", CHAT_PLAN, "chat"]],
        ),
        TableRows {
            table: "users",
            columns: vec!["user_id", "display_name", "user_principal_name", "account_enabled", "department"],
            rows: users,
        },
        TableRows { table: "assignments", columns: vec!["user_id", "sku_id", "source", "counts_seat"], rows: assigned },
        TableRows {
            table: "usage",
            columns: vec![
                "user_key",
                "application_id",
                "platform",
                "report",
                "period_days",
                "attributable",
                "last_activity_on",
                "refreshed_on",
            ],
            rows: usage,
        },
    ]
}
