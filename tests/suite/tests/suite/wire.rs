//! The wire: what `docs/wire.md` tells and its vectors show is what the reader and the writer of this project do.

mod columns;
mod document;
mod fields;
mod meaning;
mod vector;

use document::{check_named, rows, wire_md};
use meaning::{meaning, rewritten};
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use vector::{Direction, vectors};
use vector::{Expected, Vector, read_all};

const KINDS: [(Direction, &str); 2] = [(Direction::Events, "event"), (Direction::Wishes, "wish")];

/// Every error that a vector may ask for. `meaning.rs` names each variant, so that a new one cannot be forgotten there.
const ERRORS: [&str; 20] = [
    "columns.cut",
    "columns.layout",
    "columns.length",
    "columns.offsets",
    "columns.rest",
    "columns.utf8",
    "event.chunk",
    "event.header",
    "event.limit",
    "event.unknown",
    "frame.cut_header",
    "frame.cut_payload",
    "frame.reserved",
    "manifest.contract",
    "manifest.inconsistent",
    "manifest.json",
    "wish.header",
    "wish.limit",
    "wish.payload",
    "wish.unknown",
];

/// The number of each frame kind in the valid vectors of one direction.
fn kinds_shown(direction: Direction) -> BTreeSet<u8> {
    let valid = vectors(direction).into_iter().filter(|vector| matches!(vector.expected, Expected::Meaning { .. }));
    valid.flat_map(|vector| vector.frames()).map(|frame| frame.0).collect()
}

/// The kinds that the reader knows: it takes a critical frame of any other for a reason to refuse the message.
fn kinds_known(direction: Direction) -> BTreeSet<u8> {
    let known = |kind: &u8| {
        let message = [*kind, 1, 0, 0, 0, 0, 0, 0];
        !matches!(meaning(direction, &message), Err(code) if code == "event.unknown" || code == "wish.unknown")
    };
    (0..=u8::MAX).filter(known).collect()
}

/// The name of each kind that has a header, by its number, from the vectors that show one alone.
fn names_shown(direction: Direction, member: &str) -> BTreeMap<u8, String> {
    let mut names = BTreeMap::new();
    for vector in vectors(direction) {
        if let (Expected::Meaning { entries, .. }, [(kind, _), ..]) = (&vector.expected, vector.frames().as_slice())
            && let [entry] = entries.as_slice()
        {
            let name = entry[member].as_str().unwrap_or_else(|| panic!("{}: no {member}", vector.name));
            let known = names.entry(*kind).or_insert_with(|| name.to_owned());
            // A skipped frame may come first; its kind is none that the reader knows.
            assert!(known == name || !kinds_known(direction).contains(kind), "{}: kind {kind}", vector.name);
        }
    }
    names
}

#[test]
fn every_vector_is_read_as_it_tells() {
    for vector in read_all() {
        let Vector { name, direction, message, expected } = vector;
        let found = meaning(direction, &message);
        match expected {
            Expected::Meaning { entries, .. } => assert_eq!(found, Ok(entries), "{name}"),
            Expected::Error(code) => assert_eq!(found, Err(code), "{name}"),
        }
    }
}

/// The writer gives the bytes of the canonical vectors, and others for those that only a reader must understand.
#[test]
fn every_canonical_vector_is_written_as_it_stands() {
    let mut written = 0;
    for direction in [Direction::Events, Direction::Wishes] {
        for Vector { name, message, expected, .. } in vectors(direction) {
            if let Expected::Meaning { canonical, .. } = expected {
                let again = rewritten(direction, &message).unwrap_or_else(|code| panic!("{name}: {code}"));
                assert_eq!(again == message, canonical, "{name}: the writer gives {again:02x?}");
                written += 1;
            }
        }
    }
    assert!(written > 50, "the vectors are found");
}

#[test]
fn every_kind_has_a_vector_and_a_line() {
    let document = wire_md();
    for (direction, member) in KINDS {
        let known = kinds_known(direction);
        assert!(known.len() >= 8, "{direction:?}: the reader knows {known:?}");
        let shown = kinds_shown(direction);
        assert_eq!(known.difference(&shown).collect::<Vec<_>>(), Vec::<&u8>::new(), "{direction:?} without a vector");
        let lines: BTreeMap<u8, String> = rows(&document, direction.section());
        assert_eq!(lines.keys().copied().collect::<BTreeSet<_>>(), known, "{direction:?} in the document");
        for (kind, name) in names_shown(direction, member).iter().filter(|(kind, _)| known.contains(kind)) {
            assert_eq!(lines.get(kind), Some(name), "kind {kind} in the document");
        }
    }
}

#[test]
fn every_column_type_has_vectors_and_a_line() {
    let document = wire_md();
    let lines = rows(&document, "## 6.");
    let mut shown: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for vector in vectors(Direction::Wishes) {
        let Expected::Meaning { entries, .. } = vector.expected else { continue };
        for column in entries.iter().filter_map(|entry| entry["columns"].as_array()).flatten() {
            let values = column["values"].as_array().expect("values");
            let name = column["type"].as_str().expect("a type").to_owned();
            shown.entry(name).or_default().insert(values.iter().any(serde_json::Value::is_null));
        }
    }
    let told: BTreeSet<_> = lines.values().map(String::as_str).collect();
    assert_eq!(told, BTreeSet::from(columns::NAMES), "types in the document");
    for name in lines.values() {
        assert_eq!(shown.get(name), Some(&BTreeSet::from([false, true])), "{name}: with and without nulls");
    }
}

#[test]
fn every_error_has_a_vector_and_a_line() {
    let document = wire_md();
    let all = read_all().into_iter();
    let asked: BTreeSet<_> = all
        .filter_map(|vector| match vector.expected {
            Expected::Error(code) => Some(code),
            Expected::Meaning { .. } => None,
        })
        .collect();
    assert_eq!(asked, ERRORS.iter().map(|code| (*code).to_owned()).collect());
    check_named(&document, "## 15.", ERRORS);
}
