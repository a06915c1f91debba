//! A command whose data folder belongs to a beacon that serves: the beacon executes it, and the person's terminal stays
//! with the process that they started.
//!
//! That process (`client.rs`) sends its command line, shows what comes back, and is the only one that asks, reads and
//! writes on the person's behalf, with their rights. The beacon (`conversation.rs`) executes the very same code over a
//! [`Line`] in place of a terminal. What they say is in `frame.rs`, how it crosses in `wire.rs`.

mod client;
mod conversation;
mod frame;
mod line;
mod wire;

pub(crate) use client::execute;
pub(crate) use conversation::Commands;
pub(crate) use frame::Step;
pub(crate) use line::{Attending, Line};
