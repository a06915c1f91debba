//! Speaking with a proxy: reaching it, and asking it for a tunnel (RFC 9110 section 9.3.6).
//!
//! The HTTP library below could do this too, but throws away what the proxy answers. Whoever has to get a proxy opened
//! needs to know whether a password, a way to sign in or a host was refused.

use crate::egress::Bypass;
use crate::http::connect_error::{causes, tls_error};
use crate::http::line::Stream;
use crate::http::proxy_error::ProxyError;
use crate::http::resolver::{ResolveError, Resolver};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use beacon_vault::Secret;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{HOST, HeaderMap, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tower_service::Service as _;
use url::{Host, Url};
use zeroize::Zeroizing;

/// How a connection reaches the internet.
pub struct ProxyAccess {
    /// `http://host:port` or `https://host:port`.
    pub server: String,
    /// For basic authentication (RFC 7617): user name and password.
    pub credentials: Option<(String, Secret)>,
    /// Hosts that are reached without it.
    pub bypass: Bypass,
}

/// A proxy to ask for tunnels.
pub(crate) struct Proxy {
    /// As it is shown: `http://host:port`.
    shown: String,
    address: Uri,
    /// The name that its certificate must have, if it is spoken to inside TLS.
    secure: Option<(TlsConnector, ServerName<'static>)>,
    sockets: HttpConnector<Resolver>,
    /// Whether there is a password beside the user name.
    has_password: bool,
    /// The value of `proxy-authorization`.
    authorization: Option<HeaderValue>,
    /// Whether it has refused the credentials once. They are not sent again then: dozens of connections with a wrong
    /// password would lock the account.
    refused: AtomicBool,
    bypass: Bypass,
}

/// The server setting is no address.
#[derive(Debug, thiserror::Error)]
#[error("it is not http://host:port or https://host:port")]
pub struct InvalidProxy;

impl Proxy {
    /// A proxy, with the TLS settings for one that wants them.
    pub(crate) fn new(access: ProxyAccess, tls: ClientConfig) -> Result<Self, InvalidProxy> {
        let url = Url::parse(&access.server).map_err(|_| InvalidProxy)?;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return Err(InvalidProxy) };
        let secure = match url.scheme() {
            "http" => None,
            "https" => {
                let name = match host {
                    Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| InvalidProxy)?,
                    Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(address)),
                    Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(address)),
                };
                Some((TlsConnector::from(Arc::new(tls)), name))
            }
            _ => return Err(InvalidProxy),
        };
        let address = format!("{}://{host}:{port}", url.scheme()).parse().map_err(|_| InvalidProxy)?;
        // A name alone is sent, for a proxy that wants no more; if it wants more, a password is missing.
        let has_password = access.credentials.as_ref().is_some_and(|(_, password)| !password.expose().is_empty());
        let authorization =
            access.credentials.as_ref().map(|(username, password)| basic(username, password)).transpose()?;
        Ok(Self {
            shown: access.server,
            address,
            secure,
            sockets: super::connector::sockets(Resolver { addresses: None }),
            has_password,
            authorization,
            refused: AtomicBool::new(false),
            bypass: access.bypass,
        })
    }

    /// Whether this host is reached without the proxy.
    pub(crate) fn is_bypassed(&self, host: &Host) -> bool {
        self.bypass.covers(host)
    }

    /// A tunnel to `host`, given as `name:port`.
    pub(crate) async fn tunnel(
        &self,
        host: &str,
        deadline: Instant,
        seconds: u64,
    ) -> Result<Box<dyn Stream>, ProxyError> {
        if self.refused.load(Ordering::Relaxed) {
            return Err(self.without_access(host));
        }
        let silent = |_| ProxyError::Silent { proxy: self.shown.clone(), seconds };
        let stream = timeout_at(deadline, self.reach()).await.map_err(|_| ProxyError::Unreachable {
            proxy: self.shown.clone(),
            reason: format!("no connection within {seconds} seconds"),
        })??;
        timeout_at(deadline, self.ask(stream, host)).await.map_err(silent)?
    }

    /// A connection to the proxy itself.
    async fn reach(&self) -> Result<Box<dyn Stream>, ProxyError> {
        let mut sockets = self.sockets.clone();
        let connected = async {
            std::future::poll_fn(|context| sockets.poll_ready(context)).await?;
            sockets.call(self.address.clone()).await
        };
        let proxy = || self.shown.clone();
        let socket = connected.await.map_err(|error| match causes(&error).find_map(|cause| cause.downcast_ref()) {
            Some(ResolveError::NotFound(source)) => {
                ProxyError::NameNotFound { proxy: proxy(), source: io::Error::new(source.kind(), source.to_string()) }
            }
            _ => ProxyError::Unreachable { proxy: proxy(), reason: deepest(&error) },
        })?;
        let Some((tls, name)) = &self.secure else { return Ok(Box::new(socket.into_inner())) };
        let stream = tls.connect(name.clone(), socket.into_inner()).await.map_err(|error| match tls_error(&error) {
            Some(error @ rustls::Error::InvalidCertificate(_)) => {
                ProxyError::Untrusted { proxy: proxy(), reason: error.to_string() }
            }
            _ => ProxyError::NoTls { proxy: proxy(), reason: deepest(&error) },
        })?;
        Ok(Box::new(stream))
    }

    async fn ask(&self, stream: Box<dyn Stream>, host: &str) -> Result<Box<dyn Stream>, ProxyError> {
        let unanswered = |error: &hyper::Error| {
            let (proxy, reason) = (self.shown.clone(), deepest(error));
            if error.is_parse() { ProxyError::NoHttp { proxy, reason } } else { ProxyError::Cut { proxy, reason } }
        };
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| unanswered(&error))?;
        // What it has to say comes out at the sender or at the tunnel, too.
        let driving = tokio::spawn(async move { drop(connection.with_upgrades().await) });
        let mut request = Request::connect(host).body(Empty::<Bytes>::new()).map_err(|_| self.status(host, 400))?;
        if let Ok(value) = HeaderValue::from_str(host) {
            request.headers_mut().insert(HOST, value);
        }
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        let response = sender.send_request(request).await.map_err(|error| unanswered(&error))?;
        if !response.status().is_success() {
            driving.abort();
            return Err(self.refusal(host, &response));
        }
        let tunnel = hyper::upgrade::on(response).await.map_err(|error| unanswered(&error))?;
        Ok(Box::new(TokioIo::new(tunnel)))
    }

    fn refusal<B>(&self, host: &str, response: &Response<B>) -> ProxyError {
        let (proxy, owned_host, status) = (self.shown.clone(), host.to_owned(), response.status().as_u16());
        match response.status() {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let offered = offered(response.headers());
                if !offered.is_empty() && !offered.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
                    return ProxyError::SignInNotSpoken { proxy, offered: offered.join(" and ") };
                }
                self.refused.store(true, Ordering::Relaxed);
                self.without_access(host)
            }
            StatusCode::FORBIDDEN => ProxyError::HostRefused { proxy, host: owned_host, status },
            code if code.is_server_error() => ProxyError::HostNotReached { proxy, host: owned_host, status },
            _ => self.status(host, status),
        }
    }

    fn without_access(&self, host: &str) -> ProxyError {
        let (proxy, host) = (self.shown.clone(), host.to_owned());
        if self.has_password {
            ProxyError::CredentialsRefused { proxy, host }
        } else {
            ProxyError::CredentialsMissing { proxy, host }
        }
    }

    fn status(&self, host: &str, status: u16) -> ProxyError {
        ProxyError::Status { proxy: self.shown.clone(), host: host.to_owned(), status }
    }
}

/// The value for basic authentication; it never appears in what is printed for debugging.
fn basic(username: &str, password: &Secret) -> Result<HeaderValue, InvalidProxy> {
    let mut pair = Zeroizing::new(format!("{username}:").into_bytes());
    pair.extend_from_slice(password.expose());
    let text = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(&*pair)));
    let mut value = HeaderValue::from_str(&text).map_err(|_| InvalidProxy)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The ways to sign in that an answer offers (RFC 9110 section 11.3): the first word of each challenge.
fn offered(headers: &HeaderMap) -> Vec<String> {
    let mut schemes = Vec::new();
    for value in headers.get_all(PROXY_AUTHENTICATE) {
        let (mut quoted, mut start) = (false, true);
        let mut word = String::new();
        // A comma outside of quotes ends a parameter or a challenge; a parameter has an equals sign in its first word.
        for letter in String::from_utf8_lossy(value.as_bytes()).chars().chain([',']) {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => {
                    note_scheme(&mut schemes, &mut word);
                    start = true;
                }
                ' ' if word.is_empty() => {}
                ' ' => start = false,
                letter if start && !quoted => word.push(letter),
                _ => {}
            }
        }
    }
    schemes
}

fn note_scheme(schemes: &mut Vec<String>, word: &mut String) {
    let scheme = std::mem::take(word);
    if !scheme.is_empty() && !scheme.contains('=') && !schemes.contains(&scheme) {
        schemes.push(scheme.chars().take(40).collect());
    }
}

/// What the innermost cause says.
fn deepest(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_the_first_words_of_challenges() {
        for (values, expected) in [
            (&["Basic realm=\"a, NTLM\", charset=\"UTF-8\""][..], &["Basic"][..]),
            (&["Negotiate", "NTLM"], &["Negotiate", "NTLM"]),
            (&["Negotiate, NTLM"], &["Negotiate", "NTLM"]),
            (&["Negotiate, Basic realm=\"proxy\""], &["Negotiate", "Basic"]),
            (&["NTLM TlRMTVNTUAAC=="], &["NTLM"]),
            (&["Digest realm=\"x\", nonce=\"1\", qop=\"auth,auth-int\", stale=false"], &["Digest"]),
            (&[""], &[]),
            (&[], &[]),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(PROXY_AUTHENTICATE, HeaderValue::from_static(value));
            }
            assert_eq!(offered(&headers), expected, "{values:?}");
        }
    }
}
