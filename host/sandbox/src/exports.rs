//! The five exports of contract version 1, and the check that a module has exactly these.

use wasmparser::types::TypesRef;
use wasmparser::{Export, ExternalKind, ValType};

use crate::item_name::ItemName;
use crate::refusal::Refusal;

/// The linear memory.
pub(crate) const MEMORY: &str = "memory";
/// Marks the version of the contract. A function without parameters and results, because that is what
/// `extern "C" fn beacon_abi_1() {}` becomes in Rust; it is never called.
pub(crate) const MARKER: &str = "beacon_abi_1";
/// `(len) -> ptr`: room for `len` bytes.
pub(crate) const ALLOC: &str = "beacon_alloc";
/// `(ptr, len)`: gives room back.
pub(crate) const FREE: &str = "beacon_free";
/// `(ptr, len) -> ptr`: answers events; the result points at two little-endian `u32`, address and length.
pub(crate) const POLL: &str = "beacon_poll";

/// What an export has to be.
struct Expected {
    name: &'static str,
    /// `None` for the memory, parameters and results for a function.
    signature: Option<(&'static [ValType], &'static [ValType])>,
    /// The same in words.
    words: &'static str,
}

const I32: ValType = ValType::I32;

const CONTRACT: [Expected; 5] = [
    Expected { name: MEMORY, signature: None, words: "a memory" },
    Expected { name: MARKER, signature: Some((&[], &[])), words: "a function `() -> ()`" },
    Expected { name: ALLOC, signature: Some((&[I32], &[I32])), words: "a function `(i32) -> i32`" },
    Expected { name: FREE, signature: Some((&[I32, I32], &[])), words: "a function `(i32, i32) -> ()`" },
    Expected { name: POLL, signature: Some((&[I32, I32], &[I32])), words: "a function `(i32, i32) -> i32`" },
];

/// True for the five names of the contract.
#[cfg(feature = "pack")]
pub(crate) fn is_contract(name: &str) -> bool {
    CONTRACT.iter().any(|expected| expected.name == name)
}

/// The exports of a module that belong to the contract, in the contract's order.
#[derive(Default)]
pub(crate) struct Exports([Option<(ExternalKind, u32)>; CONTRACT.len()]);

impl Exports {
    /// Takes one export, or refuses one that is not in the contract. Repeated names are the validator's business.
    pub(crate) fn take(&mut self, export: &Export<'_>) -> Result<(), Refusal> {
        let mut places = self.0.iter_mut().zip(&CONTRACT);
        let Some((place, _)) = places.find(|(_, expected)| expected.name == export.name) else {
            return Err(Refusal::ExportUnknown { name: ItemName::new(export.name) });
        };
        *place = Some((export.kind, export.index));
        Ok(())
    }

    /// Checks that all five are there, each of its type. `types` are those of the validated module.
    pub(crate) fn check(&self, types: TypesRef<'_>) -> Result<(), Refusal> {
        for (found, expected) in self.0.iter().zip(&CONTRACT) {
            let Some((kind, index)) = *found else {
                return Err(Refusal::ExportMissing { name: expected.name });
            };
            let fits = match expected.signature {
                None => kind == ExternalKind::Memory,
                Some((parameters, results)) => {
                    kind == ExternalKind::Func
                        && types.get(types.core_function_at(index)).is_some_and(|found| {
                            let function = found.unwrap_func();
                            function.params() == parameters && function.results() == results
                        })
                }
            };
            if !fits {
                return Err(Refusal::ExportType { name: expected.name, expected: expected.words });
            }
        }
        Ok(())
    }
}
