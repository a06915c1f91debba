//! Everything that can go wrong between this machine and a proxy, and at the proxy, each with its own code.

use beacon_contract::FailureKind;
use std::io;

/// Why a proxy gave no tunnel. `proxy` is its address without credentials, `host` is `name:port` of the target.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyError {
    /// Its name does not resolve.
    #[error("{proxy}: {source}")]
    NameNotFound { proxy: String, source: io::Error },
    /// Nobody listens there, or no way leads there.
    #[error("{proxy}: {reason}")]
    Unreachable { proxy: String, reason: String },
    /// It took the connection and then was silent.
    #[error("{proxy} did not answer within {seconds} seconds")]
    Silent { proxy: String, seconds: u64 },
    /// It took the connection and ended it without an answer.
    #[error("{proxy}: {reason}")]
    Cut { proxy: String, reason: String },
    /// Its certificate is not trusted.
    #[error("{proxy}: {reason}")]
    Untrusted { proxy: String, reason: String },
    /// It does not speak TLS.
    #[error("{proxy}: {reason}")]
    NoTls { proxy: String, reason: String },
    /// What it answers is not HTTP.
    #[error("{proxy}: {reason}")]
    NoHttp { proxy: String, reason: String },
    /// It asks for credentials, and there are none.
    #[error("{proxy} answered 407 to a tunnel to {host}")]
    CredentialsMissing { proxy: String, host: String },
    /// It does not accept the credentials.
    #[error("{proxy} answered 407 to a tunnel to {host}")]
    CredentialsRefused { proxy: String, host: String },
    /// It accepts none of the ways to sign in that are spoken here.
    #[error("{proxy} offers only {offered}")]
    SignInNotSpoken { proxy: String, offered: String },
    /// It does not let this host through.
    #[error("{host} is refused by {proxy}, which answered {status}")]
    HostRefused { proxy: String, host: String, status: u16 },
    /// It lets the host through and cannot reach it.
    #[error("{host} is not reached by {proxy}, which answered {status}")]
    HostNotReached { proxy: String, host: String, status: u16 },
    /// Any other answer.
    #[error("{proxy} answered {status} to a tunnel to {host}")]
    Status { proxy: String, host: String, status: u16 },
}

/// The codes of all of them, for the test that each has words.
#[cfg(test)]
pub(crate) const PROXY_CODES: [&str; 13] = [
    "proxy.name_not_found",
    "proxy.unreachable",
    "proxy.silent",
    "proxy.cut",
    "proxy.untrusted",
    "proxy.no_tls",
    "proxy.no_http",
    "proxy.credentials_missing",
    "proxy.credentials_refused",
    "proxy.sign_in_not_spoken",
    "proxy.host_refused",
    "proxy.host_not_reached",
    "proxy.status",
];

impl ProxyError {
    /// Stable code; the words for it are in `texts.rs`.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NameNotFound { .. } => "proxy.name_not_found",
            Self::Unreachable { .. } => "proxy.unreachable",
            Self::Silent { .. } => "proxy.silent",
            Self::Cut { .. } => "proxy.cut",
            Self::Untrusted { .. } => "proxy.untrusted",
            Self::NoTls { .. } => "proxy.no_tls",
            Self::NoHttp { .. } => "proxy.no_http",
            Self::CredentialsMissing { .. } => "proxy.credentials_missing",
            Self::CredentialsRefused { .. } => "proxy.credentials_refused",
            Self::SignInNotSpoken { .. } => "proxy.sign_in_not_spoken",
            Self::HostRefused { .. } => "proxy.host_refused",
            Self::HostNotReached { .. } => "proxy.host_not_reached",
            Self::Status { .. } => "proxy.status",
        }
    }

    /// What may pass by itself is tried again; a refusal is not, least of all a wrong password, or an account would be
    /// locked for it.
    pub(crate) const fn kind(&self) -> FailureKind {
        match self {
            Self::Unreachable { .. } | Self::Cut { .. } | Self::HostNotReached { .. } => FailureKind::Unreachable,
            Self::Silent { .. } => FailureKind::Timeout,
            _ => FailureKind::Proxy,
        }
    }
}
