//! How long rows take from columns to a package: `cargo run --release -p beacon-package --example measure-package --
//! [USERS] [FOLDER]`. Prints microseconds per user, 2.5 assignments each, and the peak of memory.

use anyhow::{Context, Result};
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ChainId, ColumnBuilder, ColumnType, ModuleId, TableStatus, decode_columns, encode_columns};
use beacon_package::{
    BeaconBlock, DEFAULT_SPILL_MEMORY, FileFormat, ModuleIdentity, NoNames, PackageStatus, PackageWriter,
    RequestTotals, Spill, TableReport, WriterOptions, diff, verify,
};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Users of one page, as Graph gives them.
const PAGE: u64 = 999;

const SKUS: [&str; 4] = [
    "05e9a617-0261-4cee-bb44-138d3ef5d965",
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "f30db892-07e9-47e9-837c-80727f46fd3d",
    "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235",
];

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

fn user_text(column: &str, number: u64, id: &str) -> Option<String> {
    let pick = |count: u64| spread(number) % count;
    Some(match column {
        "user_id" => id.to_owned(),
        "user_principal_name" | "mail" => format!("firstname{number}.lastname{}@contoso.example", pick(5000)),
        "display_name" => format!("Firstname{} Lastname{number}", pick(3000)),
        "given_name" => format!("Firstname{}", pick(3000)),
        "surname" => format!("Lastname{number}"),
        "user_type" => "Member".to_owned(),
        "department" => format!("Department {}", pick(120)),
        "company_name" => format!("Contoso {}", pick(6)),
        "cost_center" => format!("CC{:05}", pick(400)),
        "division" => format!("Division {}", pick(12)),
        "manager_id" => guid(number / 9),
        "job_title" => format!("Job title number {}", pick(300)),
        "office_location" => format!("Building {}/{}", pick(40), pick(30)),
        "country" => "Germany".to_owned(),
        "usage_location" => "DE".to_owned(),
        "employee_id" => format!("E{number:07}"),
        "employee_type" => "Employee".to_owned(),
        "on_premises_sam_account_name" => format!("user{number}"),
        "on_premises_domain_name" => "corp.contoso.example".to_owned(),
        _ => return None,
    })
}

fn users_page(table: &TableSchema, numbers: std::ops::Range<u64>) -> Vec<u8> {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    for number in numbers {
        let id = guid(number);
        for (column, builder) in table.columns.iter().zip(&mut builders) {
            match column.kind {
                ColumnType::Text => builder.text(user_text(column.name, number, &id).as_deref()),
                ColumnType::Boolean => builder.boolean(Some(number % 7 != 0)),
                ColumnType::Timestamp => builder.integer(Some(1_500_000_000_000_000 + (number as i64) * 1_000_000)),
                ColumnType::TextList => builder.list([format!("SMTP:user{number}@contoso.example").as_str()]),
                ColumnType::TextMap => {
                    builder.map([("extensionAttribute1", "value one"), ("extensionAttribute7", "x")])
                }
                _ => builder.null(),
            }
        }
    }
    encode_columns(&builders)
}

fn assignments_page(table: &TableSchema, numbers: std::ops::Range<u64>) -> (Vec<u8>, u32) {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    let mut rows = 0;
    for number in numbers {
        let id = guid(number);
        for sku in SKUS.iter().take(2 + (number % 2) as usize) {
            rows += 1;
            for (column, builder) in table.columns.iter().zip(&mut builders) {
                match column.name {
                    "user_id" => builder.text(Some(&id)),
                    "sku_id" => builder.text(Some(sku)),
                    "source" => builder.text(Some("direct")),
                    "counts_seat" => builder.boolean(Some(true)),
                    "state" => builder.text(Some("Active")),
                    "disabled_plans" => builder.list(["113feb6c-3fe4-4440-bddc-54d774bf0318"]),
                    "last_updated_at" => builder.integer(Some(1_600_000_000_000_000 + (number as i64) * 1_000_000)),
                    _ => builder.null(),
                }
            }
        }
    }
    (encode_columns(&builders), rows)
}

fn push(spill: &mut Spill, table: &'static TableSchema, frame: &[u8], rows: u32) -> Result<()> {
    let views = decode_columns(frame, rows, table.columns.len())?;
    let columns: Vec<_> = table.columns.iter().zip(views).collect();
    spill.push(table, &ChainId::new("all")?, 1, &columns, rows)?;
    Ok(())
}

/// Time on the processor where the system tells it (Linux), else time that went by since the start.
fn spent(start: Instant) -> Duration {
    let own = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = own.split(' ').next().and_then(|spent| spent.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
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
    let folder = folder.join(format!("measure-package-{}", std::process::id()));
    let table = |name| dataset::table(name).context("a table of the dataset");
    let (user_table, assignment_table) = (table("users")?, table("assignments")?);

    let clock = Instant::now();
    let mut spill = Spill::create(&folder.join("spill"), DEFAULT_SPILL_MEMORY, [7; 16])?;
    let mut pushing = Duration::ZERO;
    let mut wire = 0;
    for page in 0..users.div_ceil(PAGE) {
        let numbers = page * PAGE..((page + 1) * PAGE).min(users);
        let frame = users_page(user_table, numbers.clone());
        let (assignments, rows) = assignments_page(assignment_table, numbers.clone());
        wire += frame.len();
        let start = spent(clock);
        push(&mut spill, user_table, &frame, (numbers.end - numbers.start) as u32)?;
        push(&mut spill, assignment_table, &assignments, rows)?;
        pushing += spent(clock) - start;
    }
    let after_push = peak_memory();
    let start = spent(clock);
    let mut merge = spill.finish()?;
    let options = WriterOptions { format: FileFormat::Parquet, tenant_id: guid(1), names: &NoNames };
    let mut writer = PackageWriter::create(&folder.join("package"), options)?;
    let mut block = BeaconBlock {
        format_version: String::new(),
        dataset_version: String::new(),
        run_id: "measure".into(),
        connection: "measure".into(),
        task_name: "measure".into(),
        tenant_id: guid(1),
        tenant_name: None,
        cloud: None,
        module: ModuleIdentity {
            id: ModuleId::new("measure")?,
            version: "0.0.0".into(),
            sha256: String::new(),
            signing_key_id: None,
            trusted: false,
        },
        host_version: "0.0.0".into(),
        mode: "full".into(),
        based_on: None,
        started_at: String::new(),
        finished_at: String::new(),
        status: PackageStatus::Complete,
        tables: std::collections::BTreeMap::new(),
        granted_scopes: Vec::new(),
        warnings: Vec::new(),
        names: None,
        address_check: None,
        usage_files: Vec::new(),
        changes: None,
        requests: RequestTotals::default(),
        package_id: String::new(),
    };
    for table in [user_table, assignment_table] {
        writer.write_table(merge.table(table)?)?;
        block.tables.insert(table.name.into(), TableReport::new(TableStatus::Complete, true));
    }
    let package = writer.finish(block)?;
    let writing = spent(clock) - start;
    let after_write = peak_memory();
    let start = spent(clock);
    let report = verify(&package.folder)?;
    let verifying = spent(clock) - start;
    let start = spent(clock);
    let difference = diff(&package.folder, &package.folder, 0)?;
    let comparing = spent(clock) - start;
    let bytes: u64 = package.manifest.resources.iter().map(|resource| resource.bytes).sum();
    let per_user = |time: Duration| time.as_secs_f64() * 1e6 / users as f64;
    let text = format!(
        "{users} users, {} bytes each in columns, {} in files\n\
         push   {:6.2} µs per user, peak {after_push}\n\
         write  {:6.2} µs per user, peak {after_write}\n\
         verify {:6.2} µs per user, peak {}, sound: {}\n\
         diff   {:6.2} µs per user with itself, {} differences\n",
        wire as u64 / users.max(1),
        bytes / users.max(1),
        per_user(pushing),
        per_user(writing),
        per_user(verifying),
        peak_memory(),
        report.is_sound(),
        per_user(comparing),
        difference.counts.total(),
    );
    std::fs::remove_dir_all(&folder).context("cannot remove the measured package")?;
    std::io::stdout().write_all(text.as_bytes()).context("cannot write")
}
