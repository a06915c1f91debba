//! What a connector is.

use crate::Run;
use beacon_contract::{Done, Fail, FailKind, IdentifierError, Manifest, Reason};
use std::future::Future;

/// How a run ends.
pub type Settled = Result<Done, Fail>;

/// A connector module: what it may do, and how it does it.
pub trait Connector: 'static {
    /// Everything the module may ever do. Written into the packed module; never asked at run time.
    ///
    /// # Errors
    /// An identifier that breaks its own rules. A test of each connector calls this, so that none is ever packed.
    fn manifest() -> Result<Manifest, IdentifierError>;

    /// Performs one task. Everything it knows and can do is in `run`; the result becomes the last wish.
    fn run(run: Run) -> impl Future<Output = Settled> + 'static;
}

/// A failure whose text is that of `reason`.
#[must_use]
pub fn failure(kind: FailKind, reason: Reason) -> Fail {
    Fail { kind, code: reason.code, arguments: reason.arguments }
}
