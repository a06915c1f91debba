//! Certificates with their private key: what they are, and whether they belong together.

use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use jiff::Timestamp;
use pem::{EncodeConfig, LineEnding};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The same text on every system.
const PEM: EncodeConfig = EncodeConfig::new().set_line_ending(LineEnding::LF);

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
    /// No certificate is for the key.
    #[error("none of the certificates belongs to the private key")]
    OtherKey,
    /// The random number source failed.
    #[error("the assertion cannot be signed")]
    Sign,
}

/// What may be shown of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of the certificate, hexadecimal.
    pub thumbprint: String,
    /// SHA-1 of the certificate, hexadecimal, as the portal shows it. It names the certificate and protects nothing.
    pub thumbprint_sha1: String,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// Its end.
    pub not_after: Timestamp,
    /// The certificate without its key, PEM.
    pub public_pem: String,
}

/// A certificate and the key that it is for.
pub(super) struct SigningCertificate {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: RsaKeyPair,
}

impl SigningCertificate {
    /// From a PEM text with a private key and its certificate, perhaps with others of its chain.
    pub(super) fn read(pem: &[u8]) -> Result<Self, AssertionError> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect();
        if certificates.is_empty() {
            return Err(AssertionError::NoCertificate);
        }
        let key = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| AssertionError::NoKey)? {
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(AssertionError::NotRsa),
        };
        let key = key.map_err(|_| AssertionError::NotRsa)?;
        let fits = |certificate: &CertificateDer<'_>| is_for(certificate, key.public_key().as_ref());
        let certificate = certificates.into_iter().find(fits).ok_or(AssertionError::OtherKey)?;
        Ok(Self { certificate, key })
    }
}

/// Whether a certificate is for the public key (RFC 8017 appendix A.1.1).
fn is_for(certificate: &CertificateDer<'_>, public_key: &[u8]) -> bool {
    let parsed = X509Certificate::from_der(certificate);
    parsed.is_ok_and(|(_, parsed)| parsed.public_key().subject_public_key.data.as_ref() == public_key)
}

/// Checks that certificate and key can sign, before they are stored.
///
/// # Errors
/// See [`AssertionError`].
pub fn read_certificate(pem: &[u8]) -> Result<CertificateFacts, AssertionError> {
    let certificate = SigningCertificate::read(pem)?.certificate;
    let (_, parsed) = X509Certificate::from_der(&certificate).map_err(|_| AssertionError::NoCertificate)?;
    let moment = |seconds: i64, else_: Timestamp| Timestamp::from_second(seconds).unwrap_or(else_);
    let validity = parsed.validity();
    let hexadecimal = |algorithm| -> String {
        digest(algorithm, &certificate).as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
    };
    Ok(CertificateFacts {
        thumbprint: hexadecimal(&digest::SHA256),
        thumbprint_sha1: hexadecimal(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        not_before: moment(validity.not_before.timestamp(), Timestamp::MIN),
        not_after: moment(validity.not_after.timestamp(), Timestamp::MAX),
        public_pem: pem::encode_config(&pem::Pem::new("CERTIFICATE", certificate.as_ref()), PEM),
    })
}
