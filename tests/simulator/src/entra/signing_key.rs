//! The key that signs tokens, and the shape of those tokens (RFC 7515, RS256).

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, KeyPair as _, RsaKeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// The signing key could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The RSA key could not be generated or encoded.
    #[error("the token signing key could not be made")]
    Generate(#[from] aws_lc_rs::error::Unspecified),
    /// The certificate around it could not be made.
    #[error("the token signing certificate could not be made")]
    Certificate(#[from] rcgen::Error),
}

/// Signs and checks the tokens of one simulation.
pub(crate) struct SigningKey {
    pair: RsaKeyPair,
    /// PKCS#8 of the private key, for the list of secrets.
    pub(crate) private_pem: String,
    certificate: Vec<u8>,
    key_id: String,
}

impl SigningKey {
    pub(crate) fn generate() -> Result<Self, SigningKeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let private = pair.as_der()?;
        let key = rcgen::KeyPair::try_from(private.as_ref())?;
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "simulated token signing");
        let certificate = parameters.self_signed(&key)?.der().to_vec();
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        Ok(Self {
            pair,
            private_pem: key.serialize_pem(),
            certificate,
            key_id: BASE64_URL_SAFE_NO_PAD.encode(thumbprint),
        })
    }

    /// An id token: header without `x5t`, as version 2.0 tokens have it.
    pub(crate) fn sign_id_token(&self, claims: &Map<String, Value>) -> String {
        let header = encode(&json!({"typ": "JWT", "alg": "RS256", "kid": self.key_id}));
        self.sign(&header, &header, &encode(&claims))
    }

    /// A Graph access token. What is signed is not the header that is sent: the nonce is replaced by its SHA-256,
    /// which is why nobody but Graph can check these tokens.
    pub(crate) fn sign_access_token(&self, nonce: &str, claims: &Map<String, Value>) -> String {
        self.sign(&self.access_header(nonce), &self.access_header(&hashed(nonce)), &encode(&claims))
    }

    fn access_header(&self, nonce: &str) -> String {
        encode(&json!({"typ": "JWT", "nonce": nonce, "alg": "RS256", "x5t": self.key_id, "kid": self.key_id}))
    }

    fn sign(&self, sent_header: &str, signed_header: &str, claims: &str) -> String {
        let mut value = vec![0; self.pair.public_modulus_len()];
        let message = format!("{signed_header}.{claims}");
        // A failure leaves zeros, which no check accepts; with a generated key it does not happen.
        let _ = self.pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut value);
        format!("{sent_header}.{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode(value))
    }

    /// Claims of a Graph access token made by this key, if the signature holds. Times are not checked.
    pub(crate) fn verify_access_token(&self, token: &str) -> Option<Value> {
        let mut parts = token.split('.');
        let (header, claims, value) = (parts.next()?, parts.next()?, parts.next()?);
        let decoded: Value = decode(header)?;
        let nonce = decoded.get("nonce")?.as_str()?;
        let message = format!("{}.{claims}", self.access_header(&hashed(nonce)));
        let public = UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref());
        public.verify(message.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        (parts.next().is_none() && decoded.get("kid")?.as_str()? == self.key_id).then(|| decode(claims)).flatten()
    }

    /// The key set document (RFC 7517) for a tenant's issuer.
    pub(crate) fn key_set(&self, issuer: &str) -> Value {
        let (modulus, exponent) = rsa_numbers(self.pair.public_key().as_ref()).unwrap_or_default();
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "kid": self.key_id, "x5t": self.key_id,
            "n": BASE64_URL_SAFE_NO_PAD.encode(modulus), "e": BASE64_URL_SAFE_NO_PAD.encode(exponent),
            "x5c": [BASE64_STANDARD.encode(&self.certificate)],
            "cloud_instance_name": "microsoftonline.com", "issuer": issuer,
        }]})
    }
}

fn hashed(nonce: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, nonce.as_bytes()))
}

fn encode(value: &impl serde::Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

/// Reads one part of a JWT, padded or not.
pub(super) fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
}

/// Modulus and exponent of a PKCS#1 public key with 2048 bits: fixed offsets, since length and form are our own.
fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const MODULUS: std::ops::Range<usize> = 9..265;
    Some((der.get(MODULUS)?, der.get(MODULUS.end + 2..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_accepted_only_as_it_was_signed() {
        let key = SigningKey::generate().unwrap();
        let claims = json!({"aud": "x"}).as_object().unwrap().clone();
        let token = key.sign_access_token("nonce", &claims);
        assert_eq!(key.verify_access_token(&token), Some(json!({"aud": "x"})));
        let other = SigningKey::generate().unwrap();
        assert_eq!(other.verify_access_token(&token), None);
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts[1] = encode(&json!({"aud": "y"}));
        assert_eq!(key.verify_access_token(&parts.join(".")), None);
        let message = token.rsplit_once('.').unwrap().0;
        let value = BASE64_URL_SAFE_NO_PAD.decode(token.rsplit_once('.').unwrap().1).unwrap();
        let public = UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, key.pair.public_key().as_ref());
        assert!(public.verify(message.as_bytes(), &value).is_err(), "a naive check must fail");
    }

    #[test]
    fn the_published_numbers_are_those_of_the_key() {
        let key = SigningKey::generate().unwrap();
        let (modulus, exponent) = rsa_numbers(key.pair.public_key().as_ref()).unwrap();
        assert_eq!(exponent, [1, 0, 1]);
        assert_eq!(modulus.len(), 256);
        assert!(modulus[0] >= 0x80);
    }
}
