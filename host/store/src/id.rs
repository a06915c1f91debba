use std::fmt;
use std::str::FromStr;

use beacon_vault::{ConnectionRef, RunRef};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A connection, from the moment it is made; renaming it changes nothing about its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(Uuid);

/// One execution of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

/// A schedule; renaming it changes nothing about its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScheduleId(Uuid);

/// A place that packages go to; renaming it would change nothing about its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DestinationId(Uuid);

/// A credential that serves several connections; renaming it changes nothing about its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialProfileId(Uuid);
/// Somebody who is told of changes; renaming it would change nothing about its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotificationId(Uuid);

/// An invitation to consent; not the secret of its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationId(Uuid);

/// A message, at every attempt to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(Uuid);

/// The erasing of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OffboardingId(Uuid);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// The id as a UUID.
            #[must_use]
            pub fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.parse().map(Self).map_err(InvalidId)
            }
        }
    };
}

id!(ConnectionId);
id!(RunId);
id!(ScheduleId);
id!(DestinationId);
id!(CredentialProfileId);
id!(NotificationId);
id!(InvitationId);
id!(MessageId);
id!(OffboardingId);

impl From<ConnectionId> for ConnectionRef {
    fn from(id: ConnectionId) -> Self {
        id.0.into()
    }
}

impl From<DestinationId> for ConnectionRef {
    fn from(id: DestinationId) -> Self {
        id.0.into()
    }
}

impl From<RunId> for RunRef {
    fn from(id: RunId) -> Self {
        id.0.into()
    }
}

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id must be a UUID")]
pub struct InvalidId(#[source] uuid::Error);
