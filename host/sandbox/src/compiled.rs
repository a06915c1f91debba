//! A module as machine code, ready to be instantiated.

use std::error::Error;
use std::fmt;

use wasmtime::{InstancePre, Linker, Module};

use crate::digest::ModuleDigest;
use crate::fault::Fault;
use crate::guard::Guard;
use crate::inspection::ModuleFacts;
use crate::instance::Instance;
use crate::limits::SandboxLimits;
use crate::refusal::Refusal;

/// An inspected and compiled module. Made by [`Engine::compile`](crate::Engine::compile); cheap to clone and shared
/// between threads.
#[derive(Clone)]
pub struct CompiledModule {
    facts: ModuleFacts,
    code: InstancePre<Guard>,
    limits: SandboxLimits,
}

/// A module could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The validator refused it; the compiler has not seen it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The validator accepted it, but the compiler did not.
    #[error("the module could not be compiled")]
    Compiler {
        /// What wasmtime says.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl CompileError {
    /// A name that stays the same when the sentence is improved.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Compiler { .. } => "sandbox.compiler",
        }
    }
}

impl CompiledModule {
    /// Compiles bytes that `inspect` has accepted as `facts`.
    pub(crate) fn new(
        engine: &wasmtime::Engine,
        facts: ModuleFacts,
        bytes: &[u8],
        limits: SandboxLimits,
    ) -> Result<Self, CompileError> {
        // The linker stays empty: there is nothing a module could import.
        let code = Module::new(engine, bytes)
            .and_then(|module| Linker::new(engine).instantiate_pre(&module))
            .map_err(|error| CompileError::Compiler { source: error.into_boxed_dyn_error() })?;
        Ok(Self { facts, code, limits })
    }

    /// What `inspect` found.
    #[must_use]
    pub const fn facts(&self) -> &ModuleFacts {
        &self.facts
    }

    /// Identity of the module.
    #[must_use]
    pub const fn digest(&self) -> ModuleDigest {
        self.facts.digest
    }

    /// Starts a run: a fresh memory that no other run has written to. Takes well under a millisecond.
    ///
    /// # Errors
    /// A [`Fault`] if the module's memory does not fit into the limits, if its initial data does not fit into its
    /// memory, or if the operating system has no memory to give.
    pub fn instantiate(&self) -> Result<Instance, Fault> {
        Instance::new(&self.code, self.limits.clone())
    }
}

impl fmt::Debug for CompiledModule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CompiledModule").field("digest", &self.facts.digest).finish_non_exhaustive()
    }
}
