//! Listeners: accept, speak TLS, speak HTTP/1.1 or HTTP/2, and end everything when told to.

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::Future;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// A client that does not finish its handshake in this time is dropped.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Listens on the loopback address only.
pub(crate) async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Serves connections until `stop` changes or its sender is gone; open connections end then as well.
pub(crate) async fn serve<Handler, Answer>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    handler: Handler,
    mut stop: watch::Receiver<bool>,
) where
    Handler: Fn(Request<Body>) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Response<Body>> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        // A failed accept concerns one client; the next one may be fine.
        let Ok((stream, _)) = accepted else { continue };
        let (tls, handler, mut stop) = (tls.clone(), handler.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = converse(stream, tls, handler) => {}
                _ = stop.changed() => {}
            }
        });
    }
}

async fn converse<Handler, Answer>(stream: TcpStream, tls: Option<TlsAcceptor>, handler: Handler)
where
    Handler: Fn(Request<Body>) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Response<Body>> + Send + 'static,
{
    // Without it small answers wait for the client's delayed acknowledgement; it is only a wish.
    let _ = stream.set_nodelay(true);
    match tls {
        None => speak(stream, handler).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
                speak(stream, handler).await;
            }
        }
    }
}

async fn speak<Stream, Handler, Answer>(stream: Stream, handler: Handler)
where
    Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    Handler: Fn(Request<Body>) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Response<Body>> + Send + 'static,
{
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let answer = handler(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    // How a conversation ends is the client's affair; faults end it on purpose.
    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}
