//! The small tables: applications, products, plans, subscriptions and groups.

use crate::build_people::PeopleCounts;
use crate::catalog::Catalog;
use crate::error::SnapshotError;
use crate::offer::{COMPANY, FREE, TRIAL, offer_of};
use crate::row_stream::RowStream;
use crate::use_code::{RULES, STATES, place_of, state_of};
use beacon_api::Totals;
use beacon_package::PackageFolder;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes all of them.
pub(crate) fn write_small(
    connection: &Connection,
    path: &Path,
    package: &PackageFolder,
    catalog: &Catalog,
    counts: &PeopleCounts,
) -> Result<Totals, SnapshotError> {
    let build = || SnapshotError::build(path);
    write_applications(connection, catalog, counts).map_err(build())?;
    let trials = write_subscriptions(connection, path, package)?;
    write_groups(connection, path, package)?;
    let mut totals = Totals {
        users: counts.users,
        enabled_users: counts.enabled_users,
        licensed_users: counts.licensed_users,
        applications: catalog.applications.len() as u64,
        ..Totals::default()
    };
    write_products(connection, catalog, &trials, &mut totals).map_err(build())?;
    Ok(totals)
}

fn write_applications(connection: &Connection, catalog: &Catalog, counts: &PeopleCounts) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO applications VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    let mut insert_count = connection.prepare_cached("INSERT INTO use_counts VALUES (?1, ?2, ?3, ?4)")?;
    for (number, (application, histogram)) in (0i64..).zip(catalog.applications.iter().zip(&counts.histogram)) {
        let unlisted = application.unlisted();
        insert.execute(params![
            number,
            application.id,
            application.name,
            place_of(unlisted),
            application.figures.map(|(oldest, _)| oldest),
            application.figures.map(|(_, newest)| newest),
            application.concealed as i64,
            application.unmatched as i64,
        ])?;
        for rule in 0..RULES.len() {
            let mut states = [0u64; STATES.len()];
            for (code, people) in (0u8..=u8::MAX).zip(histogram) {
                let place = state_of(code, rule, unlisted).map(place_of);
                if let Some(state) = place.and_then(|place| states.get_mut(usize::from(place))) {
                    *state += people;
                }
            }
            for (state, people) in (0i64..).zip(states).filter(|(_, people)| *people > 0) {
                insert_count.execute(params![number, rule as i64, state, people as i64])?;
            }
        }
    }
    Ok(())
}

fn write_products(
    connection: &Connection,
    catalog: &Catalog,
    trials: &BTreeMap<String, Vec<bool>>,
    totals: &mut Totals,
) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO products VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")?;
    let mut insert_plan = connection.prepare_cached("INSERT INTO plans VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (number, product) in (0i64..).zip(&catalog.products) {
        let offer = offer_of(product, trials.get(&product.sku_id).map_or(&[], Vec::as_slice));
        let [enabled, warning, suspended, locked_out] = product.units;
        insert.execute(params![
            number,
            product.sku_id,
            product.part_number,
            product.shown_name(),
            product.applies_to,
            product.status,
            enabled,
            warning,
            suspended,
            locked_out,
            product.consumed,
            product.people as i64,
            offer,
        ])?;
        totals.products += u64::from(offer != COMPANY);
        if ![COMPANY, FREE, TRIAL].contains(&offer) {
            totals.seats = totals.seats.saturating_add(enabled.saturating_add(warning));
            totals.assigned = totals.assigned.saturating_add(product.consumed.unwrap_or(0));
        }
        for plan in &product.plans {
            let applications: Vec<_> = plan.applications.iter().map(u16::to_string).collect();
            insert_plan.execute(params![number, plan.id, plan.name, plan.status, applications.join(" ")])?;
        }
    }
    Ok(())
}

/// For each product whether its subscriptions are trials.
fn write_subscriptions(
    connection: &Connection,
    path: &Path,
    package: &PackageFolder,
) -> Result<BTreeMap<String, Vec<bool>>, SnapshotError> {
    let columns = ["sku_id", "sku_part_number", "status", "is_trial", "total_licenses", "next_lifecycle_at"];
    let mut rows = RowStream::open(package, "subscriptions", &columns)?;
    let mut trials: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    while rows.advance()? {
        let is_trial = rows.boolean(3);
        if let Some(sku_id) = rows.text(0) {
            trials.entry(sku_id.to_owned()).or_default().push(is_trial == Some(true));
        }
        let values = params![rows.text(0), rows.text(1), rows.text(2), is_trial, rows.integer(4), rows.time(5)];
        connection
            .prepare_cached("INSERT INTO subscriptions VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .and_then(|mut insert| insert.execute(values))
            .map_err(SnapshotError::build(path))?;
    }
    Ok(trials)
}

fn write_groups(connection: &Connection, path: &Path, package: &PackageFolder) -> Result<(), SnapshotError> {
    let mut rows = RowStream::open(package, "groups", &["group_id", "display_name"])?;
    while rows.advance()? {
        connection
            .prepare_cached("INSERT OR IGNORE INTO groups VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute([rows.text(0), rows.text(1)]))
            .map_err(SnapshotError::build(path))?;
    }
    Ok(())
}
