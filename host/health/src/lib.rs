//! How a connection stands: seven states, the events that lead from one to another, and since when.
//!
//! **What it is.** Pure: [`next`] is one table, [`Standing`] is what is stored of a connection.
//!
//! **What it must never do.** Tell the time, ask anybody, or know where an event comes from: whoever calls brings what
//! was found, and when.
//!
//! **Where to start reading.** The table in `machine.rs`.

mod action;
mod event;
mod machine;
mod standing;
mod state;

pub use action::{Action, UnknownAction};
pub use event::Event;
pub use machine::next;
pub use standing::{Cause, Finding, Standing};
pub use state::{State, UnknownState};
