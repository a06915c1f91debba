//! Which certificates are trusted: the platform's authorities, and those that the operator adds.

use crate::http::client::ClientError;
use beacon_vault::Secret;
use rustls::client::WantsClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, ConfigBuilder};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// TLS towards anybody, without a protocol inside of it. `extra_authorities` (PEM) are trusted beside the platform's.
///
/// # Errors
/// [`ClientError`] if they cannot be read, or the platform's cannot.
pub fn tls(extra_authorities: &[u8]) -> Result<ClientConfig, ClientError> {
    tls_by(verifier(extra_authorities)?)
}

/// The same with another judge of certificates.
pub(crate) fn tls_by(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, ClientError> {
    Ok(judged_by(verifier)?.with_no_client_auth())
}

/// TLS that shows a certificate of our own, given with its private key as PEM in any order.
pub(crate) fn tls_with_identity(extra_authorities: &[u8], pem: &Secret) -> Result<ClientConfig, ClientError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.expose()).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(ClientError::Identity)?;
    let key = PrivateKeyDer::from_pem_slice(pem.expose()).map_err(|_| ClientError::Identity)?;
    let judged = judged_by(verifier(extra_authorities)?)?;
    judged.with_client_auth_cert(chain, key).map_err(|_| ClientError::Identity)
}

fn judged_by(
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, ClientError> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Client(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier))
}

/// Trusts the platform's authorities, and those that are added (PEM).
pub(crate) fn verifier(extra_authorities: &[u8]) -> Result<Arc<dyn ServerCertVerifier>, ClientError> {
    let verifier = match authorities(extra_authorities)? {
        none if none.is_empty() => Verifier::new(provider()),
        extra => Verifier::new_with_extra_roots(extra, provider()),
    };
    Ok(Arc::new(verifier.map_err(|error| ClientError::Client(error.into()))?))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(default_provider())
}

pub(crate) fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.map_err(|error| ClientError::Authorities(Some(error)))?;
    if certificates.is_empty() { Err(ClientError::Authorities(None)) } else { Ok(certificates) }
}
