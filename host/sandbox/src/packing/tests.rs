use super::*;
use crate::specimen::{binary, echo};
use crate::{Engine, SandboxLimits};

/// What a linker adds to a module: exports of addresses, custom sections, no maxima.
fn linked() -> Vec<u8> {
    let module = echo()
        .replace("(memory (export \"memory\") 2 64)", "(memory (export \"memory\") 2)")
        .replace("(table 2 2 funcref)", "(table 2 funcref)")
        .replace("(@custom \"beacon:manifest\" \"{}\")", "(@custom \"producers\" \"\\00\")")
        .replacen(
            "(module",
            "(module $named (global (export \"__data_end\") i32 (i32.const 1024))
                (global (export \"__heap_base\") i32 (i32.const 1024))",
            1,
        );
    binary(&module)
}

#[test]
fn what_a_linker_writes_is_refused_until_it_is_packed() {
    let linked = linked();
    assert!(inspect(&linked).is_err());

    let packed = pack(&linked, b"{\"id\":\"echo\"}", &PackLimits { memory_pages: 100 }).unwrap();
    let facts = inspect(&packed).unwrap();
    assert_eq!(facts.manifest, b"{\"id\":\"echo\"}");
    assert_eq!(facts.memory_maximum, 100 << 16);
    assert_eq!(facts.table_maximum, 2);

    let mut instance = Engine::new(SandboxLimits::default()).unwrap().compile(&packed).unwrap().instantiate().unwrap();
    assert_eq!(instance.poll(b"hello").unwrap(), b"hello");
}

#[test]
fn packing_is_repeatable_and_idempotent() {
    let limits = PackLimits::default();
    let packed = pack(&linked(), b"{}", &limits).unwrap();
    assert_eq!(pack(&linked(), b"{}", &limits).unwrap(), packed);
    assert_eq!(pack(&packed, b"{}", &limits).unwrap(), packed);
}

#[test]
fn a_lower_maximum_of_the_memory_is_kept() {
    let packed = pack(&binary(&echo()), b"{}", &PackLimits::default()).unwrap();
    assert_eq!(inspect(&packed).unwrap().memory_maximum, 64 << 16);
}

#[test]
fn what_packing_cannot_repair_is_named() {
    let check = |bytes: &[u8], code: &str| {
        let error = pack(bytes, b"{}", &PackLimits::default()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    };
    let linked = linked();
    check(b"not a module", "pack.malformed");
    check(&linked[..linked.len() / 2], "pack.malformed");
    check(&binary("(module (table 1 externref))"), "pack.table");
    check(&binary("(module (import \"env\" \"now\" (func)))"), "sandbox.import");
    check(&binary("(module)"), "sandbox.export_missing");
}
