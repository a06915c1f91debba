//! The line to servers: that of imports, with what the operator allows for deliveries, and what its errors mean here.

use crate::error::DeliveryError;
use beacon_contract::FailKind;
use beacon_driver::{AddressRule, ClientError, ClientOptions, ProxyAccess, SendError, Sender, SenderOptions};
use beacon_vault::Secret;

/// What the operator allows.
#[derive(Default)]
pub struct UploadOptions {
    /// Certificate authorities beside the platform's, PEM.
    pub extra_authorities: Vec<u8>,
    /// The address rule, applied to every address that is resolved here.
    pub addresses: AddressRule,
    /// A proxy for every server that its bypass list does not name.
    pub proxy: Option<ProxyAccess>,
}

/// A sender without redirects and repetitions. `plain` allows `http`; the caller has seen to where that leads.
///
/// # Errors
/// [`DeliveryError::Authorities`], [`DeliveryError::Credential`], [`DeliveryError::Line`].
pub fn new(options: UploadOptions, identity: Option<&Secret>, plain: bool) -> Result<Sender, DeliveryError> {
    let UploadOptions { extra_authorities, addresses, proxy } = options;
    let line = ClientOptions { extra_authorities, proxy, addresses };
    Sender::new(SenderOptions { line, identity, plain }).map_err(|error| match error {
        ClientError::Authorities(_) => DeliveryError::Authorities,
        ClientError::Identity => {
            DeliveryError::Credential { why: "it is no PEM certificate with its private key that fits" }
        }
        ClientError::Proxy(_) | ClientError::Client(_) => DeliveryError::NoLine { message: error.to_string() },
    })
}

/// What an exchange that failed means for a delivery. What a proxy said keeps its own code.
#[must_use]
pub fn described(error: SendError, place: String) -> DeliveryError {
    let kind = if error.may_pass() { FailKind::Retry } else { FailKind::Settings };
    let (code, kind) = match error.code {
        "egress.address" => return DeliveryError::AddressNotGranted { place },
        proxy if proxy.starts_with("proxy.") => (proxy, kind),
        "http.name_not_found" => ("delivery.name_not_found", kind),
        "http.unreachable" => ("delivery.unreachable", kind),
        "http.timeout" => ("delivery.timeout", kind),
        "http.credential" => {
            return DeliveryError::Credential { why: "a header cannot hold it" };
        }
        _ => of_tls(&error.message),
    };
    DeliveryError::Line { place, code, kind, message: error.message }
}

/// What the TLS library says of the other side; a connection that was merely cut says none of it.
fn of_tls(message: &str) -> (&'static str, FailKind) {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["alert: certificaterequired", "alert: badcertificate", "alert: unknownca"]) {
        ("delivery.client_certificate", FailKind::Settings)
    } else if says(&["certificate", "fatal alert", "invalid peer", "peer is incompatible", "corrupt message"]) {
        ("delivery.tls", FailKind::Settings)
    } else {
        ("delivery.cut", FailKind::Retry)
    }
}

#[cfg(test)]
mod tests {
    use super::described;
    use beacon_contract::{FailKind, FailureKind};
    use beacon_driver::SendError;

    #[test]
    fn what_the_line_says_is_told_apart() {
        for (code, kind, message, expected, asks) in [
            (
                "http.tls",
                FailureKind::Tls,
                "invalid peer certificate: UnknownIssuer",
                "delivery.tls",
                FailKind::Settings,
            ),
            ("http.tls", FailureKind::Tls, "the TLS handshake was cut", "delivery.cut", FailKind::Retry),
            (
                "http.cut",
                FailureKind::Cut,
                "received fatal alert: CertificateRequired",
                "delivery.client_certificate",
                FailKind::Settings,
            ),
            ("http.cut", FailureKind::Cut, "connection reset by peer", "delivery.cut", FailKind::Retry),
            ("http.unreachable", FailureKind::Unreachable, "refused", "delivery.unreachable", FailKind::Retry),
            ("proxy.credentials_refused", FailureKind::Proxy, "407", "proxy.credentials_refused", FailKind::Settings),
            ("proxy.unreachable", FailureKind::Unreachable, "refused", "proxy.unreachable", FailKind::Retry),
            ("egress.address", FailureKind::Forbidden, "private", "delivery.address", FailKind::Settings),
        ] {
            let error = SendError { kind, code, message: message.to_owned(), request_sent: false };
            let told = described(error, "https://files.example.com/".to_owned());
            assert_eq!((told.code(), told.kind()), (expected, asks), "{message}");
        }
    }
}
