//! Looking things up in `docs/wire.md`.

use super::fields::{fields, variants};
use crate::harness::places;
use beacon_contract::dataset::{Column, TABLES};
use beacon_contract::{
    CHUNK_BYTES, ChainRoot, CheckOutcome, CheckResult, Choice, Condition, ConditionalDefault, Continuation,
    ContractRange, Deprecation, Done, Drops, EgressRule, Fail, FailKind, Failed, FailureKind, Field, FieldError,
    FieldErrors, Form, Format, GrantKind, GrantWish, Granted, Head, HttpWish, Lane, Manifest, Method, Note, NoteLevel,
    OriginPattern, PageOf, PartitionRule, Profile, Progress, Reason, Records, Refused, RefusedStage, ScopeSet, Slot,
    Start, TableEnd, TableStatus, TableUse, Task, Text, WishLimits,
};
use beacon_hostile::structural;
use serde_json::Value;
use std::collections::BTreeMap;

/// The document.
pub(super) fn wire_md() -> String {
    let path = places::workspace().join("docs/wire.md");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text below the heading that begins like this, up to the next one of its level or above.
pub(super) fn section<'d>(document: &'d str, heading: &str) -> &'d str {
    let begin = document.find(&format!("\n{heading}")).unwrap_or_else(|| panic!("{heading} is not in the document"));
    let below = &document[begin + 1..];
    let ends = ["\n## ", "\n### "].into_iter().take(if heading.starts_with("###") { 2 } else { 1 });
    let end = ends.filter_map(|end| below.find(end)).min();
    end.map_or(below, |end| &below[..end])
}

/// Number and name of each line of a table that begins with both.
pub(super) fn rows(document: &str, heading: &str) -> BTreeMap<u8, String> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let number = cells.next()?.parse().ok()?;
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((number, name.to_owned()))
    };
    section(document, heading).lines().filter_map(row).collect()
}

/// Each name stands between backticks in the section.
#[track_caller]
pub(super) fn check_named<'n>(document: &str, heading: &str, names: impl IntoIterator<Item = &'n str>) {
    let section = section(document, heading);
    for name in names {
        assert!(section.contains(&format!("`{name}`")), "{name} is not named in section {heading:?} of docs/wire.md");
    }
}

/// Every field of every header, every word of every closed set, below the heading where an author looks for it.
#[test]
fn every_field_and_every_word_is_named() {
    let response = "### `head`, `chunk`, `end`";
    let document = wire_md();
    for (heading, names) in [
        ("### `start`", fields::<Start>()),
        (response, fields::<Head>()),
        ("### `failed`", fields::<Failed>()),
        ("### `failed`", variants::<FailureKind>()),
        ("### `granted`", fields::<Granted>()),
        ("### `refused`", fields::<Refused>()),
        ("### `refused`", variants::<RefusedStage>()),
        ("### `http`", fields::<HttpWish>()),
        ("### `http`", fields::<PageOf>()),
        ("### `http`", variants::<Method>()),
        ("### `grant`", fields::<GrantWish>()),
        ("### `grant`", variants::<GrantKind>()),
        ("### `records`", fields::<Records>()),
        ("### `drops`", fields::<Drops>()),
        ("### `drops`", fields::<Reason>()),
        ("### `chain_reset`", fields::<PageOf>()),
        ("### `table_end`", fields::<TableEnd>()),
        ("### `table_end`", variants::<TableStatus>()),
        ("### `field_errors`", fields::<FieldErrors>()),
        ("### `field_errors`", fields::<FieldError>()),
        ("### `check_result`", fields::<CheckResult>()),
        ("### `check_result`", variants::<CheckOutcome>()),
        ("### `note`", fields::<Note>()),
        ("### `note`", variants::<NoteLevel>()),
        ("### `progress`", fields::<Progress>()),
        ("### `done`", fields::<Done>()),
        ("### `fail`", fields::<Fail>()),
        ("### `fail`", variants::<FailKind>()),
        ("## 12.", fields::<Manifest>()),
        ("## 12.", fields::<ContractRange>()),
        ("## 12.", fields::<Deprecation>()),
        ("## 12.", fields::<Text>()),
        ("### The settings form", fields::<Form>()),
        ("### The settings form", fields::<Field>()),
        ("### The settings form", fields::<Choice>()),
        ("### The settings form", fields::<Condition>()),
        ("### The settings form", fields::<ConditionalDefault>()),
        ("### The settings form", variants::<Format>()),
        ("### Profiles", fields::<Profile>()),
        ("### Profiles", fields::<ScopeSet>()),
        ("### Slots", fields::<Slot>()),
        ("### Origins and egress rules", variants::<OriginPattern>()),
        ("### Origins and egress rules", fields::<EgressRule>()),
        ("### Lanes", fields::<Lane>()),
        ("### Chains", fields::<ChainRoot>()),
        ("### Chains", fields::<PartitionRule>()),
        ("### Chains", fields::<Continuation>()),
        ("### Tables", fields::<TableUse>()),
    ] {
        check_named(&document, heading, names.iter().copied());
    }
}

/// One of everything: what has no default of its own would not be shown otherwise.
#[test]
fn the_whole_manifest_has_every_member() {
    let whole = places::workspace().join("docs/wire/vectors/manifest-whole.json");
    let vector: Value = serde_json::from_slice(&std::fs::read(whole).expect("the vector")).expect("JSON");
    let manifest = &vector["manifest"];
    for (at, names) in [
        ("", fields::<Manifest>()),
        ("/deprecation", fields::<Deprecation>()),
        ("/form/fields/0", fields::<Field>()),
        ("/profiles/0", fields::<Profile>()),
        ("/egress/2", fields::<EgressRule>()),
        ("/lanes/0", fields::<Lane>()),
        ("/chains/0", fields::<ChainRoot>()),
    ] {
        let members = manifest.pointer(at).and_then(Value::as_object).expect("an object");
        let missing: Vec<_> = names.iter().filter(|name| !members.contains_key(**name)).collect();
        assert_eq!(missing, Vec::<&&str>::new(), "at {at:?}");
    }
}

#[test]
fn every_table_stands_in_the_document_as_it_is() {
    let document = wire_md();
    for table in TABLES {
        let told = section(&document, &format!("### `{}`", table.name)).replace('\n', " ");
        let key: Vec<_> = table.key.iter().map(|column| format!("`{column}`")).collect();
        let column = |column: &Column| {
            let mark = if column.by_host {
                " (host)"
            } else if column.nullable {
                ""
            } else {
                "!"
            };
            format!("`{}` {}{mark}", column.name, super::columns::name(column.kind))
        };
        let columns: Vec<_> = table.columns.iter().map(column).collect();
        for expected in [table.description.to_owned(), format!("Key: {}.", key.join(", ")), columns.join(", ") + "."] {
            assert!(told.contains(&expected), "the table {} is told otherwise, expected: {expected}", table.name);
        }
    }
}

#[test]
fn every_limit_of_an_answer_stands_in_the_document() {
    let WishLimits { frames, header_bytes, notes, plan_bytes } = WishLimits::default();
    let document = wire_md();
    let limits = section(&document, "## 7.");
    for (what, limit) in [
        ("wishes in one answer", format!("{},{:03}", frames / 1_000, frames % 1_000)),
        ("one JSON header of an answer", format!("{} KiB", header_bytes >> 10)),
        ("notes in one answer", notes.to_string()),
        ("the header of `done`", format!("{} KiB", plan_bytes >> 10)),
        ("one `chunk`", format!("{} MiB of body", CHUNK_BYTES >> 20)),
    ] {
        assert!(limits.contains(&format!("| {what} | {limit} |")), "{what}: {limit}");
    }
}

#[test]
fn every_task_and_every_refusal_of_a_module_is_named() {
    let document = wire_md();
    let tasks = [Task::Check, Task::Consent, Task::Test, Task::Preview, Task::Import];
    check_named(&document, "## 8.", tasks.map(Task::name));
    check_named(&document, "## 13.", structural().iter().map(|specimen| specimen.refusal));
}
