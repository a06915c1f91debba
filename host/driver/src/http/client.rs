//! The one constructor of an HTTP client: trust, proxy, resolver and time limits in one place.

use crate::egress::AddressRule;
use crate::http::connect_error::describe;
use crate::http::connector::{Connector, Ways, sockets};
use crate::http::proxy::{Proxy, ProxyAccess};
use crate::http::resolver::Resolver;
use crate::http::transport::{RawBody, RawResponse, SendError, Transport, TransportRequest};
use crate::http::trust;
use beacon_contract::{FailureKind, Method};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long the head of an answer, or its next piece, may take.
const READ_SECONDS: u64 = 90;

const AGENT: &str = concat!("m365-beacon/", env!("CARGO_PKG_VERSION"));

/// What a client is made of.
#[derive(Default)]
pub struct ClientOptions {
    /// Certificate authorities beside the platform's, PEM: for proxies that inspect TLS, and for a proxy spoken to
    /// inside TLS.
    pub extra_authorities: Vec<u8>,
    /// A proxy for everything that its bypass list does not name.
    pub proxy: Option<ProxyAccess>,
    /// The address rule, applied to every address that is resolved here.
    pub addresses: AddressRule,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of extra authorities holds no PEM certificates.
    #[error("the file of extra certificate authorities holds no readable PEM certificate")]
    Authorities(#[source] Option<rustls_pki_types::pem::Error>),
    /// The proxy address is unusable.
    #[error("the proxy address is unusable")]
    Proxy(#[source] Box<dyn StdError + Send + Sync>),
    /// What is to be shown to a server is no certificate with its key.
    #[error("it is no PEM certificate with its private key")]
    Identity,
    /// The TLS library refuses to start.
    #[error("the HTTP client cannot be made")]
    Client(#[source] Box<dyn StdError + Send + Sync>),
}

/// Exchanges over the network.
pub struct NetworkTransport {
    client: Client<Connector, Full<Bytes>>,
}

impl NetworkTransport {
    /// A client of its own, with its own connection pool: connections of tenants never share one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let tls = trust::tls(&options.extra_authorities)?;
        Self::over(tls, options)
    }

    /// The same with TLS settings that are made already.
    pub(crate) fn over(tls: ClientConfig, options: ClientOptions) -> Result<Self, ClientError> {
        Ok(Self { client: over(tls.clone(), tls, options, false)? })
    }
}

/// A client over TLS settings for hosts and for a proxy. With `plain` it speaks `http://` as well, straight to the host.
pub(crate) fn over<B>(
    mut to_hosts: ClientConfig,
    to_proxy: ClientConfig,
    options: ClientOptions,
    plain: bool,
) -> Result<Client<Connector, B>, ClientError>
where
    B: Body + Send,
    B::Data: Send,
{
    let proxy = options.proxy.map(|access| Proxy::new(access, to_proxy)).transpose();
    to_hosts.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let connector = Connector::new(Ways {
        direct: sockets(Resolver { addresses: Some(options.addresses) }),
        proxy: proxy.map_err(|error| ClientError::Proxy(error.into()))?,
        tls: TlsConnector::from(Arc::new(to_hosts)),
        plain,
    });
    Ok(Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(60))
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        // Pages are megabytes: with the default windows of 64 KiB each of them would wait for the network dozens of
        // times.
        .http2_initial_stream_window_size(4 << 20)
        .http2_initial_connection_window_size(16 << 20)
        .build(connector))
}

impl Transport for NetworkTransport {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let request = outgoing(request)?;
            let answer = timeout(Duration::from_secs(READ_SECONDS), self.client.request(request));
            let response = answer.await.map_err(|_| late())?.map_err(|error| describe(&error))?;
            Ok(raw(response))
        })
    }
}

/// An answer in our own terms.
pub(crate) fn raw(response: Response<Incoming>) -> RawResponse {
    let (head, body) = response.into_parts();
    let headers = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    RawResponse { status: head.status.as_u16(), headers, body: pieces(body) }
}

fn outgoing(request: TransportRequest) -> Result<Request<Full<Bytes>>, SendError> {
    let method = match request.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
    };
    let uri: Uri = request.url.as_str().parse().map_err(|_| unsendable("the address cannot be requested"))?;
    // What held a secret is wiped when the last reader of the bytes is done.
    let body = request.body.map(Bytes::from_owner).unwrap_or_default();
    let mut outgoing = Request::new(Full::new(body));
    *outgoing.method_mut() = method;
    *outgoing.uri_mut() = uri;
    let headers = outgoing.headers_mut();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let given = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    fill_headers(headers, given, request.authorization.as_deref().map(String::as_str))?;
    Ok(outgoing)
}

/// Who asks, what was given, and the credential, which nothing prints.
pub(crate) fn fill_headers<'a>(
    headers: &mut HeaderMap,
    given: impl Iterator<Item = (&'a str, &'a str)>,
    authorization: Option<&str>,
) -> Result<(), SendError> {
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    for (name, value) in given {
        let name: HeaderName = name.parse().map_err(|_| unsendable("a header has an impossible name"))?;
        let value = HeaderValue::from_str(value).map_err(|_| unsendable("a header has an impossible value"))?;
        headers.insert(name, value);
    }
    if let Some(authorization) = authorization {
        let mut value = HeaderValue::from_str(authorization).map_err(|_| SendError {
            code: "http.credential",
            ..unsendable("the credential cannot be sent in a header")
        })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(())
}

/// The body piece by piece, each within the time limit.
fn pieces(body: Incoming) -> RawBody {
    let next = async |mut body: Incoming| loop {
        let piece = match timeout(Duration::from_secs(READ_SECONDS), body.frame()).await {
            Err(_) => Err(late()),
            Ok(None) => return None,
            Ok(Some(Err(error))) => Err(describe(&error)),
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Ok(data),
                // Trailers say nothing that anybody reads.
                Err(_) => continue,
            },
        };
        return Some((piece, body));
    };
    futures_util::stream::unfold(body, next).boxed()
}

fn late() -> SendError {
    let message = format!("nothing arrived for {READ_SECONDS} seconds");
    SendError { kind: FailureKind::Timeout, code: "http.timeout", message, request_sent: true }
}

pub(crate) fn unsendable(message: &str) -> SendError {
    SendError { kind: FailureKind::Other, code: "http.request", message: message.to_owned(), request_sent: false }
}
