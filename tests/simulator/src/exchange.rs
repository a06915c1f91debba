//! A request as both sites see it, body included.

use crate::request_log::Site;
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;

/// One received request.
pub(crate) struct Exchange {
    pub(crate) site: Site,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// `host:port` as the client named it; absolute addresses in answers are built from it.
    pub(crate) authority: String,
}

impl Exchange {
    /// `https://host:port`.
    pub(crate) fn origin(&self) -> String {
        format!("https://{}", self.authority)
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// The path with its percent signs resolved.
    pub(crate) fn decoded_path(&self) -> String {
        decoded(self.path())
    }

    /// Path segments without empty ones.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path().split('/').filter(|segment| !segment.is_empty()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn query(&self) -> Parameters {
        Parameters::parse(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// The body of a form post.
    pub(crate) fn form(&self) -> Parameters {
        Parameters::parse(&self.body)
    }
}

/// A path with its percent signs resolved; what does not decode stays as it is.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

/// Whether the client takes gzip.
pub(crate) fn takes_gzip(exchange: &Exchange) -> bool {
    let is_gzip = |coding: &str| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0"))
    };
    exchange.header("accept-encoding").is_some_and(|codings| codings.split(',').map(str::trim).any(is_gzip))
}

/// Decoded `name=value` pairs of a query or a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first non-empty value with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(crate) fn insert(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_as_far_as_possible() {
        for (path, expected) in [
            ("/v1.0/users/%24count", "/v1.0/users/$count"),
            ("/r/getX%28period%3d%27D7%27%29", "/r/getX(period='D7')"),
            ("/100%/%zz", "/100%/%zz"),
            ("/%ff", "/%ff"),
        ] {
            assert_eq!(decoded(path), expected);
        }
    }
}
