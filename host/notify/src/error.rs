//! Why a message did not arrive.

use beacon_contract::FailKind;
use beacon_delivery::DeliveryError;

const ADDRESS_NOT_GRANTED: &str = "Grant the address with --allow-address, if it is the right server.";

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
    /// The server has a private address that the operator did not grant.
    #[error("{place} has only private, loopback, link-local or reserved addresses")]
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
    /// The password for the mail server is no text.
    #[error("the password for the mail server is no text (UTF-8)")]
    Password,
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
            Self::Password => "notification.mail_password",
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
            // What the line is for is known here, and not where it broke.
            Self::Line(DeliveryError::Authorities) => "Name a file with one or more PEM certificates after --ca-file.",
            Self::Line(DeliveryError::AddressNotGranted { .. }) => ADDRESS_NOT_GRANTED,
            Self::Line(error) if error.kind() == FailKind::Settings => {
                "Check the address and the server's certificate; --ca-file adds an authority to trust."
            }
            Self::Line(_) => "Check that the server runs and can be reached. It is tried again by itself.",
            Self::Refused { status, .. } if *status >= 500 || *status == 429 => {
                "It is tried again by itself. If it stays, look at that server."
            }
            Self::Refused { .. } => {
                "Check address and key with whoever receives it, then remove the notification and add it again."
            }
            Self::Unreachable { .. } => "It is tried again by itself. Check name, port and firewall.",
            Self::AddressNotGranted { .. } => ADDRESS_NOT_GRANTED,
            Self::Tls { .. } => {
                "Check port and kind of TLS (587 with STARTTLS, 465 with --implicit-tls), and the server's \
                 certificate; name its authority with --ca-file."
            }
            Self::MailRefused { later: true, .. } => "It is tried again by itself. If it stays, look at that server.",
            Self::MailRefused { .. } => "Check user name, password, sender and receivers.",
            Self::Address { .. } => "Write it as in beacon@example.com.",
            Self::Password => "Give a file that holds the password and nothing else, written in UTF-8.",
            Self::WebhookAddress { .. } => "Write it as in https://hooks.example.com/beacon.",
            Self::Key => "Give a file with at least 24 random bytes, for example of `openssl rand -hex 32`.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NotifyError;
    use beacon_contract::FailKind;
    use beacon_delivery::DeliveryError;

    #[test]
    fn what_is_said_of_a_line_is_said_of_messages_and_not_of_packages() {
        let place = || "https://hooks.example.com:443".to_owned();
        let line = |kind| DeliveryError::Line { place: place(), code: "delivery.tls", kind, message: String::new() };
        let granted = DeliveryError::AddressNotGranted { place: place() };
        for error in [line(FailKind::Settings), line(FailKind::Retry), granted, DeliveryError::Authorities] {
            let next = NotifyError::Line(error).next_step();
            assert!(!next.contains("destination") && !next.contains("package") && !next.is_empty(), "{next}");
        }
        let webhook = NotifyError::AddressNotGranted { place: place() };
        assert!(!webhook.to_string().contains("mail"), "{webhook}");
    }
}
