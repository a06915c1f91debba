//! Rows of usage find their people in a written package.

use crate::test_rows::{TENANT, TableRows, spill_of, tenant};
use crate::user_join::PeopleFacts;
use crate::{FileFormat, NoNames, PackageError, PackageWriter, WriterOptions, read_table};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use beacon_contract::dataset::table;

const CONCEALED: &str = "0123456789ABCDEF0123456789abcdef";
const USAGE: &[&str] = &["user_key", "application_id", "platform", "report", "period_days", "attributable"];

fn usage_of(users: &[(&str, &str)]) -> TableRows {
    let row = |(user, attributable): &(&str, &str)| {
        let cells = [*user, "exchange", "any", "mail", "180", *attributable];
        cells.iter().map(|cell| Some((*cell).to_owned())).collect()
    };
    TableRows { table: "usage", columns: USAGE, rows: users.iter().map(row).collect() }
}

fn people() -> TableRows {
    TableRows::new(
        "users",
        &["user_id", "user_principal_name", "mail", "alternate_addresses"],
        &[
            &["05e9a617-0261-4cee-bb44-138d3ef5d965", "anna@x", "Anna.Arendt@x", "shared@x old@x"],
            &["05e9a617-0261-4cee-bb44-138d3ef5d966", "BERT@x", "-", "shared@x anna@x"],
            &["no guid", "ÄÖ@x", "old@x", "-"],
        ],
    )
}

#[test]
fn the_best_rank_of_one_person_decides() {
    let root = tempfile::tempdir().unwrap();
    let rows = [
        ("ANNA@X", "true"),
        ("anna.arendt@x", "true"),
        ("bert@x", "true"),
        ("old@x", "true"),
        ("shared@x", "true"),
        ("äö@x", "true"),
        ("gone@x", "true"),
        ("bert@X", "false"),
        (CONCEALED, "true"),
    ];
    let (spilled, mut merge) = spill_of(root.path(), &[people(), usage_of(&rows)]);
    // As after a run: its folder is gone, its rows are not.
    drop(spilled);
    let options = WriterOptions { format: FileFormat::Csv, tenant_id: TENANT.into(), names: &NoNames };
    let mut writer = PackageWriter::create(&root.path().join("run-1"), options).unwrap();
    writer.join_users(1);
    writer.write_table(merge.table(table("users").unwrap()).unwrap()).unwrap();
    let written = writer.write_table(merge.table(table("usage").unwrap()).unwrap()).unwrap();
    assert_eq!(written.people, Some(PeopleFacts { matched: 5, unmatched: 1, ambiguous: 1, concealed: 2 }));
    let text = std::fs::read_to_string(root.path().join(".run-1.partial/usage.csv")).unwrap();
    let cell = |user: &str| {
        let line = text.lines().find(|line| line.split(',').nth(1) == Some(user)).unwrap();
        line.split(',').nth(6).unwrap().to_owned()
    };
    let anna = "05e9a617-0261-4cee-bb44-138d3ef5d965";
    assert_eq!(cell("ANNA@X"), anna, "the alternate address of somebody else counts less than the own name");
    assert_eq!(cell("anna.arendt@x"), anna);
    assert_eq!(cell("bert@x"), "05e9a617-0261-4cee-bb44-138d3ef5d966");
    assert_eq!(cell("old@x"), "no guid", "a mail address counts more than an alternate one");
    assert_eq!(cell("äö@x"), "no guid");
    for nobody in ["shared@x", "gone@x", "bert@X", CONCEALED] {
        assert_eq!(cell(nobody), "", "{nobody}");
    }
}

#[test]
fn people_come_before_what_is_about_them() {
    let root = tempfile::tempdir().unwrap();
    let (_spilled, mut merge) = spill_of(root.path(), &[usage_of(&[("a@x", "true")])]);
    let options = WriterOptions { format: FileFormat::Csv, tenant_id: TENANT.into(), names: &NoNames };
    let mut writer = PackageWriter::create(&root.path().join("run-1"), options).unwrap();
    writer.join_users(1);
    let early = writer.write_table(merge.table(table("usage").unwrap()).unwrap());
    assert!(matches!(early, Err(PackageError::Report { table, .. }) if table == "usage"));
}

#[test]
fn without_a_join_nobody_is_named() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run-1");
    let package = crate::test_rows::write(&folder, &tenant(), FileFormat::Parquet, 9, false);
    assert_eq!(package.manifest.beacon.tables["usage"].people, None);
    for batch in read_table(&folder, "usage").unwrap() {
        let batch = batch.unwrap();
        let ids = batch.column_by_name("user_id").unwrap().as_string::<i32>();
        assert_eq!(ids.null_count(), ids.len());
    }
}
