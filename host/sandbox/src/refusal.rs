//! Why a module is not compiled.

use crate::item_name::ItemName;

/// A rule of the validator that a module breaks. Nothing of the module has run when this is returned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file is larger than [`MODULE_BYTES`](crate::MODULE_BYTES).
    #[error("the module has {size} bytes; at most {cap} are allowed")]
    Size {
        /// Bytes of the file.
        size: usize,
        /// Bytes allowed.
        cap: usize,
    },
    /// The bytes are not a valid core module, not even with every feature allowed.
    #[error("the module is malformed at byte {offset}: {reason}")]
    Malformed {
        /// Where, from the start of the file.
        offset: usize,
        /// The parser's words.
        reason: ItemName,
    },
    /// The module is valid, but uses a feature that is not on the list.
    #[error("the module uses a feature that is not allowed at byte {offset}: {reason}")]
    Feature {
        /// Where, from the start of the file.
        offset: usize,
        /// The parser's words.
        reason: ItemName,
    },
    /// The module wants something from outside.
    #[error("the module imports `{module}` `{name}`; imports are not allowed")]
    Import {
        /// First part of the import's name.
        module: ItemName,
        /// Second part of the import's name.
        name: ItemName,
    },
    /// The module wants to run before it is polled.
    #[error("the module has a start section for function {function}; it may only run when polled")]
    Start {
        /// Index of the function.
        function: u32,
    },
    /// There must be exactly one memory.
    #[error("the module declares {count} memories; exactly one is required")]
    Memories {
        /// How many it declares.
        count: u32,
    },
    /// The memory has no maximum.
    #[error("the memory declares no maximum")]
    MemoryUnbounded,
    /// The maximum of the memory is above [`MEMORY_PAGES`](crate::MEMORY_PAGES).
    #[error("the memory may grow to {pages} pages of 64 KiB; at most {cap} are allowed")]
    MemoryTooLarge {
        /// Pages declared.
        pages: u64,
        /// Pages allowed.
        cap: u64,
    },
    /// There must be at most one table.
    #[error("the module declares {count} tables; at most one is allowed")]
    Tables {
        /// How many it declares.
        count: u32,
    },
    /// The table has no maximum.
    #[error("the table declares no maximum")]
    TableUnbounded,
    /// The maximum of the table is above [`TABLE_ELEMENTS`](crate::TABLE_ELEMENTS).
    #[error("the table may grow to {elements} elements; at most {cap} are allowed")]
    TableTooLarge {
        /// Elements declared.
        elements: u64,
        /// Elements allowed.
        cap: u64,
    },
    /// The module exports something that is not part of the contract.
    #[error("the module exports `{name}`, which is not part of the contract")]
    ExportUnknown {
        /// Name of the export.
        name: ItemName,
    },
    /// The module lacks an export of the contract.
    #[error("the module does not export `{name}`")]
    ExportMissing {
        /// Name of the export.
        name: &'static str,
    },
    /// An export of the contract is of another type.
    #[error("the export `{name}` is not {expected}")]
    ExportType {
        /// Name of the export.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// There are too many items of one kind, for the compiler's sake.
    #[error("the module has {count} {items}; at most {cap} are allowed")]
    TooMany {
        /// The kind, in the plural.
        items: &'static str,
        /// How many there are.
        count: u32,
        /// How many are allowed.
        cap: u32,
    },
    /// A function is too long, for the compiler's sake.
    #[error("a function body has {size} bytes; at most {cap} are allowed")]
    FunctionTooLong {
        /// Bytes of the body.
        size: usize,
        /// Bytes allowed.
        cap: usize,
    },
    /// Single functions are so large that compiling them all takes too long.
    #[error("the functions would take {effort} units of work to compile; at most {cap} are allowed")]
    TooComplex {
        /// The square of bytes plus locals of each function, added up to the function that went above the cap.
        effort: u64,
        /// The sum allowed.
        cap: u64,
    },
    /// A custom section is neither the manifest nor the names of functions.
    #[error("the module has a custom section `{name}`; only `beacon:manifest` and `name` are allowed")]
    CustomSection {
        /// Name of the section.
        name: ItemName,
    },
    /// There is no manifest.
    #[error("the module has no section `beacon:manifest`")]
    ManifestMissing,
    /// There are several manifests, and nobody could say which one counts.
    #[error("the module has more than one section `beacon:manifest`")]
    ManifestRepeated,
    /// The manifest is larger than [`MANIFEST_BYTES`](crate::MANIFEST_BYTES).
    #[error("the manifest has {size} bytes; at most {cap} are allowed")]
    ManifestTooLarge {
        /// Bytes of the manifest.
        size: usize,
        /// Bytes allowed.
        cap: usize,
    },
}

impl Refusal {
    /// A name that stays the same when the sentence is improved.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size { .. } => "sandbox.size",
            Self::Malformed { .. } => "sandbox.malformed",
            Self::Feature { .. } => "sandbox.feature",
            Self::Import { .. } => "sandbox.import",
            Self::Start { .. } => "sandbox.start",
            Self::Memories { .. } => "sandbox.memories",
            Self::MemoryUnbounded => "sandbox.memory_unbounded",
            Self::MemoryTooLarge { .. } => "sandbox.memory_too_large",
            Self::Tables { .. } => "sandbox.tables",
            Self::TableUnbounded => "sandbox.table_unbounded",
            Self::TableTooLarge { .. } => "sandbox.table_too_large",
            Self::ExportUnknown { .. } => "sandbox.export_unknown",
            Self::ExportMissing { .. } => "sandbox.export_missing",
            Self::ExportType { .. } => "sandbox.export_type",
            Self::TooMany { .. } => "sandbox.too_many",
            Self::FunctionTooLong { .. } => "sandbox.function_too_long",
            Self::TooComplex { .. } => "sandbox.too_complex",
            Self::CustomSection { .. } => "sandbox.custom_section",
            Self::ManifestMissing => "sandbox.manifest_missing",
            Self::ManifestRepeated => "sandbox.manifest_repeated",
            Self::ManifestTooLarge { .. } => "sandbox.manifest_too_large",
        }
    }
}
