//! The connector module in the browser: a Web Worker that holds it, and the page's hand on that worker.
//!
//! **What it is.** [`serve`] is the worker: it loads a module by its digest, instantiates it without a single import
//! and polls it, for a check of settings by itself, for every other task with the events that the host's relay hands
//! out. [`Runner`] is the page's side: orders out, answers back, and the end of a worker that does not answer.
//!
//! **What it must never do.** Hold a secret, perform a wish, decide anything that counts: wishes go to the host, which
//! checks them as it checks those of its own sandbox, and *Save* checks the settings again. It trusts no number of a
//! module: addresses and lengths are checked against the module's memory, answers have a cap.
//!
//! **Where to start reading.** [`Order`] and [`Reply`], then `instance.rs` for the one call into a module, `drive.rs`
//! for the relay. There is no fuel in a browser: a module that loops is ended by [`Runner::stop`].

mod bounds;
mod check;
mod client;
mod digest;
mod drive;
mod fault;
mod instance;
mod javascript;
mod message;
mod module;
mod relay;
mod worker;

pub use bounds::{INPUT_BYTES, MEMORY_BYTES, MODULE_BYTES, OUTPUT_BYTES};
pub use client::{Runner, RunnerError};
pub use message::{MessageError, Order, Reply};
pub use worker::serve;
