//! Bringing messages to a syslog server. Each batch has a connection of its own: its end, which the server answers, is the
//! only sign that a syslog server gives of having taken something.

use super::address::SyslogAddress;
use rustls_pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a server may take to read everything and to end its side as well.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why messages were not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SyslogError {
    /// Nobody answers.
    #[error("the syslog server {address} cannot be reached")]
    Unreachable {
        /// The server.
        address: String,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// It does not prove who it is, or does not speak TLS.
    #[error("no trusted connection to the syslog server {address}")]
    Tls {
        /// The server.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What TLS trusts cannot be read.
    #[error("the trusted authorities cannot be used")]
    Authorities(#[source] beacon_driver::ClientError),
    /// The connection broke.
    #[error("the syslog server {address} did not take everything")]
    Broken {
        /// The server.
        address: String,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// It took everything off the line, and gives no sign that it read it: it hangs, or never ends its side.
    #[error("the syslog server {address} does not end the connection, so nobody knows what it has")]
    Silent {
        /// The server.
        address: String,
    },
    /// This system has no such sockets.
    #[cfg(not(unix))]
    #[error("this system has no socket {address}")]
    NoSockets {
        /// The socket.
        address: String,
    },
}

impl SyslogError {
    /// Stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "syslog.unreachable",
            Self::Tls { .. } => "syslog.tls",
            Self::Authorities(_) => "syslog.authorities",
            Self::Broken { .. } => "syslog.broken",
            Self::Silent { .. } => "syslog.silent",
            #[cfg(not(unix))]
            Self::NoSockets { .. } => "syslog.no_sockets",
        }
    }
}

/// Sends messages in their order: all of them, or it is an error and the server may have some. `authorities` are trusted
/// beside the platform's own, PEM. The operator named this very server, so that its address is not held against a rule.
pub(crate) async fn send(address: &SyslogAddress, messages: &[Vec<u8>], authorities: &[u8]) -> Result<(), SyslogError> {
    let unreachable = |source| SyslogError::Unreachable { address: address.to_string(), source };
    let broken = |source| SyslogError::Broken { address: address.to_string(), source };
    let taken = |ended| if ended { Ok(()) } else { Err(SyslogError::Silent { address: address.to_string() }) };
    match address {
        SyslogAddress::Udp { host, port } => {
            let socket = datagrams(host, *port).await.map_err(unreachable)?;
            for message in messages {
                socket.send(message).await.map_err(broken)?;
            }
            Ok(())
        }
        SyslogAddress::Tcp { host, port } => {
            let stream = connected(host, *port).await.map_err(unreachable)?;
            delivered(stream, messages).await.map_err(broken).and_then(taken)
        }
        SyslogAddress::Tls { host, port } => {
            let stream = connected(host, *port).await.map_err(unreachable)?;
            let untrusted = |source| SyslogError::Tls { address: address.to_string(), source };
            let name = ServerName::try_from(host.clone()).map_err(|error| untrusted(io::Error::other(error)))?;
            let configuration = beacon_driver::client_tls(authorities).map_err(SyslogError::Authorities)?;
            let connecting = TlsConnector::from(Arc::new(configuration)).connect(name, stream);
            let stream = in_time(connecting).await.map_err(untrusted)?;
            delivered(stream, messages).await.map_err(broken).and_then(taken)
        }
        #[cfg(unix)]
        SyslogAddress::Socket(path) => {
            let socket = tokio::net::UnixDatagram::unbound().map_err(unreachable)?;
            socket.connect(path).map_err(unreachable)?;
            for message in messages {
                in_time(socket.send(message)).await.map_err(broken)?;
            }
            Ok(())
        }
        #[cfg(not(unix))]
        SyslogAddress::Socket(_) => Err(SyslogError::NoSockets { address: address.to_string() }),
    }
}

async fn in_time<T>(job: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, job).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn datagrams(host: &str, port: u16) -> io::Result<UdpSocket> {
    let found: Vec<SocketAddr> = in_time(tokio::net::lookup_host((host, port))).await?.collect();
    let target = found.first().copied().ok_or(io::ErrorKind::NotFound)?;
    let local = if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(local).await?;
    socket.connect(target).await?;
    Ok(socket)
}

async fn connected(host: &str, port: u16) -> io::Result<TcpStream> {
    in_time(TcpStream::connect((host, port))).await
}

/// Each message behind its length (RFC 6587, section 3.4.1), then the end, and the server's end. Gives `false` if that
/// does not come.
async fn delivered<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, messages: &[Vec<u8>]) -> io::Result<bool> {
    for message in messages {
        let framed = [format!("{} ", message.len()).as_bytes(), message].concat();
        in_time(stream.write_all(&framed)).await?;
    }
    in_time(stream.flush()).await?;
    in_time(stream.shutdown()).await?;
    let farewell = async {
        let mut ignored = [0; 64];
        while stream.read(&mut ignored).await? > 0 {}
        Ok(())
    };
    match timeout(FAREWELL, farewell).await {
        Ok(Ok(())) => Ok(true),
        // A server that ends without the farewell of TLS has taken everything all the same.
        Ok(Err(error)) if io::Error::kind(&error) == io::ErrorKind::UnexpectedEof => Ok(true),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
