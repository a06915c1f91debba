//! One test for each way in which a poll can end.

use std::time::Duration;

use super::*;
use crate::specimen::{binary, echo, echo_after, instance};
use crate::{CompileError, CompiledModule, Engine};

/// A compiled module in text form; it keeps its engine's clock running.
fn module(text: &str, limits: SandboxLimits) -> CompiledModule {
    Engine::new(limits).unwrap().compile(&binary(text)).unwrap()
}

/// Small enough that an endless loop ends in milliseconds.
fn small() -> SandboxLimits {
    SandboxLimits { fuel_per_poll: 10_000_000, ..SandboxLimits::default() }
}

/// Polls the echo that first does `instructions`, checks that the fault is evidence and poisons, and returns it.
fn fault(instructions: &str) -> Fault {
    let mut instance = instance(&echo_after(instructions), small());
    let fault = instance.poll(b"hello").unwrap_err();
    assert!(fault.is_deterministic(), "{fault}");
    assert!(matches!(instance.poll(b"hello"), Err(Fault::Poisoned)));
    fault
}

fn check(instructions: &str, code: &str) {
    let fault = fault(instructions);
    assert_eq!(fault.code(), code, "{fault}");
}

#[test]
fn an_echo_answers_what_it_was_given_however_often_and_large() {
    let mut instance = instance(&echo(), SandboxLimits::default());
    let mut output = b"left over".to_vec();
    for size in [0, 1, 70_000, 1 << 20, 0, 5] {
        let input: Vec<u8> = (0..size).map(|place| place as u8).collect();
        instance.poll_into(&input, &mut output).unwrap();
        assert_eq!(output, input);
    }
    assert!(instance.fuel_used() > 0);
    assert!(instance.memory_bytes() > 1 << 20);
}

#[test]
fn the_same_poll_uses_the_same_fuel() {
    let module = module(&echo(), SandboxLimits::default());
    let fuel = |input: &[u8]| {
        let mut instance = module.instantiate().unwrap();
        instance.poll(input).unwrap();
        instance.fuel_used()
    };
    assert_eq!(fuel(b"hello"), fuel(b"world"));
    assert!(fuel(&[0; 200_000]) > fuel(b"hello"), "growing costs some instructions");
}

#[test]
fn a_refused_module_is_not_compiled() {
    let engine = Engine::new(small()).unwrap();
    let error = engine.compile(b"not a module").unwrap_err();
    assert!(matches!(error, CompileError::Refused(_)), "{error}");
    assert_eq!(error.code(), "sandbox.malformed");
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let mut instance = instance(&echo_after("(loop (br 0))"), small());
    assert!(matches!(instance.poll(b""), Err(Fault::OutOfFuel { fuel: 10_000_000 })));
    assert_eq!(instance.fuel_used(), 10_000_000);
}

#[test]
fn the_clock_stops_what_fuel_does_not_and_is_no_evidence() {
    let limits =
        SandboxLimits { fuel_per_poll: u64::MAX, wall_per_poll: Duration::from_millis(20), ..SandboxLimits::default() };
    let fault = instance(&echo_after("(loop (br 0))"), limits).poll(b"").unwrap_err();
    assert!(matches!(fault, Fault::WallClock), "{fault}");
    assert!(!fault.is_deterministic());
}

#[test]
fn deep_recursion_overflows_the_stack() {
    let text = echo_after("(drop (call $deep (i32.const 1)))").replacen(
        "(module",
        "(module (func $deep (param i32) (result i32)
            (i32.add (i32.const 1) (call $deep (i32.add (i32.const 1) (local.get 0)))))",
        1,
    );
    let fault = instance(&text, SandboxLimits::default()).poll(b"").unwrap_err();
    assert!(matches!(fault, Fault::StackOverflow), "{fault}");
    assert!(fault.is_deterministic());
}

#[test]
fn an_abort_is_unreachable() {
    check("unreachable", "sandbox.unreachable");
}

#[test]
fn an_access_outside_of_memory_is_caught() {
    check("(drop (i32.load (i32.const -4)))", "sandbox.memory_out_of_bounds");
    check("(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x20001))", "sandbox.memory_out_of_bounds");
}

#[test]
fn a_call_outside_of_the_table_is_caught() {
    check("(call_indirect (i32.const 2))", "sandbox.table_out_of_bounds");
}

#[test]
fn a_call_through_an_empty_place_is_caught() {
    check("(call_indirect (i32.const 1))", "sandbox.indirect_call_to_null");
}

#[test]
fn a_call_with_another_signature_is_caught() {
    check("(call_indirect (param i32) (i32.const 1) (i32.const 0))", "sandbox.indirect_call_type");
}

#[test]
fn arithmetic_without_a_result_is_caught() {
    check("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "sandbox.integer_divide_by_zero");
    check("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "sandbox.integer_overflow");
    check("(drop (i32.trunc_f64_s (f64.const nan)))", "sandbox.float_to_integer");
}

#[test]
fn refused_growth_is_told_from_an_abort() {
    // 62 pages more reach the declared maximum of 64; the 63rd does not exist.
    check("(if (i32.eq (i32.const -1) (memory.grow (i32.const 63))) (then unreachable))", "sandbox.out_of_memory");
    let limits = SandboxLimits { memory_bytes: 10 << 16, ..small() };
    let mut instance = instance(&echo(), limits);
    let fault = instance.poll(&[0; 20 << 16]).unwrap_err();
    assert!(matches!(fault, Fault::OutOfMemory { cap, .. } if cap == 10 << 16), "{fault}");
}

#[test]
fn a_module_may_live_with_refused_growth() {
    let text = echo_after(
        "(if (i32.eq (local.get $length) (i32.const 1)) (then unreachable))
         (drop (memory.grow (i32.const 1000)))",
    );
    let mut instance = instance(&text, small());
    assert_eq!(instance.poll(b"hello").unwrap(), b"hello");
    // An abort in a later poll has nothing to do with it.
    assert!(matches!(instance.poll(b"1"), Err(Fault::Unreachable)));
}

#[test]
fn a_memory_that_starts_above_the_limit_is_not_instantiated() {
    let limits = SandboxLimits { memory_bytes: 1 << 16, ..small() };
    let fault = module(&echo(), limits).instantiate().unwrap_err();
    assert!(matches!(fault, Fault::OutOfMemory { wanted, cap } if wanted == 2 << 16 && cap == 1 << 16), "{fault}");
}

#[test]
fn initial_data_outside_of_memory_is_not_instantiated() {
    let text = echo().replacen("(table", "(data (i32.const -1) \"data\") (table", 1);
    let fault = module(&text, small()).instantiate().unwrap_err();
    assert!(matches!(fault, Fault::MemoryOutOfBounds), "{fault}");
}

#[test]
fn room_outside_of_memory_is_refused() {
    let null = echo().replacen("(local.get $start))", "(i32.const 0))", 1);
    let outside = echo().replacen("(local.get $start))", "(i32.const 0x1fffe))", 1);
    for (text, expected) in [(null, 0), (outside, 0x1fffe)] {
        let fault = instance(&text, small()).poll(b"hello").unwrap_err();
        assert!(
            matches!(fault, Fault::BadPointer { buffer: GuestBuffer::Input, address, length: 5 } if address == expected),
            "{fault}"
        );
    }
}

#[test]
fn a_reply_outside_of_memory_is_refused() {
    let fault = fault("(return (i32.const 0x1fffc))");
    assert!(matches!(fault, Fault::BadPointer { buffer: GuestBuffer::Reply, address: 0x1fffc, .. }), "{fault}");
}

#[test]
fn an_output_outside_of_memory_is_refused() {
    for (address, length) in [(0x1ffff_u32, 2), (u32::MAX, 1), (u32::MAX, 0), (0x10000, 0x10001)] {
        let fault = fault(&format!(
            "(i32.store (i32.const 16) (i32.const {address})) (i32.store (i32.const 20) (i32.const {length}))
             (return (i32.const 16))"
        ));
        assert!(matches!(fault, Fault::BadPointer { buffer: GuestBuffer::Output, .. }), "{fault}");
    }
}

#[test]
fn an_absurd_length_is_refused_before_anything_is_allocated() {
    let fault = fault("(i32.store (i32.const 20) (i32.const -1)) (return (i32.const 16))");
    assert!(matches!(fault, Fault::OutputTooLarge { size: 0xffff_ffff, .. }), "{fault}");
}

#[test]
fn output_and_input_are_capped_to_the_byte() {
    let limits = SandboxLimits { output_bytes: 5, input_bytes: 6, ..small() };
    let module = module(&echo(), limits);
    assert_eq!(module.instantiate().unwrap().poll(b"12345").unwrap(), b"12345");
    let fault = module.instantiate().unwrap().poll(b"123456").unwrap_err();
    assert!(matches!(fault, Fault::OutputTooLarge { size: 6, cap: 5 }), "{fault}");
    let fault = module.instantiate().unwrap().poll(b"1234567").unwrap_err();
    assert!(matches!(fault, Fault::InputTooLarge { size: 7, cap: 6 }), "{fault}");
    assert!(!fault.is_deterministic());
}

#[test]
fn a_fault_leaves_no_output_behind() {
    let text = echo().replacen("(global.set $next (i32.const 1024)))", "unreachable)", 1);
    let mut output = Vec::new();
    let fault = instance(&text, small()).poll_into(b"hello", &mut output).unwrap_err();
    assert!(matches!(fault, Fault::Unreachable), "{fault}");
    assert!(output.is_empty());
}

#[test]
fn instances_of_one_module_share_nothing_and_run_side_by_side() {
    // Answers how often it has been polled.
    let text = echo_after(
        "(i32.store (i32.const 32) (i32.add (i32.const 1) (i32.load (i32.const 32))))
         (i32.store (i32.const 16) (i32.const 32)) (i32.store (i32.const 20) (i32.const 4))
         (return (i32.const 16))",
    );
    let module = module(&text, small());
    let poll = |mut instance: Instance, times: u32| (0..times).map(|_| instance.poll(b"").unwrap()).last().unwrap();
    let moved = module.instantiate().unwrap();
    let (three, five) = std::thread::scope(|scope| {
        let three = scope.spawn(move || poll(moved, 3));
        let five = scope.spawn(|| poll(module.instantiate().unwrap(), 5));
        (three.join().unwrap(), five.join().unwrap())
    });
    assert_eq!(three, 3_u32.to_le_bytes());
    assert_eq!(five, 5_u32.to_le_bytes());
}
