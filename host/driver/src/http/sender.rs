//! Requests that the host sends of its own: packages on their way, messages. They have any method and bodies of any
//! length, and leave by the same line as those of an import, so that trust, proxies and the address rule are one.

use crate::http::client::{self, ClientError, ClientOptions};
use crate::http::connect_error::describe;
use crate::http::connector::Connector;
use crate::http::transport::{RawResponse, SendError};
use crate::http::trust;
use beacon_vault::Secret;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client;
use std::convert::Infallible;
use std::io;
use url::Url;
use zeroize::Zeroizing;

/// What a sender is made of.
#[derive(Default)]
pub struct SenderOptions<'a> {
    /// Trust, proxy and address rule.
    pub line: ClientOptions,
    /// A certificate with its private key, PEM, that is shown to the host, and never to a proxy.
    pub identity: Option<&'a Secret>,
    /// Whether `http://` is spoken as well, always straight to the host. Whoever allows it has seen to where that leads.
    pub plain: bool,
}

/// Sends requests, without redirects and repetitions.
pub struct Sender {
    client: Client<Connector, UnsyncBoxBody<Bytes, io::Error>>,
}

/// The body of a request.
pub struct SentBody(UnsyncBoxBody<Bytes, io::Error>);

/// One request. It may hold a credential, hence no `Debug`.
pub struct SentRequest {
    /// Method, such as `PUT`.
    pub method: &'static str,
    /// Absolute address, already checked.
    pub url: Url,
    /// Names in lower case. A `content-length` is the length of a body that is sent in pieces.
    pub headers: Vec<(&'static str, String)>,
    /// The value of the `authorization` header.
    pub authorization: Option<Zeroizing<String>>,
    /// The body.
    pub body: SentBody,
}

impl SentBody {
    /// Nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::of(Bytes::new())
    }

    /// All of it at once.
    #[must_use]
    pub fn of(bytes: impl Into<Bytes>) -> Self {
        Self(Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed_unsync())
    }

    /// Piece by piece. An error breaks the request.
    pub fn pieces(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(StreamBody::new(pieces.map_ok(Frame::data)).boxed_unsync())
    }
}

impl Sender {
    /// A sender with connections of its own.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(options: SenderOptions<'_>) -> Result<Self, ClientError> {
        let SenderOptions { line, identity, plain } = options;
        let to_proxy = trust::tls(&line.extra_authorities)?;
        let to_hosts = match identity {
            Some(pem) => trust::tls_with_identity(&line.extra_authorities, pem)?,
            None => to_proxy.clone(),
        };
        Ok(Self { client: client::over(to_hosts, to_proxy, line, plain)? })
    }

    /// Sends a request and waits for the head of the answer, however long it takes: the caller knows whether something
    /// moves. Dropping the future ends it.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, request: SentRequest) -> Result<RawResponse, SendError> {
        let SentRequest { method, url, headers, authorization, body } = request;
        let uri: Uri = url.as_str().parse().map_err(|_| client::unsendable("the address cannot be requested"))?;
        let mut outgoing = Request::new(body.0);
        // A constant that is a token is always a method.
        *outgoing.method_mut() = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        *outgoing.uri_mut() = uri;
        let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
        client::fill_headers(outgoing.headers_mut(), headers, authorization.as_deref().map(String::as_str))?;
        let response = self.client.request(outgoing).await.map_err(|error| describe(&error))?;
        Ok(client::raw(response))
    }
}
