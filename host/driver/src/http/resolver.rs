//! Resolving names, with the address rule.

use crate::egress::AddressRule;
use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use tower_service::Service;

/// Resolves names and lets only permitted addresses through, so that the checked address is the one connected to.
#[derive(Clone)]
pub(crate) struct Resolver {
    /// `None` resolves to anything: for the proxy, which the operator granted by its exact host.
    pub(crate) addresses: Option<AddressRule>,
}

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// The rule leaves no address.
    #[error("the name resolves only to private, loopback, link-local or reserved addresses")]
    NotPermitted,
    /// There is no such name, or nobody to ask.
    #[error("{0}")]
    NotFound(#[source] io::Error),
}

impl Resolver {
    pub(crate) async fn resolve(&self, host: &str) -> Result<std::vec::IntoIter<SocketAddr>, ResolveError> {
        let found = tokio::net::lookup_host((host, 0)).await.map_err(ResolveError::NotFound)?;
        let mut addresses: Vec<_> = found.collect();
        if addresses.is_empty() {
            return Err(ResolveError::NotFound(io::Error::new(io::ErrorKind::NotFound, "the name has no address")));
        }
        if let Some(rule) = &self.addresses {
            addresses.retain(|address| rule.allows(address.ip()));
        }
        if addresses.is_empty() { Err(ResolveError::NotPermitted) } else { Ok(addresses.into_iter()) }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = BoxFuture<'static, Result<Self::Response, ResolveError>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { this.resolve(name.as_str()).await })
    }
}
