//! One test for each refusal, and one that no bytes whatever can panic the validator.

use proptest::prelude::*;

use super::*;
use crate::specimen::{binary, echo, echo_after, echo_with};

fn refusal(text: &str) -> Refusal {
    inspect(&binary(text)).unwrap_err()
}

/// The good module with one piece of its text replaced.
fn spoilt(from: &str, to: &str) -> Refusal {
    let text = echo();
    assert!(text.contains(from), "the specimen has no {from}");
    refusal(&text.replacen(from, to, 1))
}

/// `count` times the same field.
fn many(field: &str, count: u32) -> String {
    field.repeat(count as usize)
}

#[test]
fn a_good_module_is_accepted_and_described() {
    let bytes = binary(&echo());
    let facts = inspect(&bytes).unwrap();
    let expected = ModuleFacts {
        digest: ModuleDigest::of(&bytes),
        manifest: b"{}".to_vec(),
        size: bytes.len(),
        functions: 4,
        memory_minimum: 2 << 16,
        memory_maximum: 64 << 16,
        table_maximum: 2,
    };
    assert_eq!(facts, expected);
}

#[test]
fn names_of_functions_and_the_features_of_rustc_are_accepted() {
    let text = echo_after(
        "(memory.copy (i32.const 64) (i32.const 128) (i32.const 8))
         (memory.fill (i32.const 64) (i32.const 0) (i32.const 8))
         (drop (i32.extend8_s (i32.const 200)))
         (drop (i32.trunc_sat_f64_s (f64.const 1e300)))
         (block (result i32 i32) (i32.const 1) (i32.const 2)) drop drop",
    );
    let named = text.replacen("(module", "(module $named", 1);
    assert!(inspect(&binary(&named)).is_ok());
}

#[test]
fn a_file_above_the_cap_is_refused_unread() {
    let size = bounds::MODULE_BYTES + 1;
    assert_eq!(inspect(&vec![0; size]).unwrap_err(), Refusal::Size { size, cap: bounds::MODULE_BYTES });
}

#[test]
fn what_is_no_module_is_malformed() {
    let mut bytes = binary(&echo());
    bytes.truncate(bytes.len() / 2);
    for bytes in [b"".as_slice(), b"MZ\x90\0not wasm", &bytes] {
        assert_eq!(inspect(bytes).unwrap_err().code(), "sandbox.malformed");
    }
    assert_eq!(inspect(&binary("(component)")).unwrap_err().code(), "sandbox.feature");
}

#[test]
fn a_function_that_breaks_its_types_is_malformed() {
    let mut bytes = binary(&echo_after("(drop (i32.add (i32.const 7) (i32.const 8)))"));
    let place = bytes.windows(5).position(|window| window == [0x41, 7, 0x41, 8, 0x6a]).unwrap();
    bytes[place + 4] = 0x7c; // i64.add
    assert_eq!(inspect(&bytes).unwrap_err().code(), "sandbox.malformed");
}

#[test]
fn every_feature_off_the_list_is_refused_as_a_feature() {
    let fields = [
        "(func (drop (v128.const i64x2 0 0)))",
        "(func $f (return_call $f))",
        "(tag)",
        "(type (struct))",
        "(func (param externref))",
        "(func (drop (ref.null func)))",
        "(func (drop (table.size 0)))",
        "(data \"passive\")",
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(func (drop (i32.atomic.load (i32.const 0))))",
    ];
    for field in fields {
        let refusal = refusal(&echo_with(field));
        assert_eq!(refusal.code(), "sandbox.feature", "{field}: {refusal}");
    }
    for memory in ["(memory (export \"memory\") i64 2 64)", "(memory (export \"memory\") 2 64 shared)"] {
        let refusal = spoilt("(memory (export \"memory\") 2 64)", memory);
        // A 64-bit memory also breaks the types of the specimen's functions.
        assert!(["sandbox.feature", "sandbox.malformed"].contains(&refusal.code()), "{memory}: {refusal}");
    }
}

#[test]
fn an_import_is_refused_by_its_name() {
    let refusal = refusal(&echo_with("(import \"wasi_snapshot_preview1\" \"fd_write\" (func))"));
    assert_eq!(refusal.code(), "sandbox.import");
    assert_eq!(refusal.to_string(), "the module imports `wasi_snapshot_preview1` `fd_write`; imports are not allowed");
}

#[test]
fn a_start_section_is_refused() {
    assert_eq!(refusal(&echo_with("(start $marker)")), Refusal::Start { function: 0 });
}

#[test]
fn there_must_be_exactly_one_memory_with_a_maximum_within_the_cap() {
    const MEMORY: &str = "(memory (export \"memory\") 2 64)";
    assert_eq!(refusal(&echo_with("(memory 1 1)")), Refusal::Memories { count: 2 });
    assert_eq!(spoilt(MEMORY, "(memory (export \"memory\") 2)"), Refusal::MemoryUnbounded);
    assert_eq!(
        spoilt(MEMORY, "(memory (export \"memory\") 2 4097)"),
        Refusal::MemoryTooLarge { pages: 4097, cap: 4096 }
    );
    let without = "(module (@custom \"beacon:manifest\" \"{}\"))";
    assert_eq!(refusal(without), Refusal::ExportMissing { name: "memory" });
}

#[test]
fn there_may_be_one_table_with_a_maximum_within_the_cap() {
    const TABLE: &str = "(table 2 2 funcref)";
    assert_eq!(refusal(&echo_with("(table 1 1 funcref)")), Refusal::Tables { count: 2 });
    assert_eq!(spoilt(TABLE, "(table 2 funcref)"), Refusal::TableUnbounded);
    assert_eq!(spoilt(TABLE, "(table 2 10001 funcref)"), Refusal::TableTooLarge { elements: 10_001, cap: 10_000 });
}

#[test]
fn the_exports_are_exactly_those_of_the_contract() {
    let unknown = refusal(&echo_with("(global (export \"__heap_base\") i32 (i32.const 0))"));
    assert_eq!(unknown.to_string(), "the module exports `__heap_base`, which is not part of the contract");
    for name in ["memory", "beacon_abi_1", "beacon_alloc", "beacon_free", "beacon_poll"] {
        assert_eq!(spoilt(&format!("(export \"{name}\")"), ""), Refusal::ExportMissing { name });
    }
}

#[test]
fn the_exports_have_the_types_of_the_contract() {
    let cases = [
        ("beacon_abi_1", "(func (export \"beacon_abi_1\") (param i32))"),
        ("beacon_abi_1", "(global (export \"beacon_abi_1\") i32 (i32.const 1))"),
        ("beacon_alloc", "(func (export \"beacon_alloc\") (param i64) (result i32) unreachable)"),
        ("beacon_free", "(func (export \"beacon_free\") (param i32))"),
        ("beacon_poll", "(func (export \"beacon_poll\") (param i32 i32) (result i32 i32) unreachable)"),
        ("memory", "(func (export \"memory\"))"),
    ];
    for (name, field) in cases {
        let text = echo_with(field);
        // The replacement comes first in the text; the good export loses its name.
        let (first, rest) = text.split_at(text.find(field).unwrap() + field.len());
        let text = format!("{first}{}", rest.replacen(&format!("(export \"{name}\")"), "", 1));
        let refusal = refusal(&text);
        assert!(matches!(refusal, Refusal::ExportType { name: found, .. } if found == name), "{field}: {refusal}");
    }
}

#[test]
fn a_hostile_name_is_shown_cut_and_escaped() {
    let refusal = refusal(&echo_with(&format!("(func (export \"a\\0ab{}\"))", "x".repeat(5000))));
    let sentence = refusal.to_string();
    assert_eq!(refusal.code(), "sandbox.export_unknown");
    assert!(sentence.len() < 250 && sentence.contains("a\\nb"), "{sentence}");
}

#[test]
fn too_many_of_anything_is_refused() {
    let cases = [
        ("types", many("(type (func (param i32)))", bounds::TYPES + 1)),
        ("functions", many("(func)", bounds::FUNCTIONS + 1)),
        ("globals", many("(global i32 (i32.const 0))", bounds::GLOBALS + 1)),
        ("data segments", many("(data (i32.const 0) \"\")", bounds::DATA_SEGMENTS + 1)),
        ("element segments", many("(elem (i32.const 0) func)", bounds::ELEMENT_SEGMENTS + 1)),
    ];
    for (expected, fields) in cases {
        let refusal = refusal(&echo_with(&fields));
        assert!(
            matches!(refusal, Refusal::TooMany { items, count, cap } if items == expected && count > cap),
            "{expected}: {refusal}"
        );
    }
}

#[test]
fn a_very_long_function_is_refused() {
    let text = echo_after(&many("nop ", 1 + bounds::FUNCTION_BODY_BYTES as u32));
    assert_eq!(refusal(&text).code(), "sandbox.function_too_long");
}

#[test]
fn several_very_long_functions_or_very_many_locals_are_refused() {
    let long = format!("(func {})", many("nop ", 150_000));
    let wide = format!("(func (local {}))", "i32 ".repeat(50_000));
    for (function, accepted) in [(long, 1), (wide, 15)] {
        assert!(inspect(&binary(&echo_with(&many(&function, accepted)))).is_ok());
        let refusal = refusal(&echo_with(&many(&function, accepted + 1)));
        assert!(matches!(refusal, Refusal::TooComplex { effort, .. } if effort > bounds::COMPILE_EFFORT), "{refusal}");
    }
}

#[test]
fn custom_sections_are_refused_but_for_manifest_and_names() {
    let refusal = refusal(&echo_with("(@custom \"producers\" \"\\00\")"));
    assert!(matches!(&refusal, Refusal::CustomSection { name } if name.as_str() == "producers"), "{refusal}");
}

#[test]
fn there_is_exactly_one_manifest_within_the_cap() {
    const MANIFEST: &str = "(@custom \"beacon:manifest\" \"{}\")";
    assert_eq!(spoilt(MANIFEST, ""), Refusal::ManifestMissing);
    assert_eq!(refusal(&echo_with(MANIFEST)), Refusal::ManifestRepeated);
    let size = bounds::MANIFEST_BYTES + 1;
    let large = format!("(@custom \"beacon:manifest\" \"{}\")", " ".repeat(size));
    assert_eq!(spoilt(MANIFEST, &large), Refusal::ManifestTooLarge { size, cap: bounds::MANIFEST_BYTES });
}

proptest! {
    /// Bytes of a good module, some of them changed, cut anywhere: accepted or refused, but never a panic, and never
    /// a manifest that was not in the bytes.
    #[test]
    fn no_bytes_panic_the_validator(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = binary(&echo());
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if !whole {
            bytes.truncate(length.index(bytes.len()));
        }
        match inspect(&bytes) {
            Ok(facts) => prop_assert_eq!(facts.digest, ModuleDigest::of(&bytes)),
            Err(refusal) => prop_assert!(refusal.code().starts_with("sandbox.")),
        }
    }
}
