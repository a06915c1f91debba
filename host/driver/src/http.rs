//! HTTP: sending, repeating, redirecting, unpacking. Modules never see any of this, only whole answers.

mod body;
mod client;
mod governor;
mod performer;
mod retry;
mod transport;

pub use body::{Body, BodyError, BodyLimits};
pub use client::{ClientError, ClientOptions, ProxyAccess, ReqwestTransport};
pub(crate) use governor::Governor;
pub use performer::{Answer, Failure, Performer, Statistics};
pub(crate) use performer::{Order, ResponseFacts};
pub(crate) use retry::retry_after as retry_after_of;
pub use retry::{RetryBudget, RetryPolicy};
pub use transport::{RawBody, RawResponse, SendError, Transport, TransportRequest};
