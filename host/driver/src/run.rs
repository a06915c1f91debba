//! The run loop: events in, wishes out, until the module says that it is done.

mod core;
mod delivery;
mod error;
mod outcome;
mod performing;
mod publish;
mod replay;
mod request;

pub use error::RunError;
pub use outcome::{Imported, RunEnd, RunOutcome};
pub use performing::run;
pub use publish::{PublishError, PublishOrder, publish};
pub use request::{Cancel, RunJournal, RunLimits, RunRequest, Surroundings};
