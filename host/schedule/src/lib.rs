//! When imports are due: rules, time zones, missed times.
//!
//! **What it is.** Pure arithmetic of time. A [`Timing`] is a [`Rule`] in a time zone with what else a schedule says;
//! [`consider`] tells, from the moment that was considered last and the one it is now, whether something is due.
//!
//! **What it must never do.** Tell the time, draw a random number, or remember anything: all of it is passed in, so
//! that a simulated year is a loop.
//!
//! **Where to start reading.** [`Rule`], then `fires.rs` for what a change of the clock does to it, then `decision.rs`
//! for what becomes of times that were missed.

mod civil;
mod clock_time;
mod decision;
mod error;
mod fires;
mod rule;
mod spread;
mod timing;
mod window;

pub use clock_time::ClockTime;
pub use decision::{Decision, GRACE, Missed, REWIND, consider};
pub use error::InvalidTiming;
pub use rule::{DayOfMonth, Rule};
pub use spread::delay;
pub use timing::Timing;
pub use window::Window;
