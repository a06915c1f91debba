//! The one wasmtime configuration. Programs, tests and benchmarks all run modules compiled under it.

use wasmtime::{Config, OptLevel, Strategy, WasmFeatures};

use crate::features;

/// Native stack that a module may use, in bytes: wasmtime's own default, written down because a run's outcome depends
/// on it.
const STACK_BYTES: usize = 512 << 10;

/// Builds the configuration. What is not named here stays at wasmtime's default, above all the guard pages around
/// memory and the mitigations against speculative reads.
pub(crate) fn configuration() -> Config {
    let mut configuration = Config::new();
    configuration
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(features::COMPILER, true)
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        // The bits of a NaN are the one result of arithmetic that may differ between processors.
        .cranelift_nan_canonicalization(true)
        // Fuel makes "too long" the same verdict everywhere; the epoch catches what fuel does not see.
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        // Outcomes are told by their kind. A packed module has no names, so a backtrace would be numbers only.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false);
    configuration
}
