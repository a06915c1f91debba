//! The data behind the page: what a snapshot costs, and how long its answers take.

use crate::made_up::{block, guid, peak_memory, per_user, spread};
use crate::made_up_rows::{SKUS, assignments_page, users_page};
use anyhow::{Context as _, Result, ensure};
use beacon_api::{RowQuery, View};
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ChainId, ColumnBuilder, TableStatus, decode_columns, encode_columns};
use beacon_package::{
    DEFAULT_JOIN_MEMORY, DEFAULT_SPILL_MEMORY, FileFormat, NameTable, PackageWriter, Spill, TableReport, WriterOptions,
};
use beacon_snapshot::{ExportFormat, Snapshot, SnapshotSource, Snapshots};
use std::path::Path;
use std::time::{Duration, Instant};

/// People of one batch.
const BATCH: u64 = 999;

/// Applications, as many as a large product has; reports tell of the first.
const APPLICATIONS: u64 = 36;
const MEASURED: u64 = 8;

/// The page promises first rows of a search within this, in milliseconds.
const SEARCH_LIMIT: f64 = 200.0;

/// How often each question is asked; the slowest counts.
const REPEAT: u32 = 5;

/// Day of the figures, since 1970.
const TODAY: i32 = 20_000;

fn plan(application: u64) -> String {
    guid(1_000_000_000 + application)
}

/// A module does not send what the host fills in.
fn encoded(table: &TableSchema, builders: &[ColumnBuilder]) -> Vec<u8> {
    let sent = table.columns.iter().zip(builders).filter(|(column, _)| !column.by_host);
    encode_columns(sent.map(|(_, builder)| builder))
}

/// Rows of the small tables.
fn small(table: &TableSchema) -> (Vec<u8>, u32) {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    let mut rows = 0;
    let mut row = |sku: &str, application: u64| {
        rows += 1;
        for (column, builder) in table.columns.iter().zip(&mut builders) {
            let measured = (application < MEASURED).then_some("mail");
            match column.name {
                "sku_id" => builder.text(Some(sku)),
                "plan_id" => builder.text(Some(&plan(application))),
                "application_id" => builder.text(Some(&format!("application_{application}"))),
                "application_name" => builder.text(Some(&format!("Application {application}"))),
                "plan_ids" => builder.list([plan(application).as_str()]),
                "measured_by" => builder.list(measured),
                "enabled_units" | "consumed_units" => builder.integer(Some(1_000_000)),
                _ => builder.null(),
            }
        }
    };
    match table.name {
        "products" => SKUS.iter().for_each(|sku| row(sku, 0)),
        "applications" => (0..APPLICATIONS).for_each(|application| row("", application)),
        _ => SKUS.iter().for_each(|sku| (0..APPLICATIONS).for_each(|application| row(sku, application))),
    }
    (encoded(table, &builders), rows)
}

/// One row of each measured application for each person; every ninth is never used.
fn usage(table: &TableSchema, numbers: std::ops::Range<u64>) -> (Vec<u8>, u32) {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    let mut rows = 0;
    for number in numbers {
        let key = format!("firstname{number}.lastname{}@contoso.example", spread(number) % 5000);
        for application in 0..MEASURED {
            rows += 1;
            let chance = spread(number * MEASURED + application);
            let last = (!chance.is_multiple_of(9)).then(|| TODAY - (chance % 300) as i32);
            for (column, builder) in table.columns.iter().zip(&mut builders) {
                match column.name {
                    "user_key" => builder.text(Some(&key)),
                    "application_id" => builder.text(Some(&format!("application_{application}"))),
                    "platform" => builder.text(Some("any")),
                    "report" => builder.text(Some("mail")),
                    "period_days" => builder.integer(Some(180)),
                    "attributable" => builder.boolean(Some(true)),
                    "last_activity_on" => builder.date(last),
                    "refreshed_on" => builder.date(Some(TODAY)),
                    _ => builder.null(),
                }
            }
        }
    }
    (encoded(table, &builders), rows)
}

fn write_package(folder: &Path, users: u64) -> Result<u64> {
    let mut spill = Spill::create(&folder.join("spill"), DEFAULT_SPILL_MEMORY, [7; 16])?;
    let names = ["products", "product_plans", "users", "assignments", "applications", "usage"];
    let table = |name: &str| dataset::table(name).context("a table of the dataset");
    for name in names {
        let table = table(name)?;
        let is_small = !matches!(name, "users" | "assignments" | "usage");
        let batches = if is_small { 1 } else { users.div_ceil(BATCH) };
        for batch in 0..batches {
            let numbers = batch * BATCH..((batch + 1) * BATCH).min(users);
            let (frame, rows) = match name {
                "users" => (users_page(table, numbers.clone()), u32::try_from(numbers.end - numbers.start)?),
                "assignments" => assignments_page(table, numbers),
                "usage" => usage(table, numbers),
                _ => small(table),
            };
            let sent: Vec<_> = table.columns.iter().filter(|column| !column.by_host).collect();
            let views = decode_columns(&frame, rows, sent.len())?;
            let columns: Vec<_> = sent.into_iter().zip(views).collect();
            spill.push(table, &ChainId::new("all")?, 1, &columns, rows)?;
        }
    }
    let mut merge = spill.finish()?;
    let known = NameTable::embedded();
    let options = WriterOptions { format: FileFormat::Parquet, tenant_id: guid(1), names: &known };
    let mut writer = PackageWriter::create(&folder.join("package"), options)?;
    writer.join_users(DEFAULT_JOIN_MEMORY);
    let mut block = block()?;
    for name in names {
        writer.write_table(merge.table(table(name)?)?)?;
        block.tables.insert(name.into(), TableReport::new(TableStatus::Complete, true));
    }
    let finished = writer.finish(block)?;
    Ok(finished.manifest.resources.iter().map(|resource| resource.bytes).sum())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Asks several times; the slowest, and the number of rows that were found.
fn ask(snapshots: &Snapshots, view: View, query: &RowQuery) -> Result<(f64, u64)> {
    let (mut slowest, mut total) = (0.0f64, 0);
    for _ in 0..REPEAT {
        let start = Instant::now();
        total = snapshots.rows(view, query)?.total;
        slowest = slowest.max(milliseconds(start.elapsed()));
    }
    Ok((slowest, total))
}

fn questions(users: u64) -> Vec<(&'static str, View, RowQuery)> {
    let text = |text: &str| Some(text.to_owned());
    let search = |needle: &str| RowQuery { search: text(needle), ..RowQuery::default() };
    let sorted = |column: &str| RowQuery { sort: text(column), ..RowQuery::default() };
    let filtered = |filter: &str| RowQuery { filter: text(filter), ..RowQuery::default() };
    vec![
        ("search for one", View::Users, search("FIRSTNAME777.")),
        ("search for nobody", View::Users, search("nobody at all")),
        ("search for many, sorted", View::Users, RowQuery { search: text("lastname1"), ..sorted("display_name") }),
        ("search for everybody", View::Users, search("contoso")),
        ("search for two letters", View::Users, search("e7")),
        ("search for one character", View::Users, search("7")),
        ("people", View::Users, RowQuery::default()),
        ("people by name, from the middle", View::Users, RowQuery { offset: users / 2, ..sorted("display_name") }),
        (
            "people of a department by sign-in",
            View::Users,
            RowQuery { filter: text("department:Department 7"), ..sorted("last_sign_in_at") },
        ),
        ("usage", View::Usage, RowQuery::default()),
        ("usage by name, from the middle", View::Usage, RowQuery { offset: users * 18, ..sorted("display_name") }),
        ("usage by last activity", View::Usage, sorted("last_activity_on")),
        ("usage, never used", View::Usage, filtered("state:never_used")),
        (
            "usage of an application, never used",
            View::Usage,
            filtered("application_name:Application 3|state:never_used"),
        ),
        ("usage of one person", View::Usage, search("firstname777.")),
        ("applications", View::Applications, RowQuery::default()),
        ("licences", View::Licences, RowQuery::default()),
    ]
}

/// Everybody with 2.5 products, 36 applications and 8 rows of usage.
pub(crate) fn page(users: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bytes = write_package(folder.path(), users)?;
    let before = peak_memory();
    let file = folder.path().join("snapshot");
    let start = Instant::now();
    let facts = Snapshot::build(&folder.path().join("package"), &file)?;
    let took = start.elapsed();
    ensure!(facts.totals.users == users, "everybody is in it: {facts:?}");
    println!(
        "{users} users, {} bytes each in the package\n\
         snapshot: {:.1} s ({:.1} µs per user), {} bytes per user, {:.1} MB; peak before {before}, after {}",
        bytes / users.max(1),
        took.as_secs_f64(),
        per_user(took, users),
        facts.bytes / users.max(1),
        facts.bytes as f64 / 1e6,
        peak_memory(),
    );
    let (connection, finished_at) = ("measure".to_owned(), facts.finished_at);
    let source = SnapshotSource { connection_name: connection.clone(), connection, file, finished_at };
    let twice = SnapshotSource { connection: "twin".to_owned(), ..source.clone() };
    let both = Snapshots::new(vec![source.clone(), twice]);
    let snapshots = Snapshots::new(vec![source]);
    let mut slowest_search = 0.0f64;
    for (what, view, query) in questions(users) {
        let (time, total) = ask(&snapshots, view, &query)?;
        if query.search.is_some() {
            slowest_search = slowest_search.max(time);
        }
        println!("{time:8.1} ms  {what}: {total} rows");
    }
    let by_name = RowQuery { sort: Some("display_name".to_owned()), offset: users, ..RowQuery::default() };
    for (what, query) in [
        ("by name, from the middle", by_name.clone()),
        ("that a search finds, by name", RowQuery { search: Some("lastname1".to_owned()), offset: 0, ..by_name }),
    ] {
        let (time, total) = ask(&both, View::Users, &query)?;
        println!("{time:8.1} ms  people of two such tenants {what}: {total} rows");
    }
    let start = Instant::now();
    snapshots.overview(None)?;
    println!("{:8.1} ms  overview", milliseconds(start.elapsed()));
    let start = Instant::now();
    snapshots.person("measure", &guid(users / 2), None)?;
    println!("{:8.1} ms  one person", milliseconds(start.elapsed()));
    let start = Instant::now();
    snapshots.product("measure", SKUS[0], None)?;
    println!("{:8.1} ms  one product", milliseconds(start.elapsed()));
    for (what, view) in [("people", View::Users), ("usage of one application", View::Usage)] {
        let filter = (view == View::Usage).then(|| "application_name:Application 3".to_owned());
        let query = RowQuery { filter, ..RowQuery::default() };
        let start = Instant::now();
        let rows = snapshots.export(view, &query, ExportFormat::Csv, std::io::sink())?;
        println!("{:8.1} s   export of {what}: {rows} rows", start.elapsed().as_secs_f64());
    }
    println!("peak {}", peak_memory());
    println!("slowest search {slowest_search:.0} ms, limit {SEARCH_LIMIT:.0} ms");
    ensure!(slowest_search <= SEARCH_LIMIT, "a search takes too long");
    Ok(())
}
