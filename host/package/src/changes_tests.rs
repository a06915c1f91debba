//! Changes between written packages, against the simplest thing that could be right.

use crate::beacon_block::{BeaconBlock, PackageStatus};
use crate::changes::{ChangeCounts, Compared};
use crate::changes_table::ChangeKind;
use crate::test_rows::{E3, TENANT, TableRows, UNKNOWN_SKU, tenant, write, write_with};
use crate::{
    Change, FileFormat, FindingCode, FinishedPackage, MANIFEST_NAME, PackageError, diff, read_summary, read_table,
    render_summary, verify,
};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use beacon_contract::TableStatus;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Table, key, change and changed columns, joined with spaces.
type Told = (String, String, String, String);

fn told(package: &Path) -> Vec<Told> {
    let mut all = Vec::new();
    for batch in read_table(package, "changes").unwrap() {
        let batch = batch.unwrap();
        let text =
            |name: &str, row: usize| batch.column_by_name(name).unwrap().as_string::<i32>().value(row).to_owned();
        let columns = batch.column_by_name("changed_columns").unwrap().as_list::<i32>();
        for row in 0..batch.num_rows() {
            let list = columns.value(row);
            let list: Vec<_> = list.as_string::<i32>().iter().flatten().collect();
            assert_eq!(columns.is_valid(row), text("change", row) == "changed");
            all.push((text("table_name", row), text("row_key", row), text("change", row), list.join(" ")));
        }
    }
    all
}

fn told_of(list: &[(&str, &str, &str, &str)]) -> Vec<Told> {
    let own = |(table, key, change, columns): &(&str, &str, &str, &str)| {
        ((*table).to_owned(), (*key).to_owned(), (*change).to_owned(), (*columns).to_owned())
    };
    list.iter().map(own).collect()
}

fn after(
    folder: &Path,
    tables: &[TableRows],
    format: FileFormat,
    earlier: &Path,
    adjust: impl FnOnce(&mut BeaconBlock),
) -> FinishedPackage {
    write_with(folder, tables, format, (3, false), |writer, block| {
        writer.compare_with(earlier);
        adjust(block);
    })
}

fn of<'t>(tables: &'t mut [TableRows], name: &str) -> &'t mut TableRows {
    tables.iter_mut().find(|table| table.table == name).unwrap()
}

fn changed_tenant() -> Vec<TableRows> {
    let mut tables = tenant();
    // u4 leaves, u0 comes, u1 gets another name and account state; a licence goes, one moves to another source.
    let users = of(&mut tables, "users");
    users.rows.retain(|row| row[0].as_deref() != Some("u4"));
    users.rows.push(vec![Some("u0".into()), None, None, None, None, None]);
    let anna = users.rows.iter_mut().find(|row| row[0].as_deref() == Some("u1")).unwrap();
    (anna[1], anna[3]) = (Some("Anna".into()), Some("true".into()));
    let assignments = of(&mut tables, "assignments");
    assignments.rows.remove(0);
    assignments.rows[0][2] = Some("group;2".into());
    of(&mut tables, "products").rows[0][4] = Some("1".into());
    let usage = of(&mut tables, "usage");
    usage.rows[0][6] = Some("19001".into());
    tables
}

fn expected_changes() -> Vec<Told> {
    told_of(&[
        ("products", E3, "changed", "consumed_units"),
        ("users", "u0", "added", ""),
        ("users", "u1", "changed", "display_name account_enabled"),
        ("users", "u4", "removed", ""),
        ("assignments", &format!("u1;{E3};direct"), "removed", ""),
        ("assignments", &format!("u1;{E3};group-1"), "removed", ""),
        ("assignments", &format!("u1;{E3};group\\;2"), "added", ""),
    ])
}

#[test]
fn changes_are_told_by_table_key_and_column() {
    let root = tempfile::tempdir().unwrap();
    let old = root.path().join("run-0");
    let old_package = write(&old, &tenant(), FileFormat::Csv, 2, false);
    let plain = write(&root.path().join("plain"), &changed_tenant(), FileFormat::Csv, 2, false);
    for format in [FileFormat::Parquet, FileFormat::Csv, FileFormat::Both] {
        let new = root.path().join(format!("{format:?}"));
        let package = after(&new, &changed_tenant(), format, &old, |_| {});
        assert_eq!(package.package_id, plain.package_id, "changes are no part of the content");
        assert_eq!(told(&new), expected_changes(), "{format:?}");
        let block = package.manifest.beacon.changes.unwrap();
        assert_eq!((block.added, block.changed, block.removed), (2, 2, 3));
        assert_eq!((block.based_on, block.based_on_run), (old_package.package_id.clone(), "run-1".into()));
        assert_eq!(block.tables["users"], Compared::Compared);
        assert_eq!(block.tables["groups"], Compared::NotInThisPackage);
        assert_eq!(verify(&new).unwrap().findings, []);
        let shown = render_summary(&read_summary(&new).unwrap(), 80, false);
        assert!(shown.contains("2 added, 2 changed, 3 removed"), "{shown}");
    }
}

#[test]
fn a_table_that_is_not_complete_loses_and_wins_nobody() {
    let root = tempfile::tempdir().unwrap();
    let (whole, partial) = (root.path().join("whole"), root.path().join("partial"));
    let lower = |block: &mut BeaconBlock| {
        block.tables.get_mut("users").unwrap().status = TableStatus::Partial;
        block.status = PackageStatus::Partial;
    };
    write(&whole, &tenant(), FileFormat::Csv, 2, false);
    let now_partial = after(&partial, &changed_tenant(), FileFormat::Csv, &whole, lower);
    let block = now_partial.manifest.beacon.changes.unwrap();
    assert_eq!(block.tables["users"], Compared::WithoutRemoved);
    let of_users = |package: &Path| {
        let users = told(package).into_iter().filter(|(table, ..)| table == "users");
        users.map(|(_, key, change, _)| format!("{key} {change}")).collect::<Vec<_>>()
    };
    assert_eq!(of_users(&partial), ["u0 added", "u1 changed"]);
    // The other way round: who is new against an incomplete table may have been there all the time.
    let back = root.path().join("back");
    let block = after(&back, &tenant(), FileFormat::Csv, &partial, |_| {}).manifest.beacon.changes.unwrap();
    assert_eq!(block.tables["users"], Compared::OnlyChanged);
    assert_eq!(of_users(&back), ["u1 changed"]);
}

#[test]
fn tables_that_come_go_or_move_by_themselves_are_said_so() {
    let root = tempfile::tempdir().unwrap();
    let (old, new) = (root.path().join("run-0"), root.path().join("run-1"));
    let sign_ins = |time| TableRows::new("sign_ins", &["user_id", "last_successful_at"], &[&["u1", time]]);
    let groups = TableRows::new("groups", &["group_id"], &[&["g"]]);
    let mut before = tenant();
    before.push(sign_ins("1"));
    let mut now = tenant();
    now.retain(|table| table.table != "usage");
    now.extend([sign_ins("2"), groups]);
    write(&old, &before, FileFormat::Parquet, 2, false);
    let block = after(&new, &now, FileFormat::Parquet, &old, |_| {}).manifest.beacon.changes.unwrap();
    assert_eq!(block.tables["sign_ins"], Compared::MovesByItself);
    assert_eq!(block.tables["groups"], Compared::NotInEarlierPackage);
    assert_eq!(block.tables["usage"], Compared::NotInThisPackage);
    assert_eq!(told(&new), []);
    assert_eq!(verify(&new).unwrap().findings, [], "a file without rows is one");
}

#[test]
fn an_earlier_package_of_no_use_is_a_warning() {
    let root = tempfile::tempdir().unwrap();
    let old = root.path().join("run-0");
    let mut number = 0;
    let mut warned = |expected: &str| {
        number += 1;
        let new = root.path().join(format!("new-{number}"));
        let package = after(&new, &tenant(), FileFormat::Both, &old, |_| {});
        assert_eq!(package.manifest.beacon.changes, None);
        let warnings = package.manifest.beacon.warnings;
        let of_changes: Vec<_> = warnings.iter().filter(|warning| warning.code.starts_with("changes.")).collect();
        let [warning] = of_changes.as_slice() else { panic!("one warning about changes: {warnings:?}") };
        assert_eq!(warning.code, "changes.earlier_package_unusable");
        assert!(warning.text.contains(expected) && !warning.text.contains("run-0"), "{}", warning.text);
        assert_eq!(verify(&new).unwrap().findings, []);
    };
    warned("not there any more");
    write(&old, &tenant(), FileFormat::Csv, 2, false);
    let users = std::fs::read_to_string(old.join("users.csv")).unwrap();
    std::fs::write(old.join("users.csv"), users.replace("a@x", "c@x")).unwrap();
    warned("changed after it was written");
    std::fs::remove_file(old.join("users.csv")).unwrap();
    warned("cannot be read");
    let manifest = std::fs::read_to_string(old.join(MANIFEST_NAME)).unwrap();
    std::fs::write(old.join(MANIFEST_NAME), manifest.replace(TENANT, E3)).unwrap();
    warned("of another tenant");
    std::fs::write(old.join(MANIFEST_NAME), "{").unwrap();
    warned("damaged");
}

#[test]
fn rows_in_another_order_are_no_changes() {
    let root = tempfile::tempdir().unwrap();
    let (old, new) = (root.path().join("run-0"), root.path().join("run-1"));
    write(&old, &tenant(), FileFormat::Csv, 2, false);
    let path = old.join("usage.csv");
    let mut lines: Vec<_> =
        std::fs::read_to_string(&path).unwrap().split_inclusive("\r\n").map(str::to_owned).collect();
    lines[1..].reverse();
    std::fs::write(&path, lines.concat()).unwrap();
    crate::package_tests::cover_up(&old, "usage.csv");
    let package = after(&new, &tenant(), FileFormat::Csv, &old, |_| {});
    assert_eq!(package.manifest.beacon.changes, None);
    assert!(matches!(diff(&old, &new, 9), Err(PackageError::BadFile { .. })));
}

#[test]
fn damaged_changes_are_found() {
    let root = tempfile::tempdir().unwrap();
    let old = root.path().join("run-0");
    write(&old, &tenant(), FileFormat::Csv, 2, false);
    type Damage = fn(String) -> String;
    let cases: [(&str, Damage, FindingCode); 4] = [
        ("fewer rows", |text| text.split_inclusive("\r\n").take(4).collect(), FindingCode::RowsDiffer),
        ("another kind", |text| text.replacen(",added,", ",removed,", 1), FindingCode::RowsDiffer),
        ("an unknown kind", |text| text.replacen(",added,", ",renamed,", 1), FindingCode::TableMismatch),
        ("another key", |text| text.replacen(",u0,", ",u9,", 1), FindingCode::RowsHashDiffers),
    ];
    for (number, (what, damage, code)) in cases.into_iter().enumerate() {
        let new = root.path().join(format!("new-{number}"));
        after(&new, &changed_tenant(), FileFormat::Csv, &old, |_| {});
        let text = std::fs::read_to_string(new.join("changes.csv")).unwrap();
        std::fs::write(new.join("changes.csv"), damage(text)).unwrap();
        crate::package_tests::cover_up(&new, "changes.csv");
        let found: Vec<_> = verify(&new).unwrap().findings.into_iter().map(|finding| finding.code).collect();
        assert!(found.contains(&code), "{what}: {found:?}");
    }
}

#[test]
fn any_two_packages_can_be_compared() {
    let root = tempfile::tempdir().unwrap();
    let (old, new) = (root.path().join("old"), root.path().join("new"));
    write(&old, &tenant(), FileFormat::Parquet, 2, false);
    write(&new, &changed_tenant(), FileFormat::Csv, 2, false);
    let difference = diff(&old, &new, 2).unwrap();
    assert_eq!(difference.counts, ChangeCounts { added: 2, changed: 2, removed: 3 });
    assert_eq!(difference.tables["users"].columns, BTreeMap::from([("account_enabled", 1), ("display_name", 1)]));
    let first: Vec<_> = difference.changes.iter().map(|change| (change.row_key.as_str(), change.change)).collect();
    assert_eq!(first, [(E3, ChangeKind::Changed), ("u0", ChangeKind::Added)]);
    let same = diff(&old, &old, 9).unwrap();
    assert_eq!((same.counts.total(), same.changes), (0, Vec::<Change>::new()));
}

type Licences = BTreeMap<(String, String), bool>;

fn licences() -> impl Strategy<Value = Licences> {
    prop::collection::btree_map(("[ab\0;\\\\!é]{0,2}", "[ab;!]{0,2}"), any::<bool>(), 0..20)
}

fn assignments(licences: &Licences) -> Vec<TableRows> {
    let row = |((user, source), seat): (&(String, String), &bool)| {
        let cells = [user.as_str(), UNKNOWN_SKU, source.as_str(), if *seat { "true" } else { "false" }];
        cells.iter().map(|cell| Some((*cell).to_owned())).collect()
    };
    let columns = &["user_id", "sku_id", "source", "counts_seat"];
    vec![TableRows { table: "assignments", columns, rows: licences.iter().map(row).collect() }]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn comparing_equals_two_maps(before in licences(), now in licences(), csv: bool) {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (root.path().join("old"), root.path().join("new"));
        let format = if csv { FileFormat::Csv } else { FileFormat::Parquet };
        write(&old, &assignments(&before), format, 4, false);
        after(&new, &assignments(&now), format, &old, |_| {});
        let found = told(&new);
        let count = |change: &str| found.iter().filter(|(_, _, told, _)| told == change).count();
        prop_assert_eq!(count("added"), now.keys().filter(|key| !before.contains_key(*key)).count());
        prop_assert_eq!(count("removed"), before.keys().filter(|key| !now.contains_key(*key)).count());
        let changed = now.iter().filter(|(key, seat)| before.get(*key).is_some_and(|other| other != *seat)).count();
        prop_assert_eq!(count("changed"), changed);
        let mut keys: Vec<_> = found.iter().map(|(_, key, ..)| key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), found.len(), "no two rows have the same key as text");
        prop_assert_eq!(verify(&new).unwrap().findings, []);
    }
}
