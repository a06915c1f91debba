//! Why a message did not arrive.

use beacon_contract::FailKind;
use beacon_delivery::DeliveryError;

/// Why a message did not arrive. No variant holds a credential, a whole address, or what a server sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotifyError {
    /// There is no connection, or it broke.
    #[error(transparent)]
    Line(#[from] DeliveryError),
    /// A server said no to a request.
    #[error("{place} answered {status}")]
    Refused {
        /// The server.
        place: String,
        /// Its answer.
        status: u16,
    },
    /// The mail server cannot be reached.
    #[error("the mail server {place} cannot be reached: {message}")]
    Unreachable {
        /// The server with its port.
        place: String,
        /// What the system says.
        message: String,
    },
    /// The mail server has a private address that the operator did not grant.
    #[error("the mail server {place} has only private, loopback, link-local or reserved addresses")]
    AddressNotGranted {
        /// The server with its port.
        place: String,
    },
    /// The mail server shows no certificate that is trusted, or speaks no TLS.
    #[error("no encrypted connection with the mail server {place}: {message}")]
    Tls {
        /// The server with its port.
        place: String,
        /// What the library says.
        message: String,
    },
    /// The mail server refused, for now or for ever.
    #[error("the mail server {place} answered {status}")]
    MailRefused {
        /// The server with its port.
        place: String,
        /// Its answer (RFC 5321).
        status: String,
        /// Whether it may say yes later.
        later: bool,
    },
    /// An address of a mail is none.
    #[error("{address:?} is no address for mail")]
    Address {
        /// The text.
        address: String,
    },
    /// The address of a webhook is none.
    #[error("a webhook address {rule}")]
    WebhookAddress {
        /// The rule that was broken, as the end of a sentence.
        rule: &'static str,
    },
    /// The key for signatures is none.
    #[error("the key for signatures is shorter than 24 bytes, or is no base64 behind whsec_")]
    Key,
}

impl NotifyError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Line(error) => error.code(),
            Self::Refused { .. } => "notification.refused",
            Self::Unreachable { .. } => "notification.unreachable",
            Self::AddressNotGranted { .. } => "notification.address_not_granted",
            Self::Tls { .. } => "notification.tls",
            Self::MailRefused { .. } => "notification.mail_refused",
            Self::Address { .. } => "notification.mail_address",
            Self::WebhookAddress { .. } => "notification.webhook_address",
            Self::Key => "notification.key",
        }
    }

    /// What it asks of a person. It is tried again in either case.
    #[must_use]
    pub fn kind(&self) -> FailKind {
        match self {
            Self::Line(error) => error.kind(),
            Self::Refused { status, .. } if *status >= 500 || *status == 429 => FailKind::Retry,
            Self::Unreachable { .. } | Self::MailRefused { later: true, .. } => FailKind::Retry,
            _ => FailKind::Settings,
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Line(error) => error.next_step(),
            Self::Refused { status, .. } if *status >= 500 || *status == 429 => {
                "It is tried again by itself. If it stays, look at that server."
            }
            Self::Refused { .. } => {
                "Check address and key with whoever receives it, then remove the notification and add it again."
            }
            Self::Unreachable { .. } => "It is tried again by itself. Check name, port and firewall.",
            Self::AddressNotGranted { .. } => "Grant the address with --allow-address, if it is the right server.",
            Self::Tls { .. } => {
                "Check port and kind of TLS (587 with STARTTLS, 465 with --implicit-tls), and the server's \
                 certificate; name its authority with --ca-file."
            }
            Self::MailRefused { later: true, .. } => "It is tried again by itself. If it stays, look at that server.",
            Self::MailRefused { .. } => "Check user name, password, sender and receivers.",
            Self::Address { .. } => "Write it as in beacon@example.com.",
            Self::WebhookAddress { .. } => "Write it as in https://hooks.example.com/beacon.",
            Self::Key => "Give a file with at least 24 random bytes, for example of `openssl rand -hex 32`.",
        }
    }
}
