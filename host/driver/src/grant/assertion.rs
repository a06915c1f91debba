//! Certificates: a signed assertion instead of a secret (RFC 7523 section 2.2, with Microsoft's header fields).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use zeroize::Zeroizing;

/// Lifetime of an assertion. Microsoft asks for five to ten minutes.
const LIFETIME_SECONDS: i64 = 600;

/// Why a certificate cannot sign.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AssertionError {
    /// No `CERTIFICATE` block.
    #[error("the PEM text holds no certificate")]
    NoCertificate,
    /// No private key block.
    #[error("the PEM text holds no private key; export the certificate together with its key")]
    NoKey,
    /// Not RSA, or not between 2048 and 8192 bits.
    #[error("the private key is not an RSA key of 2048 to 8192 bits, the only kind that Microsoft accepts here")]
    NotRsa,
    /// The random number source failed.
    #[error("the assertion cannot be signed")]
    Sign,
}

/// What may be shown of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of the certificate, hexadecimal, as the portal shows it.
    pub thumbprint: String,
}

struct Parts {
    thumbprint: [u8; 32],
    key: RsaKeyPair,
}

fn parts(pem: &[u8]) -> Result<Parts, AssertionError> {
    let certificate = CertificateDer::pem_slice_iter(pem).find_map(Result::ok).ok_or(AssertionError::NoCertificate)?;
    let key = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| AssertionError::NoKey)? {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        _ => return Err(AssertionError::NotRsa),
    };
    let thumbprint = digest(&SHA256, &certificate).as_ref().try_into().map_err(|_| AssertionError::Sign)?;
    Ok(Parts { thumbprint, key: key.map_err(|_| AssertionError::NotRsa)? })
}

/// Checks that certificate and key can sign, before they are stored.
///
/// # Errors
/// See [`AssertionError`].
pub fn read_certificate(pem: &[u8]) -> Result<CertificateFacts, AssertionError> {
    let thumbprint = parts(pem)?.thumbprint.iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(CertificateFacts { thumbprint })
}

/// A PS256 assertion for `audience`, the token endpoint.
pub(super) fn sign(
    pem: &[u8],
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Zeroizing<String>, AssertionError> {
    let Parts { thumbprint, key } = parts(pem)?;
    let seconds = now.as_second();
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint)});
    let claims = json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": uuid::Uuid::new_v4().to_string(),
        "nbf": seconds,
        "iat": seconds,
        "exp": seconds.saturating_add(LIFETIME_SECONDS),
    });
    let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut text = Zeroizing::new(format!("{}.{}", encode(header), encode(claims)));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| AssertionError::Sign)?;
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(&signature));
    Ok(text)
}
