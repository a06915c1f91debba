//! The sandbox: takes bytes that claim to be a connector module, decides whether they may be compiled, and polls them.
//!
//! A module is a core WebAssembly module with no imports at all: bytes in, bytes out. Everything it could do to the
//! host is therefore in this crate, and nothing else: use memory, use time, return numbers that lie.
//!
//! What it must never do: know HTTP, Microsoft or what a manifest says (to this crate a manifest is a byte string);
//! link an import; compile bytes that [`inspect`] has not accepted; trust a number that comes from a module.
//!
//! Start reading at [`inspect`] (what may be compiled), then [`Engine`] (the one wasmtime configuration), then
//! [`Instance`] (one run of one module). [`Fault`] lists every way in which a run can end badly. Those three are behind
//! the feature `engine`: who only inspects and packs needs no compiler.

mod bounds;
#[cfg(feature = "engine")]
mod compiled;
#[cfg(feature = "engine")]
mod configuration;
mod digest;
#[cfg(feature = "engine")]
mod engine;
mod exports;
#[cfg(feature = "engine")]
mod fault;
mod features;
#[cfg(feature = "engine")]
mod guard;
mod inspection;
#[cfg(feature = "engine")]
mod instance;
mod item_name;
#[cfg(feature = "engine")]
mod limits;
#[cfg(feature = "pack")]
mod packing;
mod refusal;
#[cfg(test)]
mod specimen;
#[cfg(feature = "engine")]
mod ticker;

pub use bounds::{MANIFEST_BYTES, MANIFEST_SECTION, MEMORY_PAGES, MODULE_BYTES, PAGE_BYTES, TABLE_ELEMENTS};
#[cfg(feature = "engine")]
pub use compiled::{CompileError, CompiledModule};
pub use digest::{DigestError, ModuleDigest};
#[cfg(feature = "engine")]
pub use engine::{Engine, EngineError};
#[cfg(feature = "engine")]
pub use fault::{Fault, GuestBuffer};
pub use inspection::{ModuleFacts, inspect};
#[cfg(feature = "engine")]
pub use instance::Instance;
pub use item_name::ItemName;
#[cfg(feature = "engine")]
pub use limits::SandboxLimits;
#[cfg(feature = "pack")]
pub use packing::{PackError, PackLimits, pack};
pub use refusal::Refusal;
