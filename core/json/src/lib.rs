//! JSON that arrives by the megabyte (RFC 8259), read in place.
//!
//! **What it is.** [`Cursor`] walks a body from token to token; [`Tape`] keeps one value of it as a flat list of nodes
//! that is used again for the next; [`Value`] and [`Object`] look things up there. The driver proves completeness with
//! the cursor, modules read pages and events with the tape.
//!
//! **Why it is ours.** A module is metered: each step of a loop costs fuel, and each kilobyte of code is compiled
//! before each run. One reader that takes eight bytes at a time and builds no tree halves both.
//!
//! **What it must never do.** Fail on an odd value where an odd value is an absent one; recurse.

mod cursor;
mod error;
mod object;
mod scan;
mod tape;

pub use cursor::{Cursor, Text};
pub use error::Malformed;
pub use object::{Object, Value};
pub use scan::has_upper;
pub use tape::Tape;
