//! The one constructor of an HTTP client for uploads: trust, resolver and time limits in one place, and what its errors
//! mean. It is another one than that of imports, because files are streamed and may take their time.

use crate::error::DeliveryError;
use beacon_contract::FailKind;
use beacon_driver::AddressRule;
use beacon_vault::Secret;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::Duration;

/// The longest sentence of a library that is quoted, in characters.
const LONGEST_MESSAGE: usize = 400;

/// What the operator allows.
#[derive(Default)]
pub struct UploadOptions {
    /// Certificate authorities beside the platform's, PEM.
    pub extra_authorities: Vec<u8>,
    /// The address rule, applied to every resolved address.
    pub addresses: AddressRule,
}

/// A client without proxy, redirects and repetitions. `plain` allows `http`; the caller has seen to where that leads.
///
/// # Errors
/// [`DeliveryError::Authorities`], [`DeliveryError::Credential`].
pub fn new(options: UploadOptions, identity: Option<&Secret>, plain: bool) -> Result<reqwest::Client, DeliveryError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(!plain)
        .user_agent(concat!("m365-beacon/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(20))
        .no_proxy()
        .dns_resolver(CheckedResolver(options.addresses));
    if !options.extra_authorities.is_empty() {
        let authorities = reqwest::Certificate::from_pem_bundle(&options.extra_authorities);
        let authorities = authorities.ok().filter(|found| !found.is_empty()).ok_or(DeliveryError::Authorities)?;
        builder = builder.tls_certs_merge(authorities);
    }
    let unusable = |_| DeliveryError::Credential { why: "it is no PEM certificate with its private key" };
    if let Some(pem) = identity {
        builder = builder.identity(reqwest::Identity::from_pem(pem.expose()).map_err(unusable)?);
    }
    // Everything else was checked above: what is left is a key that does not fit its certificate.
    builder.build().map_err(unusable)
}

/// Resolves names and lets only permitted addresses through, so that the checked address is the one connected to.
struct CheckedResolver(AddressRule);

/// What the resolver answers if the rule leaves no address.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves only to private, loopback, link-local or reserved addresses")]
struct NoPermittedAddress;

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.0.clone();
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<_> = all.iter().copied().filter(|address| rule.allows(address.ip())).collect();
            if permitted.is_empty() && !all.is_empty() {
                return Err(NoPermittedAddress.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// Sorts an error of the HTTP library. Its own sentence holds the address, so only its sources are quoted.
#[must_use]
pub fn described(error: &reqwest::Error, place: String) -> DeliveryError {
    let causes: Vec<&(dyn StdError + 'static)> =
        std::iter::successors(error.source(), |cause| (*cause).source()).collect();
    if causes.iter().any(|cause| cause.is::<NoPermittedAddress>()) {
        return DeliveryError::AddressNotGranted { place };
    }
    let says = |words: &[&str]| {
        causes
            .iter()
            .map(ToString::to_string)
            .any(|cause| words.iter().any(|word| cause.to_ascii_lowercase().contains(word)))
    };
    // What the TLS library says of the other side; a connection that was merely cut says none of it.
    let not_trusted = ["certificate", "fatal alert", "invalid peer", "peer is incompatible", "corrupt message"];
    let (code, kind) = if error.is_timeout() {
        ("delivery.timeout", FailKind::Retry)
    } else if says(&["alert: certificaterequired", "alert: badcertificate", "alert: unknownca"]) {
        ("delivery.client_certificate", FailKind::Settings)
    } else if says(&not_trusted) {
        ("delivery.tls", FailKind::Settings)
    } else if error.is_connect() && says(&["dns", "lookup", "resolve"]) {
        ("delivery.name_not_found", FailKind::Retry)
    } else if error.is_connect() {
        ("delivery.unreachable", FailKind::Retry)
    } else {
        ("delivery.cut", FailKind::Retry)
    };
    let message = causes.last().map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    DeliveryError::Line { place, code, kind, message: message.chars().take(LONGEST_MESSAGE).collect() }
}
