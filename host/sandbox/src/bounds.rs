//! What a module may be at most, before it is compiled.
//!
//! Compilation is the one step that fuel and epochs do not cover (wasmtime does not call its compile time a security
//! matter), so these numbers are what bounds it. Each is several times what a connector built by rustc needs.

/// Name of the custom section that carries the manifest.
pub const MANIFEST_SECTION: &str = "beacon:manifest";

/// The only other custom section a packed module may carry: function names for people who debug it.
pub(crate) const NAME_SECTION: &str = "name";

/// Largest module file, in bytes. The product's own budget for a connector is a tenth of this.
pub const MODULE_BYTES: usize = 4 << 20;

/// Largest manifest, in bytes. A settings form with all its tables is some tens of kilobytes.
pub const MANIFEST_BYTES: usize = 256 << 10;

/// Size of one page of WebAssembly memory, in bytes (core specification, section 4.2.8).
pub const PAGE_BYTES: u64 = 64 << 10;

/// Largest maximum that a module may declare for its memory, in pages: 256 MiB.
pub const MEMORY_PAGES: u64 = 4096;

/// Largest maximum that a module may declare for its table of function pointers, in elements.
pub const TABLE_ELEMENTS: u64 = 10_000;

/// Most functions. A connector has some hundreds.
pub(crate) const FUNCTIONS: u32 = 20_000;

/// Longest function body, in bytes. The longest that rustc writes for a small connector is a tenth of it.
pub(crate) const FUNCTION_BODY_BYTES: usize = 192 << 10;

/// Most effort that the compiler may be put to: the square of bytes plus locals of each function, added up. Blocks
/// nested in blocks, or many locals alive across many blocks, cost Cranelift time that grows with this square, not
/// with the size of the file. Without this cap a file of 4 MiB could keep it busy for many minutes; with it the worst
/// files tried take tens of seconds. A module of the product's size stays below a tenth of the cap unless a sixth of
/// its code is one function.
pub(crate) const COMPILE_EFFORT: u64 = 40_000_000_000;

/// Most function types.
pub(crate) const TYPES: u32 = 5_000;

/// Most globals. rustc emits three: the stack pointer and two addresses.
pub(crate) const GLOBALS: u32 = 256;

/// Most data segments. The linker merges them into two or three.
pub(crate) const DATA_SEGMENTS: u32 = 1_000;

/// Most element segments. The linker emits one.
pub(crate) const ELEMENT_SEGMENTS: u32 = 64;
