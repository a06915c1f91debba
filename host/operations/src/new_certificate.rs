//! Making a certificate for an app registration. Its key goes into the vault and nowhere else.

use crate::trouble::Trouble;
use beacon_vault::Secret;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use std::time::Duration;
use zeroize::{Zeroize as _, Zeroizing};

/// How long a new certificate is valid if nobody says otherwise: as long as Microsoft advises for secrets.
pub const DEFAULT_DAYS: u16 = 365;

/// Clocks differ: it is valid from an hour before.
const EARLIER: SignedDuration = SignedDuration::from_hours(1);

/// A self-signed certificate with a new key, PEM, valid for so many days.
///
/// # Errors
/// [`Trouble`] if there is no randomness, or the time is none.
pub(crate) fn make(subject: &str, now: Timestamp, days: u16) -> Result<Secret, Trouble> {
    let failed = |error: rcgen::Error| Trouble::unexpected(&error);
    let mut parameters = CertificateParams::new(Vec::new()).map_err(failed)?;
    parameters.distinguished_name.push(DnType::CommonName, subject);
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let end = now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
    parameters.not_before = date_time_ymd(1970, 1, 1) + since_epoch(now.saturating_sub(EARLIER).unwrap_or(now));
    parameters.not_after = date_time_ymd(1970, 1, 1) + since_epoch(end);
    let mut key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072).map_err(failed)?;
    let certificate = parameters.self_signed(&key).map_err(failed);
    let pem = Zeroizing::new(key.serialize_pem());
    key.zeroize();
    let mut both = pem.as_bytes().to_vec();
    both.extend_from_slice(certificate?.pem().as_bytes());
    Ok(Secret::new(both))
}

fn since_epoch(moment: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(moment.as_second()).unwrap_or(0))
}
