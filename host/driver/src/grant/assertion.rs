//! Certificates: a signed assertion instead of a secret (RFC 7523 section 2.2, with Microsoft's header fields).

use super::certificate::{AssertionError, SigningCertificate};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PSS_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

/// Lifetime of an assertion. Microsoft asks for five to ten minutes.
const LIFETIME_SECONDS: i64 = 600;

/// A PS256 assertion for `audience`, the token endpoint.
pub(super) fn sign(
    pem: &[u8],
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Zeroizing<String>, AssertionError> {
    let SigningCertificate { certificate, key } = SigningCertificate::read(pem)?;
    let thumbprint = digest(&SHA256, &certificate);
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
