//! The forms in which a secret may lie in a file.

use aho_corasick::AhoCorasick;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use std::collections::BTreeSet;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 8;

/// Every form of every secret, looked for in one pass.
pub(crate) struct Needles {
    /// Which form, and of which secret (by number: the report must not spread it).
    names: Vec<String>,
    finder: AhoCorasick,
}

impl Needles {
    pub(crate) fn of(secrets: &[String]) -> Self {
        let long = secrets.iter().enumerate().filter(|(_, secret)| secret.len() >= SHORTEST);
        let forms = long.flat_map(|(number, secret)| forms(secret).into_iter().map(move |form| (number, form)));
        let named = forms.map(|(number, (form, text))| (format!("secret {number} {form}"), text));
        let (names, texts): (Vec<_>, Vec<_>) = named.unzip();
        Self { names, finder: AhoCorasick::new(texts).expect("some texts") }
    }

    /// Which of them `hay` holds. Of two that overlap one is enough.
    pub(crate) fn found_in(&self, hay: &[u8]) -> BTreeSet<&str> {
        self.finder.find_iter(hay).map(|hit| self.names[hit.pattern().as_usize()].as_str()).collect()
    }
}

/// The secret as it is, and as the encodings around it would write it. A form that changes nothing is left out.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let mut forms = vec![("as it is", secret.to_owned())];
    let json = serde_json::Value::from(secret).to_string();
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for (form, text) in [
        ("in JSON", json.trim_matches('"').to_owned()),
        ("percent-encoded as a form", encoded.clone()),
        ("percent-encoded", encoded.replace('+', "%20")),
    ] {
        if text != secret {
            forms.push((form, text));
        }
    }
    for offset in 0..3 {
        forms.push(("in base64", inner(&BASE64_STANDARD, secret, offset)));
        forms.push(("in base64url", inner(&BASE64_URL_SAFE, secret, offset)));
    }
    forms
}

/// The base64 characters that depend on the secret alone when `offset` bytes (modulo 3) stand before it.
fn inner(engine: &impl base64::Engine, secret: &str, offset: usize) -> String {
    let padded = [vec![0; offset], secret.as_bytes().to_vec()].concat();
    let whole = padded.len() / 3 * 4;
    let from = if offset == 0 { 0 } else { 4 };
    engine.encode(&padded)[from..whole].to_owned()
}
