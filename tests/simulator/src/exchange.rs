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
