//! The one constructor of an HTTP client: trust, proxy, resolver and time limits in one place.

use crate::egress::AddressRule;
use crate::http::transport::{RawResponse, SendError, Transport, TransportRequest};
use beacon_contract::{FailureKind, Method};
use beacon_vault::Secret;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::Duration;
use zeroize::Zeroizing;

/// How a connection reaches the internet.
pub struct ProxyAccess {
    /// `http://host:port` or `https://host:port`.
    pub server: String,
    /// For basic authentication.
    pub credentials: Option<(String, Secret)>,
}

/// What a client is made of.
#[derive(Default)]
pub struct ClientOptions {
    /// Certificate authorities beside the platform's, PEM; for proxies that inspect TLS.
    pub extra_authorities: Vec<u8>,
    /// A proxy for everything.
    pub proxy: Option<ProxyAccess>,
    /// The address rule, applied to every resolved address.
    pub addresses: AddressRule,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of extra authorities holds no PEM certificates.
    #[error("the file of extra certificate authorities holds no readable PEM certificate")]
    Authorities(#[source] Option<reqwest::Error>),
    /// The proxy address is unusable.
    #[error("the proxy address is unusable")]
    Proxy(#[source] reqwest::Error),
    /// The TLS library refuses to start.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Exchanges over the network.
pub struct ReqwestTransport {
    client: reqwest::Client,
}

impl ReqwestTransport {
    /// A client of its own, with its own connection pool: connections of tenants never share one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .https_only(true)
            .user_agent(concat!("m365-beacon/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(20))
            .read_timeout(Duration::from_secs(90))
            .pool_idle_timeout(Duration::from_secs(60))
            // Pages are megabytes: with the default windows of 64 KiB each of them would wait for the network dozens
            // of times.
            .http2_initial_stream_window_size(4 << 20)
            .http2_initial_connection_window_size(16 << 20)
            .no_proxy();
        if !options.extra_authorities.is_empty() {
            let authorities = reqwest::Certificate::from_pem_bundle(&options.extra_authorities)
                .map_err(|error| ClientError::Authorities(Some(error)))?;
            if authorities.is_empty() {
                return Err(ClientError::Authorities(None));
            }
            builder = builder.tls_certs_merge(authorities);
        }
        let proxy_host = match options.proxy {
            None => None,
            Some(access) => {
                let mut proxy = reqwest::Proxy::all(&access.server).map_err(ClientError::Proxy)?;
                if let Some((username, password)) = &access.credentials {
                    proxy = proxy.basic_auth(username, password.expose_str().unwrap_or_default());
                }
                builder = builder.proxy(proxy);
                url::Url::parse(&access.server).ok().and_then(|url| url.host_str().map(str::to_owned))
            }
        };
        let resolver = CheckedResolver { addresses: options.addresses, proxy_host };
        let client = builder.dns_resolver(resolver).build().map_err(ClientError::Client)?;
        Ok(Self { client })
    }
}

/// Resolves names and lets only permitted addresses through, so that the checked address is the one connected to.
#[derive(Clone)]
struct CheckedResolver {
    addresses: AddressRule,
    proxy_host: Option<String>,
}

/// What the resolver answers if the rule leaves no address.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves only to private, loopback, link-local or reserved addresses")]
struct NoPermittedAddress;

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let all: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            // The operator granted the proxy itself by its exact host; behind it nothing else is resolved here.
            let proxy = this.proxy_host.as_deref().is_some_and(|proxy| proxy.eq_ignore_ascii_case(&host));
            let permitted: Vec<_> =
                all.iter().copied().filter(|address| proxy || this.addresses.allows(address.ip())).collect();
            if permitted.is_empty() && !all.is_empty() {
                return Err(NoPermittedAddress.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
            };
            let mut builder = self.client.request(method, request.url).header("accept-encoding", "gzip");
            for (name, value) in &request.headers {
                builder = builder.header(name, value);
            }
            if let Some(authorization) = &request.authorization {
                let mut value = reqwest::header::HeaderValue::from_str(authorization).map_err(|_| SendError {
                    kind: FailureKind::Other,
                    code: "http.credential",
                    message: "the credential cannot be sent in a header".to_owned(),
                    request_sent: false,
                })?;
                value.set_sensitive(true);
                builder = builder.header("authorization", value);
            }
            if let Some(body) = request.body {
                builder = builder.body(unwiped(body));
            }
            let response = builder.send().await.map_err(|error| describe(&error))?;
            let status = response.status().as_u16();
            let headers = response
                .headers()
                .iter()
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect();
            let body = response.bytes_stream().map_err(|error| describe(&error)).boxed();
            Ok(RawResponse { status, headers, body })
        })
    }
}

/// The HTTP library owns what it sends and does not wipe it; this is the one copy we cannot avoid.
fn unwiped(mut body: Zeroizing<Vec<u8>>) -> Vec<u8> {
    std::mem::take(&mut *body)
}

/// Sorts an error of the HTTP library. Its own sentence may hold the address, so only its sources are quoted.
fn describe(error: &reqwest::Error) -> SendError {
    let causes: Vec<String> =
        std::iter::successors(StdError::source(error), |cause| (*cause).source()).map(ToString::to_string).collect();
    let says =
        |words: &[&str]| causes.iter().any(|cause| words.iter().any(|word| cause.to_ascii_lowercase().contains(word)));
    let connecting = error.is_connect();
    let (kind, code) = if says(&["resolves only to"]) {
        (FailureKind::Forbidden, "egress.address")
    } else if error.is_timeout() {
        (FailureKind::Timeout, "http.timeout")
    } else if connecting && says(&["proxy", "tunnel"]) {
        (FailureKind::Proxy, "http.proxy")
    } else if connecting && says(&["certificate", "tls", "handshake", "invalid peer"]) {
        (FailureKind::Tls, "http.tls")
    } else if connecting && says(&["dns", "lookup", "resolve"]) {
        (FailureKind::Unreachable, "http.name_not_found")
    } else if connecting {
        (FailureKind::Unreachable, "http.unreachable")
    } else if error.is_builder() {
        (FailureKind::Other, "http.request")
    } else {
        (FailureKind::Cut, "http.cut")
    };
    let message = causes.last().cloned().unwrap_or_else(|| "the request failed".to_owned());
    SendError { kind, code, message: message.chars().take(400).collect(), request_sent: !connecting }
}
