//! Which certificates are trusted: the platform's authorities, and those that the operator adds.

use crate::http::client::ClientError;
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
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
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Client(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
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

fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.map_err(|error| ClientError::Authorities(Some(error)))?;
    if certificates.is_empty() { Err(ClientError::Authorities(None)) } else { Ok(certificates) }
}
