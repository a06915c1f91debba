use std::collections::BTreeSet;

use beacon_vault::{Origin, SealedValue, SlotName};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CredentialProfileId, CredentialProfileName};

/// What kind of credential a profile holds. The name is that of the slot which it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A secret of the app registration.
    ClientSecret,
    /// A certificate with its private key.
    ClientCertificate,
}

impl CredentialKind {
    const ALL: [Self; 2] = [Self::ClientSecret, Self::ClientCertificate];

    /// The stored name, which is that of the slot.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::ClientCertificate => "client_certificate",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A credential of an app registration that any number of connections use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CredentialProfile {
    /// Its id.
    pub id: CredentialProfileId,
    /// Its name.
    pub name: CredentialProfileName,
    /// The app registration.
    pub client_id: String,
    /// What it holds.
    pub kind: CredentialKind,
    /// The exact origins that its secret may go to.
    #[serde(serialize_with = "texts")]
    pub origins: BTreeSet<Origin>,
    /// The day its secret expires, where it is known.
    pub expires_on: Option<Date>,
    /// When its secret was stored last.
    pub stored_at: Timestamp,
    /// The last day of a certificate that was made for it and is not in use yet.
    pub next_until: Option<Date>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A secret of a profile on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSecret {
    /// Its slot among the secrets of the installation.
    pub slot: SlotName,
    /// The secret, sealed for the profile's origins.
    pub value: SealedValue,
}

fn texts<S: serde::Serializer>(origins: &BTreeSet<Origin>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(origins.iter().map(Origin::as_str))
}
