//! The wire between a connector and whoever drives it, contract version 1.
//!
//! **What it is.** Frames, events, wishes, the manifest with its settings form, slots and egress rules, and the
//! tables of dataset 1 with the layout in which their rows cross. `docs/wire.md` tells the same in prose, for
//! authors who do not write Rust; a test reads its vectors.
//!
//! **What it must never do.** No I/O, no clock, no random numbers, nothing about Microsoft. It never trusts a
//! length, an offset or a count it reads: every decoder here returns an error instead of panicking, and what it
//! allocates is at most a small multiple of its input.
//!
//! **Where to start reading.** [`Event`] and [`Wish`] are the two halves of the conversation, [`Manifest`] is what
//! a module may do, [`dataset::TABLES`] is what a package holds.

mod column;
mod column_builder;
pub mod dataset;
mod egress;
mod event;
mod event_header;
mod form;
mod form_check;
mod frame;
mod identifier;
mod manifest;
mod manifest_check;
mod object;
mod outcome;
mod profile;
mod template;
mod text;
mod wish;

pub use column::{Buffers, ColumnError, ColumnType, ColumnView, decode_columns};
pub use column_builder::{ColumnBuilder, encode_columns};
pub use egress::{EgressRule, Method, OriginPattern, PathPattern};
pub use event::{
    Event, EventError, Failed, FailureKind, Granted, Head, Refused, RefusedStage, Start, Task, TaskName, decode_events,
};
pub use event_header::HeaderError;
pub use form::{Choice, Condition, ConditionalDefault, Field, FieldKind, Form, Format, Settings};
pub use form_check::{FieldError, form_text, joined_errors};
pub use frame::{CRITICAL, Frame, FrameError, FrameReader, FrameWriter};
pub use identifier::{ChainId, FieldId, IdentifierError, ModuleId, ProfileId, RequestId, SlotName, TableName};
pub use manifest::{
    ChainRoot, Continuation, ContractRange, Deprecation, Lane, Manifest, ManifestError, PartitionRule, TableOrigin,
    TableUse,
};
pub use outcome::{CheckOutcome, FailKind, NoteLevel, Reason, TableStatus};
pub use profile::{GrantKind, Profile, ScopeSet, Slot, SlotKind};
pub use template::{Template, TemplateError};
pub use text::{Text, render};
pub use wish::{
    CheckResult, Done, Drops, Fail, FieldErrors, GrantWish, HttpWish, Note, PageOf, Progress, Records, TableEnd, Wish,
    WishError, WishLimits, decode_wishes,
};

/// The version of the wire that this crate speaks.
pub const CONTRACT_VERSION: u16 = 1;

/// Name of the custom section that holds the manifest of a packed module.
pub const MANIFEST_SECTION: &str = "beacon:manifest";

/// The largest piece of a body in one `chunk` frame: 1 MiB.
pub const CHUNK_BYTES: usize = 1 << 20;
