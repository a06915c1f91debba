//! Looking whether a host can be reached, the way a run reaches it: the same names, address rule, proxy and trust. What
//! a look adds is what it notices on the way.

use crate::egress::EgressPolicy;
use crate::http::client::{ClientError, ClientOptions, NetworkTransport};
use crate::http::peer::{PeerCertificate, Platform, Witness};
use crate::http::transport::{SendError, Transport as _, TransportRequest};
use crate::http::trust;
use beacon_contract::{FailureKind, Method};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// A look takes no longer than this, whatever a host does.
const LONGEST: Duration = Duration::from_secs(30);

/// Looks at hosts.
pub struct Probe {
    transport: NetworkTransport,
    witness: Arc<Witness>,
}

/// What a look at a host brought.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What it answered, whatever that means; or why it could not.
    pub answer: Result<Answered, SendError>,
    /// The certificate that it showed, if it came so far.
    pub certificate: Option<PeerCertificate>,
}

/// An answer, as far as it says something about host and clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Status of HTTP. Nothing is asked for, so any of them is fine.
    pub status: u16,
    /// The host's own time, if it told it.
    pub date: Option<Timestamp>,
}

impl Probe {
    /// A probe that reaches hosts as a run with these options does.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let extra = &options.extra_authorities;
        let platform = match trust::verifier(&[]) {
            _ if extra.is_empty() => Platform::All,
            Ok(platform) => Platform::Some(platform),
            Err(_) => Platform::Nothing,
        };
        let witness = Arc::new(Witness::new(trust::verifier(extra)?, platform));
        let tls = trust::tls_by(Arc::clone(&witness) as _)?;
        Ok(Self { transport: NetworkTransport::over(tls, options)?, witness })
    }

    /// Asks for the root of an origin, without any credential, and reads no more of the answer than its head.
    pub async fn look(&self, policy: &EgressPolicy, origin: &Url) -> Sight {
        if let Err(refusal) = policy.check_endpoint(origin) {
            let (kind, message) = (FailureKind::Forbidden, refusal.to_string());
            let error = SendError { kind, code: refusal.code(), message, request_sent: false };
            return Sight { answer: Err(error), certificate: None };
        }
        let request = TransportRequest {
            method: Method::Get,
            url: origin.clone(),
            headers: Vec::new(),
            authorization: None,
            body: None,
        };
        let answer = match timeout(LONGEST, self.transport.send(request)).await {
            Ok(Ok(response)) => Ok(Answered {
                status: response.status,
                date: response
                    .header("date")
                    .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
                    .map(|date| date.timestamp()),
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(SendError {
                kind: FailureKind::Timeout,
                code: "http.timeout",
                message: format!("nothing arrived for {} seconds", LONGEST.as_secs()),
                request_sent: true,
            }),
        };
        Sight { answer, certificate: origin.host_str().and_then(|host| self.witness.seen(host)) }
    }
}
