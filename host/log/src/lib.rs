//! The log of a beacon: one line for each thing that happened, for people or for machines, to the standard error and to
//! files of one day each.
//!
//! **What it is.** A layer below `tracing`: whatever the rooms of this house tell with `tracing::info!` and its siblings
//! becomes a [`Line`](line::Line), as text or as JSON, with the fields of the spans around it (run, connection, tenant).
//!
//! **What it must never do.** Write an address of a person, a bearer token or the value behind the name of a secret: each
//! line passes [`redacted`] before it is written anywhere. Keep a beacon from its work because a log cannot be written.
//!
//! **Where to start reading.** [`LogSettings`] and [`start`].

mod area;
mod daily_file;
mod layer;
mod line;
mod redact;
mod start;

pub use area::{Area, InvalidArea};
pub use daily_file::last_lines;
pub use redact::redacted;
pub use start::{Format, LogError, LogSettings, start};
