//! Finding the people behind the addresses of reports: what it costs to build the index and to look up, beside writing
//! the same tables without it.

use crate::made_up::{guid, peak_memory, per_user, spread};
use anyhow::{Context as _, Result, ensure};
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ChainId, ColumnBuilder, decode_columns, encode_columns};
use beacon_package::{
    DEFAULT_JOIN_MEMORY, DEFAULT_SPILL_MEMORY, FileFormat, Merge, NoNames, PackageWriter, Spill, WriterOptions,
    WrittenTable,
};
use std::path::Path;
use std::time::{Duration, Instant};

const BATCH: u64 = 1_000;

fn principal_name(number: u64) -> String {
    format!("firstname{number}.lastname{}@contoso.example", spread(number) % 5000)
}

fn fill(table: &TableSchema, number: u64, builders: &mut [ColumnBuilder]) {
    for (column, builder) in table.columns.iter().zip(builders) {
        match column.name {
            "user_id" if table.name == "users" => builder.text(Some(&guid(number))),
            "user_principal_name" => builder.text(Some(&principal_name(number))),
            "mail" => builder.text(Some(&format!("mail{number}@contoso.example"))),
            "alternate_addresses" => builder.list([format!("old{number}@contoso.example").as_str()]),
            // Reports write addresses as people do.
            "user_key" => builder.text(Some(&principal_name(number).to_uppercase())),
            "application_id" => builder.text(Some("exchange")),
            "platform" => builder.text(Some("any")),
            "report" => builder.text(Some("mail")),
            "period_days" => builder.integer(Some(180)),
            "attributable" => builder.boolean(Some(true)),
            _ => builder.null(),
        }
    }
}

fn spilled(folder: &Path, tables: [&'static TableSchema; 2], users: u64) -> Result<Merge> {
    let mut spill = Spill::create(folder, DEFAULT_SPILL_MEMORY, [7; 16])?;
    for table in tables {
        for start in (0..users).step_by(BATCH as usize) {
            let numbers = start..(start + BATCH).min(users);
            let rows = u32::try_from(numbers.end - numbers.start)?;
            let of = |column: &dataset::Column| ColumnBuilder::new(column.kind);
            let sent: Vec<_> = table.columns.iter().filter(|column| !column.by_host).collect();
            let mut builders: Vec<_> = table.columns.iter().map(of).collect();
            numbers.for_each(|number| fill(table, number, &mut builders));
            let own = table.columns.iter().zip(&builders).filter(|(column, _)| !column.by_host);
            let frame = encode_columns(own.map(|(_, builder)| builder));
            let columns: Vec<_> = sent.iter().copied().zip(decode_columns(&frame, rows, sent.len())?).collect();
            spill.push(table, &ChainId::new("all")?, 1, &columns, rows)?;
        }
    }
    Ok(spill.finish()?)
}

/// Three addresses and one row of usage for each of `users`.
pub(crate) fn people(users: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let table = |name| dataset::table(name).context("a table of the dataset");
    let tables = [table("users")?, table("usage")?];
    let write = |join: bool| -> Result<[(Duration, WrittenTable); 2]> {
        let mut merge = spilled(&folder.path().join("spill"), tables, users)?;
        let options = WriterOptions { format: FileFormat::Parquet, tenant_id: guid(1), names: &NoNames };
        let mut writer = PackageWriter::create(&folder.path().join("package"), options)?;
        if join {
            writer.join_users(DEFAULT_JOIN_MEMORY);
        }
        let mut one = |table| -> Result<(Duration, WrittenTable)> {
            let start = Instant::now();
            let written = writer.write_table(merge.table(table)?)?;
            Ok((start.elapsed(), written))
        };
        Ok([one(tables[0])?, one(tables[1])?])
    };
    let [plain_users, plain_usage] = write(false)?;
    let before = peak_memory();
    let [joined_users, joined_usage] = write(true)?;
    let people = joined_usage.1.people.context("the rows were joined")?;
    ensure!(people.matched == users, "everybody is found: {people:?}");
    let per_user = |time| per_user(time, users);
    println!(
        "{users} users with 3 addresses each, peak without the join {before}, with it {}\n\
         build  {:6.2} µs per user more ({:.2} instead of {:.2})\n\
         lookup {:6.2} µs per user more ({:.2} instead of {:.2})",
        peak_memory(),
        per_user(joined_users.0.saturating_sub(plain_users.0)),
        per_user(joined_users.0),
        per_user(plain_users.0),
        per_user(joined_usage.0.saturating_sub(plain_usage.0)),
        per_user(joined_usage.0),
        per_user(plain_usage.0),
    );
    Ok(())
}
