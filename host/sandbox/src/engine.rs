//! The compiler and its clock.

use std::error::Error;
use std::fmt;
use std::io;

use crate::compiled::{CompileError, CompiledModule};
use crate::configuration::configuration;
use crate::inspection::inspect;
use crate::limits::SandboxLimits;
use crate::ticker;

/// Compiles modules under the one configuration. Cheap to clone; one per process is enough.
///
/// Its clock is a thread that ends by itself once the engine, its modules and their instances are gone.
#[derive(Clone)]
pub struct Engine {
    engine: wasmtime::Engine,
    limits: SandboxLimits,
}

/// An engine could not be made. Both causes lie in the machine, not in a module.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime does not support this machine under this configuration.
    #[error("the sandbox cannot run on this machine")]
    Configuration {
        /// What wasmtime says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The thread that counts ticks did not start.
    #[error("the clock of the sandbox could not be started")]
    Clock {
        /// What the operating system says.
        source: io::Error,
    },
}

impl EngineError {
    /// A name that stays the same when the sentence is improved.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => "sandbox.configuration",
            Self::Clock { .. } => "sandbox.clock",
        }
    }
}

impl Engine {
    /// Starts an engine whose instances all run under `limits`.
    ///
    /// # Errors
    /// [`EngineError`] if this machine cannot run a sandbox.
    pub fn new(limits: SandboxLimits) -> Result<Self, EngineError> {
        let engine = wasmtime::Engine::new(&configuration())
            .map_err(|error| EngineError::Configuration { source: error.into_boxed_dyn_error() })?;
        // Detached on purpose: the thread ends with the engine.
        drop(ticker::start(engine.weak()).map_err(|source| EngineError::Clock { source })?);
        Ok(Self { engine, limits })
    }

    /// The limits of every run.
    #[must_use]
    pub const fn limits(&self) -> &SandboxLimits {
        &self.limits
    }

    /// Inspects a module and, if it is accepted, compiles it. Takes one to two milliseconds per KiB of module and
    /// cannot be interrupted: call it off the event loop.
    ///
    /// # Errors
    /// [`CompileError::Refused`] if [`inspect`] refuses the module; [`CompileError::Compiler`] if wasmtime cannot
    /// compile what was accepted.
    pub fn compile(&self, bytes: &[u8]) -> Result<CompiledModule, CompileError> {
        let facts = inspect(bytes)?;
        CompiledModule::new(&self.engine, facts, bytes, self.limits.clone())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engine").field("limits", &self.limits).finish_non_exhaustive()
    }
}
