//! Telling people by mail.

use crate::digest::Digest;
use crate::error::NotifyError;
use crate::mail_text;
use beacon_driver::AddressRule;
use beacon_vault::Secret;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

/// How long each step of a conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest sentence of a library that is quoted, in characters.
const LONGEST_MESSAGE: usize = 300;

/// A mail server, and how it is spoken to: always encrypted, its certificate checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Its name; the certificate must be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether TLS begins at once, and not by STARTTLS.
    pub implicit_tls: bool,
}

/// A mail server with what it takes to send by it. It holds a secret: no `Debug`, `Display`, `Clone`, `Serialize`.
pub struct Mail {
    server: MailServer,
    from: Address,
    to: Vec<Address>,
    login: Option<(String, Secret)>,
    authorities: Vec<Certificate>,
    addresses: AddressRule,
}

impl Mail {
    /// A way to send. `authorities` are trusted beside the platform's own, PEM.
    ///
    /// # Errors
    /// [`NotifyError::Address`], [`NotifyError::Password`], [`NotifyError::Line`] for authorities that cannot be read.
    pub fn new(
        server: MailServer,
        from: &str,
        to: &[String],
        login: Option<(String, Secret)>,
        authorities: &[u8],
        addresses: AddressRule,
    ) -> Result<Self, NotifyError> {
        if login.as_ref().is_some_and(|(_, password)| password.expose_str().is_none()) {
            return Err(NotifyError::Password);
        }
        Ok(Self {
            server,
            from: address(from)?,
            to: to.iter().map(|to| address(to)).collect::<Result<_, _>>()?,
            login,
            authorities: trusted(authorities)?,
            addresses,
        })
    }

    /// Tells it.
    ///
    /// # Errors
    /// [`NotifyError`]; whether a server that broke off took it cannot be told, and it is sent again then.
    pub async fn tell(&self, digest: &Digest) -> Result<(), NotifyError> {
        let receivers: Vec<String> = self.to.iter().map(ToString::to_string).collect();
        let mail = mail_text::written(digest, self.from.as_ref(), &receivers);
        let envelope = Envelope::new(Some(self.from.clone()), self.to.clone());
        let envelope = envelope.map_err(|_| NotifyError::Address { address: receivers.join(", ") })?;
        let transport = self.transport(self.resolved().await?)?;
        transport.send_raw(&envelope, &mail).await.map(drop).map_err(|error| self.described(&error))
    }

    fn place(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    /// The checked address is the one that is connected to.
    async fn resolved(&self) -> Result<SocketAddr, NotifyError> {
        let found = tokio::net::lookup_host((self.server.host.as_str(), self.server.port)).await;
        let found: Vec<_> = found.map_err(|error| self.unreachable(&error))?.collect();
        let permitted = found.iter().copied().find(|address| self.addresses.allows(address.ip()));
        permitted.ok_or_else(|| NotifyError::AddressNotGranted { place: self.place() })
    }

    fn transport(&self, address: SocketAddr) -> Result<AsyncSmtpTransport<Tokio1Executor>, NotifyError> {
        let mut parameters = TlsParameters::builder(self.server.host.clone());
        for authority in &self.authorities {
            parameters = parameters.add_root_certificate(authority.clone());
        }
        let failed = |error: lettre::transport::smtp::Error| self.described(&error);
        let parameters = parameters.build_rustls().map_err(failed)?;
        let tls = if self.server.implicit_tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) };
        // The name is in the parameters, so that the certificate is held against it and not against the address.
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
            .port(address.port())
            .timeout(Some(PATIENCE))
            .tls(tls);
        if let Some((username, password)) = &self.login {
            // The library keeps a copy of its own, for as long as this one message takes.
            let password = password.expose_str().ok_or(NotifyError::Password)?.to_owned();
            builder = builder.credentials(Credentials::new(username.clone(), password));
        }
        Ok(builder.build())
    }

    fn described(&self, error: &lettre::transport::smtp::Error) -> NotifyError {
        let place = self.place();
        if let Some(status) = error.status() {
            // What the server wrote beside the number may name people.
            return NotifyError::MailRefused { place, status: status.to_string(), later: error.is_transient() };
        }
        let cause = error.source().map_or_else(|| "the connection failed".to_owned(), ToString::to_string);
        let message: String = cause.chars().take(LONGEST_MESSAGE).collect();
        if error.is_tls() || error.is_client() || message.contains("certificate") {
            NotifyError::Tls { place, message }
        } else {
            NotifyError::Unreachable { place, message }
        }
    }

    fn unreachable(&self, error: &std::io::Error) -> NotifyError {
        NotifyError::Unreachable { place: self.place(), message: error.to_string() }
    }
}

fn address(text: &str) -> Result<Address, NotifyError> {
    text.trim().parse().map_err(|_| NotifyError::Address { address: text.to_owned() })
}

fn trusted(pem: &[u8]) -> Result<Vec<Certificate>, NotifyError> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    let unreadable = || NotifyError::Line(beacon_delivery::DeliveryError::Authorities);
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.ok().filter(|found| !found.is_empty()).ok_or_else(unreadable)?;
    found.iter().map(|der| Certificate::from_der(der.to_vec()).map_err(|_| unreadable())).collect()
}
