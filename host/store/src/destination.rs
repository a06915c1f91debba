use std::path::PathBuf;

use beacon_vault::{SealedValue, SlotName, WrappedKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DestinationId, DestinationName, ProxySettings};

/// A place that packages go to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A folder of this machine, or one that is connected to it.
    Folder {
        /// Its absolute path.
        folder: PathBuf,
    },
    /// A server that takes uploads.
    Upload {
        /// The address below which packages go.
        address: String,
        /// What is shown at its door.
        access: Access,
        /// The user name, for [`Access::Basic`].
        username: Option<String>,
    },
}

/// What is shown at the door of a server. The secret that belongs to it is sealed in a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nothing.
    Open,
    /// A bearer token.
    Bearer,
    /// A user name and a password.
    Basic,
    /// A certificate with its private key.
    ClientCertificate,
}

impl Access {
    const ALL: [Self; 4] = [Self::Open, Self::Bearer, Self::Basic, Self::ClientCertificate];

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Bearer => "bearer",
            Self::Basic => "basic",
            Self::ClientCertificate => "client_certificate",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.as_str() == name)
    }
}

/// How a destination is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum DestinationProxy {
    /// Straight.
    #[default]
    None,
    /// Through the default proxy of the installation, if there is one.
    Default,
    /// Through a proxy of its own. Its password is a secret and lies with the others.
    Own(ProxySettings),
}

impl DestinationProxy {
    /// The stored name of the choice.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Default => "default",
            Self::Own(_) => "own",
        }
    }

    /// Its own proxy.
    #[must_use]
    pub fn own(&self) -> Option<&ProxySettings> {
        match self {
            Self::Own(settings) => Some(settings),
            Self::None | Self::Default => None,
        }
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// What makes up a destination before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDestination {
    /// Its id, drawn by the caller.
    pub id: DestinationId,
    /// Its name.
    pub name: DestinationName,
    /// The place.
    pub target: Target,
    /// Whether packages that are not complete stay here.
    pub only_complete: bool,
    /// How it is reached.
    pub proxy: DestinationProxy,
}

/// Sealed secrets of a destination that are to be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DestinationSecrets {
    /// The data key that they are sealed with, wrapped, if it is a new one.
    pub key: Option<WrappedKey>,
    /// Places of secrets, and what they hold from now on, each sealed for the one origin that it goes to.
    pub values: Vec<(SlotName, SealedValue)>,
    /// Places that are needed, new or not; whatever else there is goes.
    pub needed: Vec<SlotName>,
}

/// A place that packages go to, and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Destination {
    /// Its id.
    pub id: DestinationId,
    /// Its name.
    pub name: DestinationName,
    /// The place.
    #[serde(flatten)]
    pub target: Target,
    /// Whether packages that are not complete stay here.
    pub only_complete: bool,
    /// How it is reached.
    pub proxy: DestinationProxy,
    /// Packages on their way.
    pub waiting: u64,
    /// How often in a row it failed in a way that every package would meet.
    pub failures: u32,
    /// Not before this moment another attempt is made; none if it works, or was not tried since a new package came.
    pub retry_at: Option<Timestamp>,
    /// Why the last attempt failed; the shape belongs to whoever writes it. Gone once something arrived.
    pub last_error: Option<Value>,
    /// When something arrived last.
    pub delivered_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}
