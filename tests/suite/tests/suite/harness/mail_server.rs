//! A small mail server: STARTTLS, one account, and it keeps what it is given.

use super::Tenant;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The account, and its password, which is a secret.
pub(crate) const USERNAME: &str = "beacon";
pub(crate) const PASSWORD: &str = "n0t-a-real-mail-password-51c7";

/// One mail as it was handed in.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// Whether the account was proven.
    pub(crate) signed_in: bool,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and text.
    pub(crate) mail: String,
}

/// The server; it ends with the tenant.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    /// PEM of the authority that signed its certificate.
    pub(crate) authority: String,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl MailServer {
    pub(crate) fn start(tenant: &Tenant) -> Self {
        let (acceptor, authority) = certified();
        let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let kept = Arc::clone(&taken);
        let port = tenant.wait(async {
            let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            let port = socket.local_addr().expect("an address").port();
            tokio::spawn(async move {
                while let Ok((stream, _)) = socket.accept().await {
                    // A client that breaks off is none of the test's business.
                    let _ = converse(stream, &acceptor, &kept).await;
                }
            });
            port
        });
        Self { port, authority, taken }
    }

    /// The mails so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("no other panic").clone()
    }
}

/// A certificate for `localhost`, and the authority behind it.
pub(crate) fn certified() -> (TlsAcceptor, String) {
    let key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Mail authority of a test");
    let pem = authority.self_signed(&key).expect("a certificate").pem();
    let issuer = Issuer::new(authority, key);
    let own_key = KeyPair::generate().expect("a key");
    let mut own = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    own.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    let certificate = own.signed_by(&own_key, &issuer).expect("a certificate");
    let private = PrivateKeyDer::try_from(own_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a certificate with its key");
    (TlsAcceptor::from(Arc::new(configuration)), pem)
}

/// The part of a conversation that nobody may overhear begins with STARTTLS; before it, nothing is taken.
async fn converse(stream: TcpStream, acceptor: &TlsAcceptor, kept: &Mutex<Vec<Taken>>) -> std::io::Result<()> {
    let mut plain = BufReader::new(stream);
    plain.write_all(b"220 mail.test\r\n").await?;
    loop {
        let line = read_line(&mut plain).await?;
        let answer: &[u8] = match line.to_ascii_uppercase().split(' ').next().unwrap_or_default() {
            "EHLO" => b"250-mail.test\r\n250 STARTTLS\r\n",
            "STARTTLS" => {
                plain.write_all(b"220 go on\r\n").await?;
                let secure = acceptor.accept(plain.into_inner()).await?;
                return take(BufReader::new(secure), kept).await;
            }
            "QUIT" => return plain.write_all(b"221 bye\r\n").await,
            _ => b"530 say STARTTLS first\r\n",
        };
        plain.write_all(answer).await?;
    }
}

async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    kept: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    let mut taken = Taken { signed_in: false, from: String::new(), to: Vec::new(), mail: String::new() };
    loop {
        let line = read_line(&mut stream).await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            "AUTH" => {
                let expected = BASE64_STANDARD.encode(format!("\0{USERNAME}\0{PASSWORD}"));
                taken.signed_in = rest.split(' ').nth(1) == Some(expected.as_str());
                if taken.signed_in { "235 welcome\r\n" } else { "535 no\r\n" }
            }
            "MAIL" => {
                taken.from = address(rest);
                "250 ok\r\n"
            }
            "RCPT" => {
                taken.to.push(address(rest));
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                loop {
                    let line = read_line(&mut stream).await?;
                    if line == "." {
                        break;
                    }
                    taken.mail.push_str(&line);
                    taken.mail.push('\n');
                }
                kept.lock().expect("no other panic").push(taken.clone());
                "250 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => "500 what?\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// What stands between the angle brackets.
fn address(rest: &str) -> String {
    rest.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(found, _)| found.to_owned())
}

async fn read_line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
