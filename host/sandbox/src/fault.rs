//! How a run can end badly.

use std::error::Error;
use std::fmt;

use wasmtime::Trap;

use crate::guard::{Guard, HostRefusedMemory};

/// Why a poll gave no answer. The instance is of no use afterwards.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The module used up the fuel of the poll.
    #[error("the module used all of its {fuel} units of fuel")]
    OutOfFuel {
        /// Fuel of one poll.
        fuel: u64,
    },
    /// The poll took too long by the clock, though it had fuel left: the machine was busy or asleep.
    #[error("the poll was stopped by the clock")]
    WallClock,
    /// The module called itself too deeply.
    #[error("the module used up its stack")]
    StackOverflow,
    /// The module gave up; this is what an abort in Rust becomes.
    #[error("the module aborted")]
    Unreachable,
    /// The module read or wrote outside of its memory.
    #[error("the module reached outside of its memory")]
    MemoryOutOfBounds,
    /// The module called a function through an index outside of its table.
    #[error("the module reached outside of its table")]
    TableOutOfBounds,
    /// The module called a function through an empty place of its table.
    #[error("the module called through an empty place of its table")]
    IndirectCallToNull,
    /// The module called a function through its table with another signature.
    #[error("the module called a function of another type through its table")]
    IndirectCallType,
    /// The module divided by zero.
    #[error("the module divided an integer by zero")]
    IntegerDivideByZero,
    /// The quotient of a division does not fit.
    #[error("an integer operation of the module overflowed")]
    IntegerOverflow,
    /// The module converted a float without an integer value.
    #[error("the module converted a float that has no integer value")]
    FloatToInteger,
    /// Any other trap; none is known that a module within the accepted features could cause.
    #[error("the module was stopped: {trap}")]
    OtherTrap {
        /// The trap's name in wasmtime.
        trap: String,
    },
    /// The module asked for more memory than it may have, and could not go on without.
    #[error("the module asked for {wanted} bytes of memory; at most {cap} are allowed")]
    OutOfMemory {
        /// Bytes of memory it wanted to have in all.
        wanted: usize,
        /// Bytes allowed by the limits; the module's own declaration may be lower.
        cap: usize,
    },
    /// The module gave an address and a length that do not lie in its memory.
    #[error("the module gave {length} bytes at {address:#x} as {buffer}, which is outside of its memory")]
    BadPointer {
        /// What should have been there.
        buffer: GuestBuffer,
        /// Address in the module's memory.
        address: u32,
        /// Length, in bytes.
        length: u32,
    },
    /// The answer is too long.
    #[error("the module answered {size} bytes; at most {cap} are allowed")]
    OutputTooLarge {
        /// Bytes of the answer.
        size: usize,
        /// Bytes allowed.
        cap: usize,
    },
    /// The host wanted to hand in too much. The module has not been called.
    #[error("the poll was given {size} bytes; at most {cap} are allowed")]
    InputTooLarge {
        /// Bytes of the input.
        size: usize,
        /// Bytes allowed.
        cap: usize,
    },
    /// The operating system had no memory, though the limits allow it.
    #[error("the operating system refused memory")]
    HostMemory,
    /// wasmtime failed in a way that is not a trap.
    #[error("the sandbox failed")]
    Runtime {
        /// What wasmtime says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An earlier poll of this instance failed.
    #[error("the instance has failed before and cannot be polled again")]
    Poisoned,
}

/// What a module gives an address for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestBuffer {
    /// Room for the input, from `beacon_alloc`.
    Input,
    /// The two numbers that `beacon_poll` points at.
    Reply,
    /// The answer that these two numbers describe.
    Output,
}

impl fmt::Display for GuestBuffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Input => "room for its input",
            Self::Reply => "its reply",
            Self::Output => "its output",
        })
    }
}

impl Fault {
    /// A name that stays the same when the sentence is improved.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfFuel { .. } => "sandbox.out_of_fuel",
            Self::WallClock => "sandbox.wall_clock",
            Self::StackOverflow => "sandbox.stack_overflow",
            Self::Unreachable => "sandbox.unreachable",
            Self::MemoryOutOfBounds => "sandbox.memory_out_of_bounds",
            Self::TableOutOfBounds => "sandbox.table_out_of_bounds",
            Self::IndirectCallToNull => "sandbox.indirect_call_to_null",
            Self::IndirectCallType => "sandbox.indirect_call_type",
            Self::IntegerDivideByZero => "sandbox.integer_divide_by_zero",
            Self::IntegerOverflow => "sandbox.integer_overflow",
            Self::FloatToInteger => "sandbox.float_to_integer",
            Self::OtherTrap { .. } => "sandbox.other_trap",
            Self::OutOfMemory { .. } => "sandbox.out_of_memory",
            Self::BadPointer { .. } => "sandbox.bad_pointer",
            Self::OutputTooLarge { .. } => "sandbox.output_too_large",
            Self::InputTooLarge { .. } => "sandbox.input_too_large",
            Self::HostMemory => "sandbox.host_memory",
            Self::Runtime { .. } => "sandbox.runtime",
            Self::Poisoned => "sandbox.poisoned",
        }
    }

    /// True if the same module, given the same events under the same limits, fails in the same way again. Only such a
    /// fault is evidence against a module. Of the others, [`Fault::WallClock`] and [`Fault::HostMemory`] are worth
    /// another try; the rest is the host's own mistake.
    #[must_use]
    pub const fn is_deterministic(&self) -> bool {
        match self {
            Self::WallClock | Self::InputTooLarge { .. } | Self::HostMemory | Self::Runtime { .. } | Self::Poisoned => {
                false
            }
            Self::OutOfFuel { .. }
            | Self::StackOverflow
            | Self::Unreachable
            | Self::MemoryOutOfBounds
            | Self::TableOutOfBounds
            | Self::IndirectCallToNull
            | Self::IndirectCallType
            | Self::IntegerDivideByZero
            | Self::IntegerOverflow
            | Self::FloatToInteger
            | Self::OtherTrap { .. }
            | Self::OutOfMemory { .. }
            | Self::BadPointer { .. }
            | Self::OutputTooLarge { .. } => true,
        }
    }

    /// Reads what wasmtime reports. `guard` knows whether memory was refused on the way.
    pub(crate) fn of(error: wasmtime::Error, guard: &Guard, fuel: u64) -> Self {
        if error.is::<HostRefusedMemory>() || error.is::<wasmtime::OutOfMemory>() {
            return Self::HostMemory;
        }
        let trap = error.downcast_ref::<Trap>().copied();
        if let (Some(wanted), None | Some(Trap::UnreachableCodeReached)) = (guard.refused(), trap) {
            return Self::OutOfMemory { wanted, cap: guard.memory_bytes() };
        }
        let Some(trap) = trap else {
            return Self::Runtime { source: error.into_boxed_dyn_error() };
        };
        match trap {
            Trap::OutOfFuel => Self::OutOfFuel { fuel },
            Trap::Interrupt => Self::WallClock,
            Trap::StackOverflow => Self::StackOverflow,
            Trap::UnreachableCodeReached => Self::Unreachable,
            Trap::MemoryOutOfBounds => Self::MemoryOutOfBounds,
            Trap::TableOutOfBounds => Self::TableOutOfBounds,
            Trap::IndirectCallToNull => Self::IndirectCallToNull,
            Trap::BadSignature => Self::IndirectCallType,
            Trap::IntegerDivisionByZero => Self::IntegerDivideByZero,
            Trap::IntegerOverflow => Self::IntegerOverflow,
            Trap::BadConversionToInteger => Self::FloatToInteger,
            other => Self::OtherTrap { trap: other.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::ResourceLimiter;

    use super::*;

    #[test]
    fn memory_that_the_system_refuses_is_no_evidence_against_the_module() {
        let mut guard = Guard::new(1 << 20);
        let error = guard.memory_grow_failed(wasmtime::Error::msg("no more")).unwrap_err();
        let fault = Fault::of(error, &guard, 0);
        assert!(matches!(fault, Fault::HostMemory), "{fault:?}");
        assert!(!fault.is_deterministic());
    }

    #[test]
    fn an_error_that_is_no_trap_keeps_its_cause() {
        let fault = Fault::of(wasmtime::Error::msg("surprise"), &Guard::new(0), 0);
        assert_eq!(fault.code(), "sandbox.runtime");
        assert_eq!(fault.source().unwrap().to_string(), "surprise");
    }
}
