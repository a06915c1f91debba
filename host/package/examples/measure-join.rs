//! How long finding people takes: `cargo run --release -p beacon-package --example measure-join -- [USERS] [FOLDER]`.
//! Writes users with three addresses each and one usage row for each of them, without and with the join, and prints the
//! difference in microseconds per user and the peak of memory.

use anyhow::{Context, Result, ensure};
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ChainId, ColumnBuilder, decode_columns, encode_columns};
use beacon_package::{
    DEFAULT_JOIN_MEMORY, DEFAULT_SPILL_MEMORY, FileFormat, Merge, NoNames, PackageWriter, Spill, WriterOptions,
    WrittenTable,
};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BATCH: u64 = 1_000;

/// Spreads a number over 64 bits (SplitMix64), so that ids come in no order.
fn spread(number: u64) -> u64 {
    let mut value = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn guid(number: u64) -> String {
    let (high, low) = (spread(number), spread(number ^ 0xffff_0000_ffff));
    let groups = (high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffff_ffff_ffff);
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", groups.0, groups.1, groups.2, groups.3, groups.4)
}

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

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let users: u64 = arguments.next().unwrap_or_else(|| "200000".into()).parse().context("USERS is a number")?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("measure-join-{}", std::process::id()));
    let table = |name| dataset::table(name).context("a table of the dataset");
    let tables = [table("users")?, table("usage")?];
    let write = |join: bool| -> Result<[(Duration, WrittenTable); 2]> {
        let mut merge = spilled(&folder.join("spill"), tables, users)?;
        let options = WriterOptions { format: FileFormat::Parquet, tenant_id: guid(1), names: &NoNames };
        let mut writer = PackageWriter::create(&folder.join("package"), options)?;
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
    let per_user = |time: Duration| time.as_secs_f64() * 1e6 / users as f64;
    let text = format!(
        "{users} users with 3 addresses each, peak without the join {before}, with it {}\n\
         build  {:6.2} µs per user more ({:.2} instead of {:.2})\n\
         lookup {:6.2} µs per user more ({:.2} instead of {:.2})\n",
        peak_memory(),
        per_user(joined_users.0.saturating_sub(plain_users.0)),
        per_user(joined_users.0),
        per_user(plain_users.0),
        per_user(joined_usage.0.saturating_sub(plain_usage.0)),
        per_user(joined_usage.0),
        per_user(plain_usage.0),
    );
    std::fs::remove_dir_all(&folder).context("cannot remove what was written")?;
    std::io::stdout().write_all(text.as_bytes()).context("cannot write")
}
