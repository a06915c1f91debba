//! The line between the driver and the network: one exchange, no redirect, no repetition, no unpacking.

use beacon_contract::{FailureKind, Method};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use url::Url;
use zeroize::Zeroizing;

/// One request as it goes out. It may hold a credential, hence no `Debug`.
pub struct TransportRequest {
    /// Method.
    pub method: Method,
    /// Absolute address, already checked.
    pub url: Url,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The value of the `authorization` header.
    pub authorization: Option<Zeroizing<String>>,
    /// The body; it may hold a client secret, hence wiped.
    pub body: Option<Zeroizing<Vec<u8>>>,
}

/// The body as it arrives. An error in the middle means that the connection broke.
pub type RawBody = BoxStream<'static, Result<Bytes, SendError>>;

/// Head and body of an answer.
pub struct RawResponse {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, all of them.
    pub headers: Vec<(String, String)>,
    /// The body, still with its content coding.
    pub body: RawBody,
}

impl RawResponse {
    /// The first header of that lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no (whole) answer. The sentence never contains an address with a query.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct SendError {
    /// For decisions.
    pub kind: FailureKind,
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// Whether the other side may have seen the request.
    pub request_sent: bool,
}

impl SendError {
    /// Whether the same request may work a little later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, FailureKind::Unreachable | FailureKind::Timeout | FailureKind::Cut)
    }
}

/// Performs single exchanges.
pub trait Transport: Send + Sync {
    /// Sends a request and waits for the head of the answer.
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<RawResponse, SendError>>;
}
