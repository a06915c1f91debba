//! Why a connection could not be made, and what is told of an exchange that failed.

use crate::http::proxy_error::ProxyError;
use crate::http::resolver::ResolveError;
use crate::http::transport::SendError;
use beacon_contract::FailureKind;
use std::error::Error as StdError;
use std::io;

/// The longest sentence about a failure, in characters. What a library says is quoted, never an address with a query.
const MESSAGE_CHARACTERS: usize = 400;

/// Why there is no connection to the host that was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// At the proxy, or on the way to it.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The name does not resolve, or to nothing that may be connected to.
    #[error(transparent)]
    Name(#[from] ResolveError),
    /// Nobody listens there, or no way leads there.
    #[error("{0}")]
    Unreachable(String),
    /// The certificate or the TLS handshake failed.
    #[error("{0}")]
    Tls(String),
    /// It took too long.
    #[error("no connection within {seconds} seconds")]
    Timeout { seconds: u64 },
    /// Not a host that can be connected to.
    #[error("this is not an https address")]
    Address,
}

impl ConnectError {
    fn facts(&self) -> (FailureKind, &'static str) {
        match self {
            Self::Proxy(error) => (error.kind(), error.code()),
            Self::Name(ResolveError::NotPermitted) => (FailureKind::Forbidden, "egress.address"),
            Self::Name(ResolveError::NotFound(_)) => (FailureKind::Unreachable, "http.name_not_found"),
            Self::Unreachable(_) => (FailureKind::Unreachable, "http.unreachable"),
            Self::Tls(_) => (FailureKind::Tls, "http.tls"),
            Self::Timeout { .. } => (FailureKind::Timeout, "http.timeout"),
            Self::Address => (FailureKind::Other, "http.request"),
        }
    }

    /// What is told of it.
    pub(crate) fn described(&self) -> SendError {
        let (kind, code) = self.facts();
        SendError { kind, code, message: shortened(&self.to_string()), request_sent: false }
    }
}

/// Sorts an error of the HTTP library: one of our own connector, or an exchange that broke.
pub(crate) fn describe(error: &(dyn StdError + 'static)) -> SendError {
    if let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<ConnectError>()) {
        return error.described();
    }
    let message = causes(error).last().map_or_else(String::new, ToString::to_string);
    SendError { kind: FailureKind::Cut, code: "http.cut", message: shortened(&message), request_sent: true }
}

/// An error and what is below it.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause| (*cause).source())
}

/// What the TLS library says about a failed handshake, which reaches us inside of an error of input and output.
pub(crate) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

fn shortened(message: &str) -> String {
    message.chars().take(MESSAGE_CHARACTERS).collect()
}
