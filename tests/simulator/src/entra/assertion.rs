//! Client assertions signed with a registered certificate (RFC 7523), as documented and as real clients send them.

use super::error::SignInError;
use super::registration::AppRegistration;
use super::signing_key::decode;
use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use serde_json::Value;

/// Clocks of client and server may differ by this many seconds.
const CLOCK_SKEW: f64 = 300.0;

fn refused(number: u32, text: &str) -> SignInError {
    SignInError::new(number, "invalid_client", text)
}

/// Checks an assertion: form, key, signature, subject, audience, time. Floats and an absent `nbf` are in order.
pub(super) fn verify(
    assertion: &str,
    registration: &AppRegistration,
    audience_fits: impl Fn(&str) -> bool,
    now: Timestamp,
) -> Result<(), SignInError> {
    let malformed = || refused(50_027, "JWT token is invalid or malformed.");
    let (message, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = message.split_once('.').ok_or_else(malformed)?;
    let header: Value = decode(header).ok_or_else(malformed)?;
    let claims: Value = decode(claims).ok_or_else(malformed)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).map_err(|_| malformed())?;

    let certificate = registration.certificates.iter().find(|certificate| names(&header, certificate));
    let certificate = certificate.ok_or_else(|| {
        refused(
            700_027,
            "The certificate with identifier used to sign the client assertion is not registered on application.",
        )
    })?;
    let algorithm: &RsaParameters = match header.get("alg").and_then(Value::as_str) {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(malformed()),
    };
    let key = public_key(certificate).ok_or_else(malformed)?;
    UnparsedPublicKey::new(algorithm, key)
        .verify(message.as_bytes(), &signature)
        .map_err(|_| refused(700_027, "Client assertion failed signature validation."))?;

    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let client = registration.client_id.to_string();
    if !text("iss").eq_ignore_ascii_case(&client) || !text("sub").eq_ignore_ascii_case(&client) {
        return Err(refused(700_030, "The 'iss' and 'sub' claims must be the application id."));
    }
    if !audience_fits(text("aud")) {
        return Err(refused(700_023, "Client assertion audience claim does not match Realm issuer."));
    }
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = now.as_second() as f64;
    let expired = seconds("exp").is_none_or(|expiry| expiry + CLOCK_SKEW < now);
    let early = seconds("nbf").is_some_and(|start| start - CLOCK_SKEW > now);
    if expired || early {
        return Err(refused(700_024, "Client assertion is not within its valid time range."));
    }
    Ok(())
}

/// Whether the header's thumbprint is that of this certificate, in either digest, padded or not.
fn names(header: &Value, certificate: &[u8]) -> bool {
    let digests = [("x5t#S256", &digest::SHA256), ("x5t", &digest::SHA1_FOR_LEGACY_USE_ONLY)];
    digests.into_iter().any(|(name, algorithm)| {
        let claimed = header.get(name).and_then(Value::as_str).map(|text| text.trim_end_matches('='));
        claimed == Some(&BASE64_URL_SAFE_NO_PAD.encode(digest::digest(algorithm, certificate)))
    })
}

fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = CertificateDer::from(certificate);
    let certificate = webpki::EndEntityCert::try_from(&certificate).ok()?;
    Some(certificate.subject_public_key_info().as_ref().to_vec())
}
