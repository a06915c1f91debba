//! The forms in which a secret may lie in a file.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use memchr::memmem::Finder;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 8;

/// One form of one secret.
pub(crate) struct Needle {
    /// Which form, and of which secret (by number: the report must not spread it).
    pub(crate) name: String,
    finder: Finder<'static>,
}

impl Needle {
    /// Whether `hay` holds it.
    pub(crate) fn is_in(&self, hay: &[u8]) -> bool {
        self.finder.find(hay).is_some()
    }
}

/// Every form of every secret.
pub(crate) fn needles(secrets: &[String]) -> Vec<Needle> {
    let long = secrets.iter().enumerate().filter(|(_, secret)| secret.len() >= SHORTEST);
    let forms = long.flat_map(|(number, secret)| forms(secret).into_iter().map(move |form| (number, form)));
    forms
        .map(|(number, (form, text))| Needle {
            name: format!("secret {number} {form}"),
            finder: Finder::new(text.as_bytes()).into_owned(),
        })
        .collect()
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
