//! Who a host says it is: its certificate as it was shown, whether it is trusted or not.

use crate::http::client::ClientError;
use crate::http::trust;
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate};
use x509_parser::x509::X509Name;

/// What may be shown of the certificate of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The authority that signed it, by its common name, or by its organisation.
    pub issuer: String,
    /// When it began.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// Whether it is trusted only because the operator added an authority: what stands between here and the host reads
    /// what is sent.
    pub by_extra_authority: bool,
}

/// What may be shown of an authority that the operator added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityFacts {
    /// Its common name, or its organisation.
    pub name: String,
    /// When it ends, and with it the trust in everything it signed.
    pub not_after: Timestamp,
}

/// Judges certificates as another judge does, and notes what it saw.
#[derive(Debug)]
pub(crate) struct Witness {
    judge: Arc<dyn ServerCertVerifier>,
    /// The platform's authorities alone, if there are others beside them.
    platform: Platform,
    seen: Mutex<BTreeMap<String, PeerCertificate>>,
}

/// What the platform trusts by itself.
#[derive(Debug)]
pub(crate) enum Platform {
    /// Everything that is trusted.
    All,
    /// What this one says.
    Some(Arc<dyn ServerCertVerifier>),
    /// Nothing: a machine without authorities of its own.
    Nothing,
}

impl Platform {
    /// Whether something that is trusted would not be without the authorities that were added.
    fn misses(&self, ask: impl FnOnce(&Arc<dyn ServerCertVerifier>) -> bool) -> bool {
        match self {
            Self::All => false,
            Self::Some(platform) => !ask(platform),
            Self::Nothing => true,
        }
    }
}

impl Witness {
    pub(crate) fn new(judge: Arc<dyn ServerCertVerifier>, platform: Platform) -> Self {
        Self { judge, platform, seen: Mutex::default() }
    }

    /// The certificate that a host showed last.
    pub(crate) fn seen(&self, host: &str) -> Option<PeerCertificate> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ask = |judge: &Arc<dyn ServerCertVerifier>| {
            judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let verdict = ask(&self.judge);
        let by_extra_authority = verdict.is_ok() && self.platform.misses(|platform| ask(platform).is_ok());
        if let Some(certificate) = read(end_entity, by_extra_authority) {
            let name = server_name.to_str().into_owned();
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name, certificate);
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// `None` for bytes that are no certificate; what is wrong with them is for the judge to say.
fn read(der: &[u8], by_extra_authority: bool) -> Option<PeerCertificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let moment = |time: ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    let (not_before, not_after) =
        (moment(certificate.validity().not_before)?, moment(certificate.validity().not_after)?);
    Some(PeerCertificate { issuer: name_of(certificate.issuer()), not_before, not_after, by_extra_authority })
}

/// The authorities of a file that are added to the platform's (PEM), as far as they can be read.
///
/// # Errors
/// [`ClientError::Authorities`] if there is none.
pub fn read_authorities(pem: &[u8]) -> Result<Vec<AuthorityFacts>, ClientError> {
    let authorities = trust::authorities(pem)?;
    let facts = authorities.iter().filter_map(|der| {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let not_after = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
        Some(AuthorityFacts { name: name_of(certificate.subject()), not_after })
    });
    Ok(facts.collect())
}

fn name_of(name: &X509Name<'_>) -> String {
    let parts = name.iter_common_name().chain(name.iter_organization());
    let named = parts.filter_map(|part| part.as_str().ok()).next().map(str::to_owned);
    named.unwrap_or_else(|| name.to_string()).chars().take(100).collect()
}
