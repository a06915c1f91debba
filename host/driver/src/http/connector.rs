//! Connecting to a host: directly or by a tunnel, then TLS; what the HTTP client calls when its pool is empty.

use crate::http::connect_error::{ConnectError, causes, tls_error};
use crate::http::line::{Line, Stream};
use crate::http::proxy::Proxy;
use crate::http::resolver::{ResolveError, Resolver};
use futures_util::future::BoxFuture;
use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls_pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::Host;

/// From the first packet to a host or its proxy to the end of the TLS handshake.
const CONNECT_SECONDS: u64 = 20;

/// An idle socket is asked whether the other side is still there, so that a vanished one is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Makes connections; clones share everything.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Ways>);

/// Everything that leads to a host.
pub(crate) struct Ways {
    /// Sockets to hosts themselves, with the address rule.
    pub(crate) direct: HttpConnector<Resolver>,
    /// For hosts that are not bypassed.
    pub(crate) proxy: Option<Proxy>,
    /// TLS with the host, which also chooses the version of HTTP.
    pub(crate) tls: TlsConnector,
    /// Whether hosts are spoken to without TLS where the address says so; never through a proxy.
    pub(crate) plain: bool,
}

/// A maker of sockets: all addresses of a name are tried, as RFC 8305 recommends.
pub(crate) fn sockets(resolver: Resolver) -> HttpConnector<Resolver> {
    let mut sockets = HttpConnector::new_with_resolver(resolver);
    sockets.enforce_http(false);
    sockets.set_nodelay(true);
    sockets.set_keepalive(Some(KEEP_ALIVE));
    sockets
}

impl Connector {
    pub(crate) fn new(ways: Ways) -> Self {
        Self(Arc::new(ways))
    }
}

impl Ways {
    async fn connect(&self, target: &Uri) -> Result<Line, ConnectError> {
        let deadline = Instant::now() + Duration::from_secs(CONNECT_SECONDS);
        let late = |_| ConnectError::Timeout { seconds: CONNECT_SECONDS };
        if self.plain && target.scheme_str() == Some("http") {
            let socket = timeout_at(deadline, self.socket(target)).await.map_err(late)??;
            return Ok(Line::plain(socket));
        }
        let Some(name) = target.host().filter(|_| target.scheme_str() == Some("https")) else {
            return Err(ConnectError::Address);
        };
        let host = Host::parse(name).map_err(|_| ConnectError::Address)?;
        let stream: Box<dyn Stream> = match self.proxy.as_ref().filter(|proxy| !proxy.is_bypassed(&host)) {
            Some(proxy) => {
                let port = target.port_u16().unwrap_or(443);
                proxy.tunnel(&format!("{name}:{port}"), deadline, CONNECT_SECONDS).await?
            }
            None => timeout_at(deadline, self.socket(target)).await.map_err(late)??,
        };
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name).map_err(|_| ConnectError::Address)?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(address)),
        };
        let secured = timeout_at(deadline, self.tls.connect(name, stream)).await.map_err(late)?;
        secured.map(Line::secured).map_err(|error| not_secured(&error))
    }

    async fn socket(&self, target: &Uri) -> Result<Box<dyn Stream>, ConnectError> {
        let mut sockets = self.direct.clone();
        let connected = async {
            std::future::poll_fn(|context| sockets.poll_ready(context)).await?;
            sockets.call(target.clone()).await
        };
        match connected.await {
            Ok(socket) => Ok(Box::new(socket.into_inner())),
            Err(error) => Err(match causes(&error).find_map(|cause| cause.downcast_ref()) {
                Some(ResolveError::NotPermitted) => ResolveError::NotPermitted.into(),
                Some(ResolveError::NotFound(source)) => {
                    ResolveError::NotFound(io::Error::new(source.kind(), source.to_string())).into()
                }
                None => ConnectError::Unreachable(causes(&error).last().map(ToString::to_string).unwrap_or_default()),
            }),
        }
    }
}

/// A handshake that failed: the TLS library says why, unless the connection broke.
fn not_secured(error: &io::Error) -> ConnectError {
    match tls_error(error) {
        Some(error) => ConnectError::Tls(error.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => ConnectError::Tls("the TLS handshake was cut".into()),
        None => ConnectError::Unreachable(error.to_string()),
    }
}

impl Service<Uri> for Connector {
    type Response = Line;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<Line, ConnectError>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let ways = Arc::clone(&self.0);
        Box::pin(async move { ways.connect(&target).await })
    }
}
