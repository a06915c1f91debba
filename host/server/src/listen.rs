//! Listening: where, and what is refused.

use crate::serve::ServeError;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;

/// Sockets of one port.
pub(crate) struct Listening {
    pub(crate) sockets: Vec<TcpListener>,
    pub(crate) port: u16,
    /// Whether another port than the wanted one was taken.
    pub(crate) moved: bool,
}

/// Listens on the loopback addresses: the wanted port, or a free one if it is taken.
pub(crate) async fn loopback(wanted: u16) -> Result<Listening, ServeError> {
    let first = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let (socket, moved) = match first(wanted).await {
        Ok(socket) => (socket, false),
        Err(_) => {
            (first(0).await.map_err(|source| ServeError::Bind { address: "127.0.0.1:0".to_owned(), source })?, true)
        }
    };
    let port = port_of(&socket)?;
    let mut sockets = vec![socket];
    // Browsers try both for localhost; a machine without IPv6 has only the first.
    sockets.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok());
    Ok(Listening { sockets, port, moved })
}

/// Listens on one address.
pub(crate) async fn on(address: SocketAddr) -> Result<Listening, ServeError> {
    let socket =
        TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address: address.to_string(), source })?;
    let port = port_of(&socket)?;
    Ok(Listening { sockets: vec![socket], port, moved: false })
}

fn port_of(socket: &TcpListener) -> Result<u16, ServeError> {
    let address = socket.local_addr();
    address.map(|address| address.port()).map_err(|source| ServeError::Bind { address: "?".to_owned(), source })
}
