use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{MessageId, NotificationId, NotificationName};

/// How somebody is told. Nothing here lets anybody in: that is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Way {
    /// A request to a server.
    Webhook {
        /// The server, `https://host:port`. Its whole address may hold a token, and is sealed.
        origin: String,
    },
    /// A mail.
    Mail {
        /// The mail server.
        host: String,
        /// Its port.
        port: u16,
        /// Whether TLS begins at once, and not by STARTTLS.
        implicit_tls: bool,
        /// The user name, if it asks for one.
        username: Option<String>,
        /// The sender.
        from: String,
        /// Who gets it.
        to: Vec<String>,
    },
}

/// What makes up a notification before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    /// Its id, drawn by the caller.
    pub id: NotificationId,
    /// Its name.
    pub name: NotificationName,
    /// How.
    pub way: Way,
    /// How long changes are collected into one message.
    pub collect_seconds: u32,
}

/// Somebody who is told, and how that works.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Its name.
    pub name: NotificationName,
    /// How.
    #[serde(flatten)]
    pub way: Way,
    /// How long changes are collected into one message.
    pub collect_seconds: u32,
    /// Messages on their way.
    pub waiting: u64,
    /// Why the last attempt failed; the shape belongs to whoever writes it. Gone once something arrived.
    pub last_error: Option<Value>,
    /// When something arrived last.
    pub sent_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id, the same at every attempt.
    pub id: MessageId,
    /// Who gets it.
    pub notification: NotificationId,
    /// The first of its changes.
    pub first_change: i64,
    /// The last of them.
    pub last_change: i64,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it was put together.
    pub created_at: Timestamp,
}

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEnd {
    /// It arrived.
    Sent,
    /// It was tried for long enough.
    GivenUp,
    /// There was nothing to tell any more: what changed had changed back, or its connection was removed.
    Needless,
}

impl MessageEnd {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
            Self::Needless => "needless",
        }
    }
}
