//! Why the worker could not do what it was asked for. The sentences are those of the host's sandbox.

use std::fmt;

/// Why an order came to nothing. The page shows the sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The name of a module is none.
    #[error("a module digest is 64 lower-case hexadecimal digits")]
    DigestText,
    /// The host sent other bytes than those of the digest.
    #[error("the module that arrived is another one: expected sha256 {expected}, found {found}")]
    Digest {
        /// What was asked for.
        expected: String,
        /// What came.
        found: String,
    },
    /// The module is too large.
    #[error("the module has {size} bytes; at most {cap} are allowed", cap = crate::MODULE_BYTES)]
    ModuleSize {
        /// Its size.
        size: u32,
    },
    /// The browser does not take it for a module.
    #[error("the browser refused the module: {words}")]
    Malformed {
        /// The browser's words.
        words: String,
    },
    /// The module wants something from outside.
    #[error("the module has {count} imports; a connector module has none")]
    Imports {
        /// How many.
        count: u32,
    },
    /// The module offers something else than the contract.
    #[error("the module does not have exactly the five exports of the contract")]
    Exports,
    /// The module has no manifest, or one that cannot be read.
    #[error("the module has no readable manifest")]
    Manifest,
    /// The module trapped.
    #[error("the module was stopped: {words}")]
    Stopped {
        /// The browser's words.
        words: String,
    },
    /// A function of the module gave something that is no 32-bit number.
    #[error("a function of the module has another type than the contract says")]
    ResultType,
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
    /// The module's allocator said no.
    #[error("the module has no room for {length} bytes of events")]
    NoRoom {
        /// Length, in bytes.
        length: u32,
    },
    /// The module took more memory than it may have.
    #[error("the module has more than {cap} bytes of memory", cap = crate::MEMORY_BYTES)]
    Memory,
    /// The answer is too long.
    #[error("the module answered {size} bytes; at most {cap} are allowed", cap = crate::OUTPUT_BYTES)]
    OutputTooLarge {
        /// Bytes of the answer.
        size: u32,
    },
    /// The host handed out too much. The module has not been called.
    #[error("the poll was given {size} bytes; at most {cap} are allowed", cap = crate::INPUT_BYTES)]
    InputTooLarge {
        /// Bytes of the events.
        size: u32,
    },
    /// The answer of a check cannot be read.
    #[error("the connector module answered something unreadable")]
    Wishes,
    /// A check wanted more than to look at the settings.
    #[error("the connector module wanted to do more than to check the settings")]
    NotOnlyChecked,
    /// A check did not end.
    #[error("the connector module stopped without ending its task")]
    Stalled,
    /// A check failed by itself.
    #[error("the connector module could not check the settings: {code}")]
    CheckFailed {
        /// Code of its failure.
        code: String,
    },
    /// The host could not be reached.
    #[error("the beacon cannot be reached: {words}")]
    Unreachable {
        /// The browser's words.
        words: String,
    },
    /// The host refused, with a sentence of its own.
    #[error("{sentence}")]
    Refused {
        /// What and what next.
        sentence: String,
    },
    /// The host refused without saying why.
    #[error("the beacon answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// An order came before the session.
    #[error("the worker was given no session")]
    NoSession,
}

/// What a module gives an address for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuestBuffer {
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
