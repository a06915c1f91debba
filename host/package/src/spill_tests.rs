//! Spill and merge against the simplest thing that could be right.

use crate::merge::{ChainFacts, MergeFacts};
use crate::row::Rows;
use crate::test_rows::{Group, columns_of, groups, usage};
use crate::{Merge, PackageError, Spill, fingerprint};
use beacon_contract::dataset::table;
use beacon_contract::{ChainId, ColumnBuilder, ColumnType, decode_columns, encode_columns};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

const SEED: [u8; 16] = *b"0123456789abcdef";

fn chain(name: &str) -> ChainId {
    ChainId::new(name).unwrap()
}

fn spill(folder: &Path, memory: usize) -> Spill {
    Spill::create(folder, memory, SEED).unwrap()
}

fn merged(merge: &mut Merge) -> (Vec<Vec<u8>>, MergeFacts) {
    let mut merged = merge.table(groups()).unwrap();
    let (mut all, mut rows) = (Vec::new(), Rows::default());
    loop {
        merged.next_rows(&mut rows, 3).unwrap();
        if rows.len() == 0 {
            return (all, merged.facts());
        }
        assert!(rows.len() <= 3);
        all.extend(rows.iter().map(<[u8]>::to_vec));
    }
}

fn encoded(group: &Group) -> Vec<u8> {
    let mut row = Vec::new();
    crate::row::put_text(&mut row, group.0.as_bytes());
    match &group.1 {
        Some(name) => crate::row::put_text(&mut row, name.as_bytes()),
        None => crate::row::put_null(&mut row),
    }
    row
}

#[derive(Clone, Debug)]
enum Step {
    Push { chain: usize, sequence: u64, rows: Vec<Group> },
    Reset { chain: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let row = ("[ab\0é]{0,2}", prop::option::of("[xyz]{0,40}"));
    let push = (0..3usize, 0..6u64, prop::collection::vec(row, 0..12)).prop_map(|(chain, sequence, rows)| Step::Push {
        chain,
        sequence,
        rows,
    });
    prop::collection::vec(prop_oneof![6 => push, 1 => (0..3usize).prop_map(|chain| Step::Reset { chain })], 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_equals_a_map(steps in steps(), memory in prop_oneof![Just(0usize), Just(2_000), Just(1 << 20)]) {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = spill(folder.path(), memory);
        let chains = ["all", "range-1", "range-2"].map(chain);
        let mut model: Vec<(usize, u64, Group)> = Vec::new();
        for step in &steps {
            match step {
                Step::Push { chain, sequence, rows } => {
                    let frame = columns_of(rows);
                    let count = rows.len() as u32;
                    let views = decode_columns(&frame, count, 2).unwrap();
                    let columns: Vec<_> = groups().columns.iter().zip(views).collect();
                    spill.push(groups(), &chains[*chain], *sequence, &columns, count).unwrap();
                    model.extend(rows.iter().map(|row| (*chain, *sequence, row.clone())));
                }
                Step::Reset { chain } => {
                    spill.reset_chain(groups(), &chains[*chain]);
                    model.retain(|(of, ..)| of != chain);
                }
            }
        }
        let mut by_key: BTreeMap<&str, (u64, &Group)> = BTreeMap::new();
        for (_, sequence, row) in &model {
            let kept = by_key.entry(&row.0).or_insert((*sequence, row));
            if *sequence >= kept.0 {
                *kept = (*sequence, row);
            }
        }
        let sum = |keys: &mut dyn Iterator<Item = &str>| keys.fold(0u128, |sum, key| sum.wrapping_add(fingerprint(&SEED, key)));
        let mut merge = spill.finish().unwrap();
        let facts: BTreeMap<_, _> = merge.chains(groups()).map(|(chain, facts)| (chain.clone(), facts)).collect();
        for (index, chain) in chains.iter().enumerate() {
            let rows: Vec<_> = model.iter().filter(|(of, ..)| *of == index).collect();
            let expected = ChainFacts {
                rows: rows.len() as u64,
                key_fingerprint: sum(&mut rows.iter().map(|(.., row)| row.0.as_str())),
            };
            prop_assert_eq!(facts.get(chain).copied().unwrap_or_default(), expected);
        }
        let (rows, facts) = merged(&mut merge);
        prop_assert_eq!(rows, by_key.values().map(|(_, row)| encoded(row)).collect::<Vec<_>>());
        prop_assert_eq!(facts, MergeFacts {
            rows: by_key.len() as u64,
            duplicates: (model.len() - by_key.len()) as u64,
            key_fingerprint: sum(&mut by_key.keys().copied()),
        });
    }
}

#[test]
fn many_runs_are_merged_before_they_become_too_many_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut spill = spill(folder.path(), 0);
    let rows: Vec<Group> = (0..200).map(|number| (format!("g{:03}", number * 7 % 200), None)).collect();
    let reset = chain("reset");
    let facts = [(&reset, "old"), (&chain("all"), "new")].map(|(chain, name)| {
        let named: Vec<Group> = rows.iter().map(|(id, _)| (id.clone(), Some(name.to_owned()))).collect();
        let frame = columns_of(&named);
        let views = decode_columns(&frame, 200, 2).unwrap();
        let columns: Vec<_> = groups().columns.iter().zip(views).collect();
        // The chain that is reset afterwards has the higher sequence: its rows must not win before they vanish.
        spill.push(groups(), chain, if name == "old" { 9 } else { 1 }, &columns, 200).unwrap()
    });
    assert_eq!(facts.map(|facts| (facts.rows, facts.chain.rows)), [(200, 200); 2]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "runs have no names that could stay behind");
    spill.reset_chain(groups(), &reset);
    let mut merge = spill.finish().unwrap();
    let (rows, facts) = merged(&mut merge);
    assert_eq!((facts.rows, facts.duplicates), (200, 0));
    assert_eq!(rows[199], encoded(&("g199".into(), Some("new".into()))));
    let (again, _) = merged(&mut merge);
    assert!(again.is_empty(), "a table is given once");
}

#[test]
fn what_does_not_fit_its_table_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut spill = spill(folder.path(), 1 << 20);
    let (id, name) = (&groups().columns[0], &groups().columns[1]);
    let mut text = ColumnBuilder::new(ColumnType::Text);
    text.text(Some("a"));
    text.text(None);
    let frame = encode_columns([&text]);
    let view = decode_columns(&frame, 2, 1).unwrap()[0];
    let all = chain("all");
    let mut message = |columns: &[_], rows| spill.push(groups(), &all, 1, columns, rows).unwrap_err().to_string();
    assert_eq!(message(&[(id, view)], 2), "table groups needs a value in column group_id, row 1 of the batch has none");
    assert_eq!(
        message(&[(name, view)], 2),
        "table groups needs a value in column group_id, row 0 of the batch has none"
    );
    let twice = "a batch of table groups has a column display_name that does not belong there: it came twice";
    assert_eq!(message(&[(name, view), (name, view)], 2), twice);

    let usage_column = |name| usage().column(name).unwrap();
    let host = spill.push(usage(), &all, 1, &[(usage_column("user_id"), view)], 2).unwrap_err();
    assert!(matches!(host, PackageError::BadColumn { column, .. } if column == "user_id"));
    let foreign = spill.push(usage(), &all, 1, &[(id, view)], 2).unwrap_err();
    assert!(matches!(foreign, PackageError::BadColumn { column, .. } if column == "group_id"));
    let other_type = spill.push(usage(), &all, 1, &[(usage_column("period_days"), view)], 2).unwrap_err();
    assert!(matches!(other_type, PackageError::BadColumn { why: "its type is another one", .. }));

    let users = table("users").unwrap();
    let mut ids = ColumnBuilder::new(ColumnType::Text);
    let mut times = ColumnBuilder::new(ColumnType::Timestamp);
    let mut maps = ColumnBuilder::new(ColumnType::TextMap);
    ids.text(Some("u"));
    times.integer(Some(i64::MAX));
    maps.map([("b", ""), ("a", "")]);
    let frame = encode_columns([&ids, &times, &maps]);
    let views = decode_columns(&frame, 1, 3).unwrap();
    for (column, view) in [("created_at", views[1]), ("extension_attributes", views[2])] {
        let columns = [(&users.columns[0], views[0]), (users.column(column).unwrap(), view)];
        let error = spill.push(users, &all, 1, &columns, 1).unwrap_err();
        assert!(matches!(error, PackageError::BadValue { column: found, row: 0, .. } if found == column), "{error}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = Spill::create(&file.join("spill"), 1, SEED).unwrap_err();
    assert!(matches!(&error, PackageError::Storage { path, .. } if path.ends_with("spill")), "{error}");
    assert!(!error.is_disk_full());
    let full = PackageError::storage("write", &file)(std::io::ErrorKind::StorageFull.into());
    assert!(full.is_disk_full());
}
