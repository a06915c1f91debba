//! The guest runtime: what turns `beacon_poll` into plain async Rust.
//!
//! **What it is.** A connector implements [`Connector`]: one future per run. [`Guest`] polls that future with the
//! events of the driver and hands back the wishes it wrote meanwhile, natively in tests and, through [`export!`], as
//! a WebAssembly module. [`Run`] is all a connector can do.
//!
//! **What it must never do.** No I/O, no clock, no random numbers, no thread. The same events give the same wishes,
//! byte for byte: futures are polled in the order in which they were written down, and nothing iterates a hash map.
//! It never trusts the driver either: events that make no sense end the run with a typed failure.
//!
//! **Where to start reading.** [`Connector`] and [`Run`], then `guest.rs` for the poll itself.

pub mod abi;
mod connector;
mod exchange;
mod guest;
mod join;
mod reply;
mod request;
mod rows;
mod run;
mod text;
mod timestamp;

pub use connector::{Connector, Settled, failure};
pub use guest::Guest;
pub use join::{join_all, join2, join3, join4, try_join2, try_join3, try_join4};
pub use reply::Response;
pub use request::{Request, Stream};
pub use rows::{Column, Rows};
pub use run::Run;
pub use text::texts;
pub use timestamp::{days_from_civil, parse_date, parse_timestamp};
