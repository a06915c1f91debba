//! Modules for tests: one good module in text form, and ways to spoil it.

use crate::{Engine, Instance, SandboxLimits};

/// An echo. It bump-allocates, grows when it has to, aborts when it cannot, and answers what it was given.
const ECHO: &str = r#"
    (memory (export "memory") 2 64)
    (table 2 2 funcref)
    (elem (i32.const 0) func $marker)
    (global $next (mut i32) (i32.const 1024))
    (func $marker (export "beacon_abi_1"))
    (func (export "beacon_alloc") (param $length i32) (result i32)
        (local $start i32)
        (local.set $start (global.get $next))
        (global.set $next (i32.add (global.get $next) (local.get $length)))
        (block $fits
            (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
            (br_if $fits (i32.ne (i32.const -1) (memory.grow (i32.add (i32.const 1)
                (i32.div_u (local.get $length) (i32.const 65536))))))
            unreachable)
        (local.get $start))
    (func (export "beacon_free") (param i32 i32)
        (global.set $next (i32.const 1024)))
"#;

/// `beacon_poll` of the echo: the reply lies at 16.
const POLL: &str = r#"
    (func (export "beacon_poll") (param $address i32) (param $length i32) (result i32)
        (i32.store (i32.const 16) (local.get $address))
        (i32.store (i32.const 20) (local.get $length))
        (i32.const 16))
"#;

/// The section `beacon:manifest`.
const MANIFEST: &str = r#"(@custom "beacon:manifest" "{}")"#;

/// The text of the good module, to be spoiled by `replace`.
pub(crate) fn echo() -> String {
    format!("(module {ECHO} {POLL} {MANIFEST})")
}

/// The good module with `beacon_poll` doing something else first.
pub(crate) fn echo_after(instructions: &str) -> String {
    let poll = POLL.replacen("(result i32)", &format!("(result i32)\n{instructions}"), 1);
    format!("(module {ECHO} {poll} {MANIFEST})")
}

/// The good module with further fields.
pub(crate) fn echo_with(fields: &str) -> String {
    format!("(module {fields} {ECHO} {POLL} {MANIFEST})")
}

/// The bytes of a module in text form.
pub(crate) fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A fresh instance of a module in text form.
pub(crate) fn instance(text: &str, limits: SandboxLimits) -> Instance {
    Engine::new(limits).unwrap().compile(&binary(text)).unwrap().instantiate().unwrap()
}
