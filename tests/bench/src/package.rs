//! Rows from columns to a package, and a package checked and compared: microseconds per user, and the peak of memory.

use crate::made_up::{block, guid, peak_memory, per_user};
use crate::made_up_rows::{assignments_page, users_page};
use anyhow::{Context as _, Result};
use beacon_contract::dataset::{self, TableSchema};
use beacon_contract::{ChainId, TableStatus, decode_columns};
use beacon_package::{
    DEFAULT_SPILL_MEMORY, FileFormat, NoNames, PackageWriter, Spill, TableReport, WriterOptions, diff, verify,
};
use std::time::{Duration, Instant};

/// Users of one page, as Graph gives them.
const PAGE: u64 = 999;

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

/// 2.5 assignments for each of `users`.
pub(crate) fn package(users: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let table = |name| dataset::table(name).context("a table of the dataset");
    let (user_table, assignment_table) = (table("users")?, table("assignments")?);

    let clock = Instant::now();
    let mut spill = Spill::create(&folder.path().join("spill"), DEFAULT_SPILL_MEMORY, [7; 16])?;
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
    let mut writer = PackageWriter::create(&folder.path().join("package"), options)?;
    let mut block = block()?;
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
    println!(
        "{users} users, {} bytes each in columns, {} in files\n\
         push   {:6.2} µs per user, peak {after_push}\n\
         write  {:6.2} µs per user, peak {after_write}\n\
         verify {:6.2} µs per user, peak {}, sound: {}\n\
         diff   {:6.2} µs per user with itself, {} differences",
        wire as u64 / users.max(1),
        bytes / users.max(1),
        per_user(pushing, users),
        per_user(writing, users),
        per_user(verifying, users),
        peak_memory(),
        report.is_sound(),
        per_user(comparing, users),
        difference.counts.total(),
    );
    Ok(())
}
