//! The WebAssembly features that a module may use, once for the validator and once for the compiler.
//!
//! The list is what rustc 1.95 emits for `wasm32-unknown-unknown`, and nothing more: the first edition (floats are a
//! part of it), mutable globals, sign extension, saturating float-to-int, multi-value, `memory.copy` and
//! `memory.fill`, and the long encoding of a table index in `call_indirect`. The last two are the only pieces of the
//! bulk-memory and reference-types proposals that compiled Rust uses, so passive segments, `table.*` instructions and
//! reference values stay out with SIMD, threads, 64-bit or several memories, tail calls, garbage collection and
//! exceptions.

/// The list, in the type of the validator.
pub(crate) const VALIDATOR: wasmparser::WasmFeatures = wasmparser::WasmFeatures::MUTABLE_GLOBAL
    .union(wasmparser::WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(wasmparser::WasmFeatures::SIGN_EXTENSION)
    .union(wasmparser::WasmFeatures::MULTI_VALUE)
    .union(wasmparser::WasmFeatures::BULK_MEMORY_OPT)
    .union(wasmparser::WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(wasmparser::WasmFeatures::FLOATS);

/// The same list, in the type of the compiler, which has a parser version of its own.
#[cfg(feature = "engine")]
pub(crate) const COMPILER: wasmtime::WasmFeatures = wasmtime::WasmFeatures::MUTABLE_GLOBAL
    .union(wasmtime::WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(wasmtime::WasmFeatures::SIGN_EXTENSION)
    .union(wasmtime::WasmFeatures::MULTI_VALUE)
    .union(wasmtime::WasmFeatures::BULK_MEMORY_OPT)
    .union(wasmtime::WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(wasmtime::WasmFeatures::FLOATS);

#[cfg(all(test, feature = "engine"))]
mod tests {
    use super::*;

    #[test]
    fn validator_and_compiler_accept_the_same_features() {
        let validator: Vec<_> = VALIDATOR.iter_names().map(|(name, _)| name).collect();
        let compiler: Vec<_> = COMPILER.iter_names().map(|(name, _)| name).collect();
        assert_eq!(validator, compiler);
        assert_eq!(validator.len(), 7);
    }
}
