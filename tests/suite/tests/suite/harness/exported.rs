//! What somebody exports from the page, compared with what the generator of the simulated tenant knows.

use super::rows::{Row, read_file};
use super::{Tenant, truth, use_truth};
use std::collections::BTreeMap;
use std::path::Path;

/// The rule of the page where nobody has chosen another one.
const DAYS: u16 = 90;

/// States that the generator knows of, as the page calls them.
const STATES: [(&str, &str); 4] =
    [("within", "used_within"), ("before", "used_before"), ("unclear", "used_unclear"), ("never", "never_used")];

fn text(row: &Row, column: &str) -> String {
    row[column].as_str().unwrap_or_else(|| panic!("no {column}: {row:?}")).to_owned()
}

/// Everybody, with every column that both know.
#[track_caller]
pub(crate) fn assert_users(tenant: &Tenant, file: &Path) {
    let by_name = |rows: Vec<Row>| -> BTreeMap<String, Row> {
        rows.into_iter().map(|row| (text(&row, "user_principal_name"), row)).collect()
    };
    let found = by_name(read_file(file));
    let expected = by_name(truth::table(tenant, "users").into_values().collect());
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let mut compared = 0;
    for (name, row) in &found {
        for (column, value) in row.iter().filter(|(column, _)| column.as_str() != "connection") {
            if let Some(known) = expected[name].get(column) {
                assert_eq!(value, known, "{column} of {name}");
                compared += 1;
            }
        }
    }
    assert!(compared > 10 * found.len(), "{compared} values of {} people are few", found.len());
}

/// Every product with its seats.
#[track_caller]
pub(crate) fn assert_licences(tenant: &Tenant, file: &Path) {
    let seats = ["consumed", "enabled", "warning", "suspended", "locked_out"];
    let of = |row: &Row, suffix: &str| seats.map(|name| row[&format!("{name}{suffix}")].clone());
    let found: BTreeMap<_, _> = read_file(file).iter().map(|row| (text(row, "part_number"), of(row, ""))).collect();
    let expected: BTreeMap<_, _> = truth::table(tenant, "products")
        .values()
        .map(|row| (text(row, "sku_part_number"), of(row, "_units")))
        .collect();
    assert_eq!(found, expected);
}

/// Names of applications by their ids, from the package.
fn names(package: &Path) -> BTreeMap<String, String> {
    let rows = read_file(&package.join("applications.parquet"));
    rows.iter().map(|row| (text(row, "application_id"), text(row, "application_name"))).collect()
}

/// How many people are in which state, by application.
#[track_caller]
pub(crate) fn assert_applications(tenant: &Tenant, package: &Path, file: &Path) {
    let names = names(package);
    let mut expected: BTreeMap<(String, &str), i64> = BTreeMap::new();
    for ((application, _), known) in use_truth::known(tenant) {
        *expected.entry((names[&application].clone(), known.state(DAYS))).or_default() += 1;
    }
    let known: Vec<_> = expected.keys().map(|(name, _)| name.clone()).collect();
    let rows = read_file(file);
    let mut compared = 0;
    for row in rows.iter().filter(|row| known.contains(&text(row, "application_name"))) {
        for (state, column) in STATES {
            let expected = expected.remove(&(text(row, "application_name"), state)).unwrap_or_default();
            assert_eq!(row[column], expected, "{column} of {}", row["application_name"]);
            compared += 1;
        }
    }
    assert!(compared > 0 && expected.is_empty(), "not in the file: {expected:?}");
}

/// The state of each person and application.
#[track_caller]
pub(crate) fn assert_usage(tenant: &Tenant, package: &Path, file: &Path) {
    let names = names(package);
    let people: BTreeMap<_, _> = truth::table(tenant, "users")
        .values()
        .map(|row| (text(row, "user_id"), text(row, "user_principal_name")))
        .collect();
    let word = |state: &str| STATES.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| *word);
    let expected: BTreeMap<_, _> = use_truth::known(tenant)
        .into_iter()
        .map(|((application, user), known)| {
            ((names[&application].clone(), people[&user].clone()), word(known.state(DAYS)).to_owned())
        })
        .collect();
    let sum = names.get("microsoft_365_apps").cloned().unwrap_or_default();
    let found: BTreeMap<_, _> = read_file(file)
        .iter()
        // The sum over the programs, which the generator has no fact of, and what no report tells about.
        .filter(|row| text(row, "application_name") != sum)
        .filter(|row| STATES.iter().any(|(_, word)| row["state"] == *word))
        .map(|row| ((text(row, "application_name"), text(row, "user_principal_name")), text(row, "state")))
        .collect();
    assert_eq!(found, expected);
}
