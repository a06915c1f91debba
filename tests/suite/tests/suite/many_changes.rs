//! Two imports around many random changes of the directory: what a package tells of them is what the simulator tells.
//!
//! `BEACON_CHANGES` (1,000), `BEACON_CHANGES_USERS` (5,000) and `BEACON_CHANGES_SEED` (1) say how many of what.

use crate::harness::numbers::number;
use crate::harness::scene::Import;
use crate::harness::{Scene, rows, truth};
use beacon_simulator::{Difference, GroundTruth};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Tables of the directory, whose changes the simulator lists.
const DIRECTORY: [&str; 4] = ["assignments", "groups", "products", "users"];

/// Tables from reports. Those are of two days ago, so that only the people behind their rows come and go.
const REPORTED: [&str; 3] = ["activations", "storage", "usage"];

/// Table, key, change, columns.
type Told = (String, String, String, BTreeSet<String>);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn of_simulator(difference: &Difference) -> Told {
    let columns = difference.columns.iter().map(|column| (*column).to_owned()).collect();
    (difference.table.to_owned(), difference.key.clone(), difference.kind.as_str().to_owned(), columns)
}

/// What is different between the truths of two moments about a table from reports.
fn of_reports(scene: &Scene, before: &GroundTruth, after: &GroundTruth, table: &str) -> Vec<Told> {
    let [before, after] = [before, after].map(|truth| truth::rows_by(truth, &scene.tenant, table));
    assert!(before.keys().eq(after.keys()), "the reports of {table} are other ones");
    let told = |(key, row): (&Vec<String>, &rows::Row)| {
        let differs = |(column, value): &(&String, &Value)| after[key].get(*column) != Some(*value);
        let columns: BTreeSet<String> = row.iter().filter(differs).map(|(column, _)| column.clone()).collect();
        (!columns.is_empty()).then(|| (table.to_owned(), key.join(";"), "changed".to_owned(), columns))
    };
    before.iter().filter_map(told).collect()
}

/// The sum over all programs has no fact of its own.
fn has_fact(told: &Told) -> bool {
    told.0 != "usage" || !told.1.contains(";microsoft_365_apps;")
}

fn of_package(import: &Import) -> Vec<Told> {
    let rows = rows::read_file(&import.folder.join("changes.parquet"));
    let told = |row: &rows::Row| {
        let columns = row["changed_columns"].as_array().into_iter().flatten().map(text).collect();
        (text(&row["table_name"]), text(&row["row_key"]), text(&row["change"]), columns)
    };
    rows.iter().map(told).filter(has_fact).collect()
}

/// What `package diff` tells: every difference, and how many there are in each table.
fn of_diff(scene: &Scene, before: &Import, after: &Import) -> (Vec<Told>, Value) {
    let [before, after] = [before, after].map(|import| import.folder.display().to_string());
    let report = scene.beacon(&["--json", "package", "diff", &before, &after, "--limit", "1000000"]).exits(9).json();
    let told = |change: &Value| {
        let columns = change["columns"].as_array().into_iter().flatten().map(text).collect();
        (text(&change["table"]), text(&change["row_key"]), text(&change["change"]), columns)
    };
    (
        report["changes"].as_array().expect("changes").iter().map(told).filter(has_fact).collect(),
        report["tables"].clone(),
    )
}

/// Shows the first difference instead of two long lists.
#[track_caller]
fn assert_same(what: &str, told: Vec<Told>, expected: &BTreeSet<Told>) {
    let count = told.len();
    let told: BTreeSet<Told> = told.into_iter().collect();
    assert_eq!(told.len(), count, "{what} tells something twice");
    assert_eq!(told.difference(expected).next(), None, "{what} tells what did not happen");
    assert_eq!(expected.difference(&told).next(), None, "{what} does not tell what happened");
}

#[test]
fn changes_equal_the_list_of_the_simulator() {
    let (count, users) = (number("BEACON_CHANGES", 1_000), number("BEACON_CHANGES_USERS", 5_000));
    let (count, seed) = (usize::try_from(count).expect("not so many"), number("BEACON_CHANGES_SEED", 1));
    let scene = Scene::of(users, seed);
    scene.add_own_app("Contoso");
    // Who was deleted, disabled or moved before the first import can come back before the second.
    scene.tenant.change_randomly(seed, count / 2);
    let first = scene.import("Contoso");
    let before = scene.tenant.truth().kept();
    let made = scene.tenant.change_randomly(seed + 1, count);
    assert_eq!(made.len(), count);
    let second = scene.import("Contoso");
    truth::assert_tables(&scene.tenant, &second.folder, &truth::TABLES);

    let after = scene.tenant.truth();
    let differences = after.changes_since(&before);
    let mut expected: BTreeSet<Told> = differences.iter().map(of_simulator).collect();
    expected.extend(REPORTED.iter().flat_map(|table| of_reports(&scene, &before, &after, table)));
    assert!(expected.len() > count / 2, "{count} changes made {} differences", expected.len());
    assert_same("`changes`", of_package(&second), &expected);
    let (told, counts) = of_diff(&scene, &first, &second);
    assert_same("`package diff`", told, &expected);

    let mut totals: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for difference in &differences {
        *totals.entry((difference.table, difference.kind.as_str())).or_default() += 1;
    }
    let block = second.block();
    for table in DIRECTORY {
        let total = |kind| totals.get(&(table, kind)).copied().unwrap_or_default();
        let expected = json!({"added": total("added"), "changed": total("changed"), "removed": total("removed")});
        assert_eq!(counts[table]["counts"], expected, "{table}");
        assert_eq!(block["changes"]["tables"][table], "compared");
    }
    scene.beacon(&["package", "verify", &second.folder.display().to_string()]).exits(0);
    println!("{count} changes of {users} users, {} differences: {totals:?}", expected.len());
}
