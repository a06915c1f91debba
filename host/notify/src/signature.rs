//! How a receiver knows that a request came from here, and that it is new: the scheme of Standard Webhooks, for which
//! there are libraries in most languages.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beacon_vault::Secret;
use zeroize::Zeroizing;

/// How a key begins that is written in base64.
const PREFIX: &str = "whsec_";

/// The shortest key, in bytes.
const SHORTEST: usize = 24;

/// What a signature is made with. It holds a secret: no `Debug`, `Display`, `Clone`, `Serialize`.
pub struct SigningKey(hmac::Key);

impl SigningKey {
    /// The key of a text: base64 behind `whsec_`, or the bytes as they are. `None` if it is too short to keep anybody
    /// from guessing it.
    #[must_use]
    pub fn new(secret: &Secret) -> Option<Self> {
        let bytes = match secret.expose_str().and_then(|text| text.strip_prefix(PREFIX)) {
            Some(encoded) => Zeroizing::new(STANDARD.decode(encoded).ok()?),
            None => Zeroizing::new(secret.expose().to_vec()),
        };
        (bytes.len() >= SHORTEST).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The value of the header `webhook-signature`.
    pub(crate) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

#[cfg(test)]
mod tests {
    use super::SigningKey;
    use beacon_vault::Secret;

    #[test]
    fn a_key_is_long_enough_or_none() {
        let key = |text: &str| SigningKey::new(&Secret::from(text.to_owned()));
        assert!(key("short").is_none());
        assert!(key("whsec_not base64 at all").is_none());
        assert!(key("whsec_c2hvcnQ=").is_none());
        let plain = key("0123456789abcdef01234567").unwrap();
        let encoded = key("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3").unwrap();
        let signature = plain.sign("msg", 1, b"{}");
        assert_eq!(signature, encoded.sign("msg", 1, b"{}"));
        assert!(signature.starts_with("v1,"));
        for other in [plain.sign("msg", 2, b"{}"), plain.sign("msh", 1, b"{}"), plain.sign("msg", 1, b"{ }")] {
            assert_ne!(signature, other);
        }
    }
}
