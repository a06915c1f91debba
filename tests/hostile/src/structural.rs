//! Modules that are wrong as a whole: each must be refused before it is compiled.

use crate::manifest;
use beacon_contract::Manifest;

/// One module that breaks one rule of the validator.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// What is wrong, in one word or two.
    pub name: &'static str,
    /// The module.
    pub bytes: Vec<u8>,
    /// Code of the expected refusal.
    pub refusal: &'static str,
}

const MEMORY: &str = r#"(memory (export "memory") 1 16)"#;
const TABLE: &str = "(table 1 1 funcref)";
const MARKER: &str = r#"(func $marker (export "beacon_abi_1"))"#;
const ALLOC: &str = r#"(func (export "beacon_alloc") (param i32) (result i32) (i32.const 1024))"#;
const FREE: &str = r#"(func (export "beacon_free") (param i32 i32))"#;
const POLL: &str = r#"(func (export "beacon_poll") (param i32 i32) (result i32) (i32.const 16))"#;

/// The custom section in text form. Every byte is escaped, so that no quote of the JSON ends the string.
fn section_of(manifest: &Manifest) -> String {
    let escaped: String = manifest.to_json().iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(@custom \"beacon:manifest\" \"{escaped}\")")
}

fn manifest_section() -> String {
    section_of(&manifest())
}

fn fields() -> Vec<String> {
    [MEMORY, TABLE, MARKER, ALLOC, FREE, POLL].map(str::to_owned).into_iter().chain([manifest_section()]).collect()
}

fn assembled(fields: &[String]) -> Vec<u8> {
    // A mistake in a text above gives an empty file, which the expected refusal then shows.
    wat::parse_str(format!("(module {})", fields.join("\n"))).unwrap_or_default()
}

/// A module that breaks no rule: it only answers nonsense. The others differ from it in one point each.
#[must_use]
pub fn sound() -> Vec<u8> {
    assembled(&fields())
}

/// The sound module, made for a host of this version or a newer one.
#[must_use]
pub fn needing_host(minimum_host: &str) -> Vec<u8> {
    let other = Manifest { minimum_host: minimum_host.to_owned(), ..manifest() };
    replaced(&manifest_section(), &section_of(&other))
}

/// The sound module with one field replaced; an empty replacement takes it out.
fn replaced(field: &str, replacement: &str) -> Vec<u8> {
    let swap = |known: String| if known == field { replacement.to_owned() } else { known };
    assembled(&fields().into_iter().map(swap).collect::<Vec<_>>())
}

/// The sound module with one field more. Imports must come first.
fn with(field: &str) -> Vec<u8> {
    assembled(&[vec![field.to_owned()], fields()].concat())
}

/// Every specimen.
#[must_use]
pub fn structural() -> Vec<Specimen> {
    let specimen = |name, bytes, refusal| Specimen { name, bytes, refusal };
    let mut cut = sound();
    cut.truncate(cut.len() / 2);
    let mut long = sound();
    long.resize((4 << 20) + 1, 0);
    vec![
        specimen(
            "import of a clock",
            with(r#"(import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i64 i32) (result i32)))"#),
            "sandbox.import",
        ),
        specimen("imported memory", with(r#"(import "env" "memory2" (global i32))"#), "sandbox.import"),
        specimen("start section", with("(start $marker)"), "sandbox.start"),
        specimen(
            "memory without maximum",
            replaced(MEMORY, r#"(memory (export "memory") 1)"#),
            "sandbox.memory_unbounded",
        ),
        specimen(
            "memory of 4 GiB",
            replaced(MEMORY, r#"(memory (export "memory") 1 65536)"#),
            "sandbox.memory_too_large",
        ),
        specimen("no memory", replaced(MEMORY, ""), "sandbox.export_missing"),
        specimen("table without maximum", replaced(TABLE, "(table 1 funcref)"), "sandbox.table_unbounded"),
        specimen("two manifests", with(&manifest_section()), "sandbox.manifest_repeated"),
        specimen("no manifest", replaced(&manifest_section(), ""), "sandbox.manifest_missing"),
        specimen("foreign section", with(r#"(@custom "notes" "hello")"#), "sandbox.custom_section"),
        specimen("extra export", with(r#"(func (export "beacon_secret"))"#), "sandbox.export_unknown"),
        specimen("missing export", replaced(FREE, ""), "sandbox.export_missing"),
        specimen(
            "export of another type",
            replaced(POLL, r#"(func (export "beacon_poll") (result i32) (i32.const 16))"#),
            "sandbox.export_type",
        ),
        specimen("vector instructions", with("(func (result v128) (v128.const i64x2 1 2))"), "sandbox.feature"),
        specimen("half a file", cut, "sandbox.malformed"),
        specimen("no WebAssembly at all", b"#!/bin/sh\necho hello\n".to_vec(), "sandbox.malformed"),
        specimen("more than 4 MiB", long, "sandbox.size"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_sandbox::inspect;

    #[test]
    fn each_specimen_is_refused_for_its_own_reason_and_the_sound_one_is_not() {
        let facts = inspect(&sound()).expect("the sound module");
        assert_eq!(facts.manifest, manifest().to_json());
        for Specimen { name, bytes, refusal } in structural() {
            assert_eq!(inspect(&bytes).map(|_| ()).map_err(|found| found.code()), Err(refusal), "{name}");
        }
    }
}
