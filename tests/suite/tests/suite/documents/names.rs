//! Settings and codes in the documentation are those of the program.

use crate::harness::document::{Document, quoted};
use crate::harness::places;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// First parts of codes. What else looks like a code is a column, a figure or a file.
const FAMILIES: [&str; 24] = [
    "certificate",
    "consent",
    "control",
    "credential",
    "delivery",
    "egress",
    "graph",
    "health",
    "keyring",
    "keys",
    "ledger",
    "log",
    "microsoft_365",
    "module",
    "notification",
    "passphrase",
    "people",
    "proxy",
    "request",
    "serve",
    "service",
    "session",
    "store",
    "vault",
];

/// Last parts of names of files.
const FILES: [&str; 4] = ["json", "md", "toml", "txt"];

#[test]
fn the_table_of_settings_lists_what_the_file_may_say() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(places::beacon());
    let shown = command.env_clear().env("HOME", home.path()).args(["--json", "config", "show"]).output();
    let shown: Value = serde_json::from_slice(&shown.expect("the program starts").stdout).expect("JSON");
    let known: BTreeSet<String> = shown["settings"].as_object().expect("settings").keys().cloned().collect();
    let rows = Document::read("docs/configuration.md").rows();
    let documented: BTreeSet<String> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    assert_eq!(documented, known);
}

/// What could be a code: two parts of small letters, digits and underscores.
fn is_code(text: &str) -> bool {
    let plain = |part: &str| {
        let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        !part.is_empty() && part.chars().all(fits)
    };
    text.split_once('.').is_some_and(|(family, name)| plain(family) && plain(name) && !FILES.contains(&name))
}

/// Literals of all sources below a folder that could be codes.
fn literals(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            literals(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            found.extend(text.split('"').filter(|part| is_code(part)).map(str::to_owned));
        }
    }
}

#[test]
fn every_code_is_one_that_the_program_has() {
    let mut known = BTreeSet::new();
    for room in ["core", "host"] {
        literals(&places::workspace().join(room), &mut known);
    }
    let mut seen = BTreeSet::new();
    for page in Document::all() {
        let codes = page.quoted().into_iter().filter(|code| is_code(code));
        for code in codes.filter(|code| FAMILIES.iter().any(|family| code.split('.').next() == Some(*family))) {
            assert!(known.contains(&code), "{}: there is no {code}", page.name);
            seen.insert(code);
        }
    }
    assert!(seen.len() > 80, "the search finds {}", seen.len());
}
