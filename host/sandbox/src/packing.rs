//! The way from a linker's output to a module that [`inspect`] accepts. For build tools only (feature `pack`).

use std::borrow::Cow;

use wasm_encoder::{CustomSection, ExportKind, ExportSection, MemorySection, MemoryType, Module, RawSection};
use wasm_encoder::{RefType, TableSection, TableType};
use wasmparser::{BinaryReaderError, ExternalKind, MemorySectionReader, Parser, Payload, TableSectionReader};

use crate::bounds::{MANIFEST_SECTION, MEMORY_PAGES};
use crate::exports;
use crate::inspection::inspect;
use crate::item_name::ItemName;
use crate::refusal::Refusal;

#[cfg(test)]
mod tests;

/// What a packed module declares as its maxima.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackLimits {
    /// Maximum of the memory, in pages of 64 KiB; a lower maximum in the input is kept.
    pub memory_pages: u64,
}

impl Default for PackLimits {
    fn default() -> Self {
        Self { memory_pages: MEMORY_PAGES }
    }
}

/// A module could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The input is not a WebAssembly module.
    #[error("the input is malformed at byte {offset}: {reason}")]
    Malformed {
        /// Where, from the start of the file.
        offset: usize,
        /// The parser's words.
        reason: ItemName,
    },
    /// The input has a table that is not a plain table of function pointers.
    #[error("the input has a table of another kind than a linker writes for functions")]
    Table,
    /// What packing cannot repair: the packed module would be refused.
    #[error("the packed module would be refused")]
    Refused {
        /// The rule it breaks.
        #[source]
        refusal: Refusal,
    },
}

impl PackError {
    /// A name that stays the same when the sentence is improved.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "pack.malformed",
            Self::Table => "pack.table",
            Self::Refused { refusal } => refusal.code(),
        }
    }
}

impl From<BinaryReaderError> for PackError {
    fn from(error: BinaryReaderError) -> Self {
        Self::Malformed { offset: error.offset(), reason: ItemName::new(error.message()) }
    }
}

/// Turns the output of `rustc --crate-type cdylib` into a module for the sandbox: keeps only the exports of the
/// contract, drops all custom sections, gives memory and table a maximum, and writes `manifest` as the one section
/// `beacon:manifest` at the end. Everything else is copied byte for byte, so the same input gives the same output; a
/// packed module can be packed again.
///
/// # Errors
/// [`PackError`] if the input cannot be read, or if [`inspect`] would refuse the result.
pub fn pack(bytes: &[u8], manifest: &[u8], limits: &PackLimits) -> Result<Vec<u8>, PackError> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::CustomSection(_) => {}
            Payload::MemorySection(section) => {
                module.section(&memories(section.clone(), limits)?);
            }
            Payload::TableSection(section) => {
                module.section(&tables(section.clone())?);
            }
            Payload::ExportSection(section) => {
                let mut kept = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    if exports::is_contract(export.name) {
                        kept.export(export.name, kind(export.kind), export.index);
                    }
                }
                module.section(&kept);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = bytes.get(range).unwrap_or_default();
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    module.section(&CustomSection { name: Cow::Borrowed(MANIFEST_SECTION), data: Cow::Borrowed(manifest) });
    let packed = module.finish();
    inspect(&packed).map_err(|refusal| PackError::Refused { refusal })?;
    Ok(packed)
}

fn memories(section: MemorySectionReader<'_>, limits: &PackLimits) -> Result<MemorySection, PackError> {
    let mut memories = MemorySection::new();
    for memory in section {
        let memory = memory?;
        memories.memory(MemoryType {
            minimum: memory.initial,
            maximum: Some(memory.maximum.unwrap_or(u64::MAX).min(limits.memory_pages)),
            memory64: memory.memory64,
            shared: memory.shared,
            page_size_log2: memory.page_size_log2,
        });
    }
    Ok(memories)
}

/// A table keeps its maximum; one without gets its minimum, since nothing in the accepted features can grow it.
fn tables(section: TableSectionReader<'_>) -> Result<TableSection, PackError> {
    let mut tables = TableSection::new();
    for table in section {
        let table = table?;
        if table.ty.element_type != wasmparser::RefType::FUNCREF
            || !matches!(table.init, wasmparser::TableInit::RefNull)
        {
            return Err(PackError::Table);
        }
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: table.ty.table64,
            minimum: table.ty.initial,
            maximum: Some(table.ty.maximum.unwrap_or(table.ty.initial)),
            shared: table.ty.shared,
        });
    }
    Ok(tables)
}

fn kind(kind: ExternalKind) -> ExportKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
    }
}
