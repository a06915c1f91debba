//! A connector module that misbehaves on request, and modules that are wrong as a whole.
//!
//! **What it is.** One small module that speaks the contract by hand, without the kit. Its setting `behaviour` names
//! one of [`Behaviour::ALL`]; everything else about it (form, profile, slots, egress rules) is honest, so that each
//! test sees the host's answer to exactly one misdeed. [`structural`] gives modules that must be refused before they
//! are compiled.
//!
//! **What it must never do.** Ship. It is packed for tests only, and nothing of the product depends on it.
//!
//! **Where to start reading.** [`Behaviour`], then [`Guest::poll`]; `abi.rs` is the only unsafe code.

#[cfg(target_arch = "wasm32")]
mod abi;
mod behaviour;
mod breach;
mod crash;
mod guest;
mod listing;
mod manifest;
mod misfit_rows;
mod smuggle;
#[cfg(not(target_arch = "wasm32"))]
mod structural;

pub use behaviour::Behaviour;
pub use guest::{Answer, Guest};
pub use manifest::manifest;
#[cfg(not(target_arch = "wasm32"))]
pub use structural::{Specimen, needing_host, sound, structural};
