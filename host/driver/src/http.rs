//! HTTP: sending, repeating, redirecting, unpacking. Modules never see any of this, only whole answers.

mod body;
mod client;
mod connect_error;
mod connector;
mod governor;
mod line;
mod peer;
mod performer;
mod probe;
mod proxy;
mod proxy_error;
mod resolver;
mod retry;
mod sender;
mod transport;
mod trust;

pub use body::{Body, BodyError, BodyLimits};
pub use client::{ClientError, ClientOptions, NetworkTransport};
pub(crate) use governor::Governor;
pub use peer::{AuthorityFacts, PeerCertificate, read_authorities};
pub use performer::{Answer, Failure, Performer, Statistics};
pub(crate) use performer::{Order, ResponseFacts};
pub use probe::{Answered, Probe, Sight};
pub use proxy::{InvalidProxy, ProxyAccess};
#[cfg(test)]
pub(crate) use proxy_error::PROXY_CODES;
pub(crate) use retry::retry_after as retry_after_of;
pub use retry::{RetryBudget, RetryPolicy};
pub use sender::{Sender, SenderOptions, SentBody, SentRequest};
pub use transport::{RawBody, RawResponse, SendError, Transport, TransportRequest};
pub use trust::tls as client_tls;
