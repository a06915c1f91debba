//! The validator: decides from the bytes alone whether a module may be compiled.

use wasmparser::{BinaryReaderError, FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::bounds;
use crate::digest::ModuleDigest;
use crate::exports::Exports;
use crate::features;
use crate::item_name::ItemName;
use crate::refusal::Refusal;

#[cfg(test)]
mod tests;

/// What is known of an accepted module without compiling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFacts {
    /// Identity of the module.
    pub digest: ModuleDigest,
    /// The bytes of the section `beacon:manifest`, which this crate does not interpret.
    pub manifest: Vec<u8>,
    /// Size of the file, in bytes.
    pub size: usize,
    /// Number of functions.
    pub functions: u32,
    /// Memory at the start, in bytes.
    pub memory_minimum: u64,
    /// Memory that the module may grow to by its own declaration, in bytes.
    pub memory_maximum: u64,
    /// Elements that the table of function pointers may grow to; 0 without a table.
    pub table_maximum: u64,
}

/// Reads a module without running or compiling it, and refuses it unless every rule of the sandbox holds: no imports,
/// no start section, one memory and at most one table with declared maxima, exactly the five exports of the contract,
/// one manifest, no other custom section but `name`, nothing beyond the accepted features, and sizes within bounds.
///
/// # Errors
/// The first rule that the module breaks, in the order of its bytes.
pub fn inspect(bytes: &[u8]) -> Result<ModuleFacts, Refusal> {
    if bytes.len() > bounds::MODULE_BYTES {
        return Err(Refusal::Size { size: bytes.len(), cap: bounds::MODULE_BYTES });
    }
    let refuse = |error: BinaryReaderError| explain(bytes, &error);
    let mut validator = Validator::new_with_features(features::VALIDATOR);
    let mut parser = Parser::new(0);
    parser.set_features(features::VALIDATOR);
    let mut allocations = FuncValidatorAllocations::default();
    let mut sections = Sections::default();

    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(refuse)?;
        // The sandbox's own rules go first: they say what is wrong in the sandbox's words.
        sections.take(&payload, &refuse)?;
        match validator.payload(&payload).map_err(refuse)? {
            ValidPayload::Func(function, body) => {
                let mut function = function.into_validator(allocations);
                function.validate(&body).map_err(refuse)?;
                sections.take_effort(body.range().len(), function.len_locals())?;
                allocations = function.into_allocations();
            }
            ValidPayload::End(types) => sections.exports.check(types.as_ref())?,
            ValidPayload::Ok | ValidPayload::Parser(_) => {}
        }
    }
    sections.facts(bytes)
}

/// What the sections have told so far.
#[derive(Default)]
struct Sections<'bytes> {
    exports: Exports,
    manifest: Option<&'bytes [u8]>,
    functions: u32,
    /// Minimum and maximum, in pages.
    memory: Option<(u64, u64)>,
    table_maximum: u64,
    effort: u64,
}

impl<'bytes> Sections<'bytes> {
    /// Takes one piece of the module, or refuses it.
    fn take(
        &mut self,
        payload: &Payload<'bytes>,
        refuse: &impl Fn(BinaryReaderError) -> Refusal,
    ) -> Result<(), Refusal> {
        match payload {
            Payload::TypeSection(section) => at_most("types", section.count(), bounds::TYPES)?,
            Payload::ImportSection(section) => {
                if let Some(import) = section.clone().into_imports().next() {
                    let import = import.map_err(refuse)?;
                    return Err(Refusal::Import {
                        module: ItemName::new(import.module),
                        name: ItemName::new(import.name),
                    });
                }
            }
            Payload::FunctionSection(section) => {
                at_most("functions", section.count(), bounds::FUNCTIONS)?;
                self.functions = section.count();
            }
            Payload::TableSection(section) => {
                if section.count() > 1 {
                    return Err(Refusal::Tables { count: section.count() });
                }
                for table in section.clone() {
                    self.table_maximum = table_maximum(table.map_err(refuse)?.ty.maximum)?;
                }
            }
            Payload::MemorySection(section) => {
                if section.count() > 1 {
                    return Err(Refusal::Memories { count: section.count() });
                }
                for memory in section.clone() {
                    let memory = memory.map_err(refuse)?;
                    self.memory = Some((memory.initial, memory_maximum(memory.maximum)?));
                }
            }
            Payload::GlobalSection(section) => at_most("globals", section.count(), bounds::GLOBALS)?,
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    self.exports.take(&export.map_err(refuse)?)?;
                }
            }
            Payload::StartSection { func, .. } => return Err(Refusal::Start { function: *func }),
            Payload::ElementSection(section) => {
                at_most("element segments", section.count(), bounds::ELEMENT_SEGMENTS)?;
            }
            Payload::DataSection(section) => at_most("data segments", section.count(), bounds::DATA_SEGMENTS)?,
            Payload::CodeSectionEntry(body) => {
                let size = body.range().len();
                if size > bounds::FUNCTION_BODY_BYTES {
                    return Err(Refusal::FunctionTooLong { size, cap: bounds::FUNCTION_BODY_BYTES });
                }
            }
            Payload::CustomSection(section) if section.name() == bounds::MANIFEST_SECTION => {
                self.take_manifest(section.data())?;
            }
            Payload::CustomSection(section) if section.name() != bounds::NAME_SECTION => {
                return Err(Refusal::CustomSection { name: ItemName::new(section.name()) });
            }
            // Whatever else there is, the validator knows it or refuses it.
            _ => {}
        }
        Ok(())
    }

    fn take_manifest(&mut self, manifest: &'bytes [u8]) -> Result<(), Refusal> {
        if self.manifest.is_some() {
            return Err(Refusal::ManifestRepeated);
        }
        if manifest.len() > bounds::MANIFEST_BYTES {
            return Err(Refusal::ManifestTooLarge { size: manifest.len(), cap: bounds::MANIFEST_BYTES });
        }
        self.manifest = Some(manifest);
        Ok(())
    }

    /// Takes what one function adds to the compiler's work.
    fn take_effort(&mut self, size: usize, locals: u32) -> Result<(), Refusal> {
        let size = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(u64::from(locals));
        self.effort = self.effort.saturating_add(size.saturating_mul(size));
        if self.effort > bounds::COMPILE_EFFORT {
            return Err(Refusal::TooComplex { effort: self.effort, cap: bounds::COMPILE_EFFORT });
        }
        Ok(())
    }

    /// The facts, once all sections have been taken.
    fn facts(self, bytes: &[u8]) -> Result<ModuleFacts, Refusal> {
        let (minimum, maximum) = self.memory.ok_or(Refusal::Memories { count: 0 })?;
        Ok(ModuleFacts {
            digest: ModuleDigest::of(bytes),
            manifest: self.manifest.ok_or(Refusal::ManifestMissing)?.to_vec(),
            size: bytes.len(),
            functions: self.functions,
            // Both are at most 4096 pages: the validator holds the minimum below the maximum.
            memory_minimum: minimum * bounds::PAGE_BYTES,
            memory_maximum: maximum * bounds::PAGE_BYTES,
            table_maximum: self.table_maximum,
        })
    }
}

fn at_most(items: &'static str, count: u32, cap: u32) -> Result<(), Refusal> {
    if count > cap { Err(Refusal::TooMany { items, count, cap }) } else { Ok(()) }
}

fn memory_maximum(declared: Option<u64>) -> Result<u64, Refusal> {
    match declared.ok_or(Refusal::MemoryUnbounded)? {
        pages if pages > bounds::MEMORY_PAGES => Err(Refusal::MemoryTooLarge { pages, cap: bounds::MEMORY_PAGES }),
        pages => Ok(pages),
    }
}

fn table_maximum(declared: Option<u64>) -> Result<u64, Refusal> {
    match declared.ok_or(Refusal::TableUnbounded)? {
        elements if elements > bounds::TABLE_ELEMENTS => {
            Err(Refusal::TableTooLarge { elements, cap: bounds::TABLE_ELEMENTS })
        }
        elements => Ok(elements),
    }
}

/// Tells a module that wants too much from one that is broken: the former is valid once every finished proposal is
/// allowed. Only a refused module pays for this second reading.
fn explain(bytes: &[u8], error: &BinaryReaderError) -> Refusal {
    let offset = error.offset();
    let reason = ItemName::new(error.message());
    match Validator::new_with_features(WasmFeatures::default()).validate_all(bytes) {
        Ok(_) => Refusal::Feature { offset, reason },
        Err(_) => Refusal::Malformed { offset, reason },
    }
}
