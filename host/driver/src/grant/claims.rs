//! Reading claims out of tokens. They come straight from the token endpoint over TLS, so the signature adds nothing
//! (OpenID Connect Core 1.0 section 3.1.3.7 point 6); claims are hints for checks, never proofs.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The claims of a JSON web token, empty if it is none: access tokens are opaque to clients.
pub(super) fn payload(token: &str) -> Map<String, Value> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Map::new();
    };
    let decoded = LENIENT.decode(payload).ok().and_then(|json| serde_json::from_slice(&json).ok());
    decoded.unwrap_or_default()
}

/// The listed claims, those of the id token first.
pub(super) fn chosen(tokens: [&Map<String, Value>; 2], names: &[String]) -> BTreeMap<String, Value> {
    names
        .iter()
        .filter_map(|name| Some((name.clone(), tokens.iter().find_map(|token| token.get(name))?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_padded_or_not_and_what_is_none() {
        for token in ["e30.eyJ0aWQiOiJ4In0.s", "e30.eyJ0aWQiOiJ4In0=.s"] {
            assert_eq!(payload(token).get("tid"), Some(&Value::from("x")), "{token}");
        }
        for token in ["", "opaque", "a.b", "a.b.c.d", "e30.!!.s", "e30.W10.s"] {
            assert!(payload(token).is_empty(), "{token}");
        }
    }
}
