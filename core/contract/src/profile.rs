//! Grant profiles and slots: how credentials come to be and where they may go. The driver does both.

use crate::{FieldId, OriginPattern, ProfileId, SlotName, Template};
use serde::{Deserialize, Serialize};

/// Ways of obtaining a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// A person signs in: RFC 6749 section 4.1 with PKCE (RFC 7636).
    AuthorizationCode,
    /// A person signs in on another device: RFC 8628.
    DeviceCode,
    /// The stored refresh token: RFC 6749 section 6.
    RefreshToken,
    /// The application itself, by its secret: RFC 6749 section 4.4.
    ClientSecret,
    /// The application itself, by its certificate: RFC 7523 section 2.2.
    ClientCertificate,
}

impl GrantKind {
    /// The kind of a name on the wire, `None` for one of a later contract.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "authorization_code" => Self::AuthorizationCode,
            "device_code" => Self::DeviceCode,
            "refresh_token" => Self::RefreshToken,
            "client_secret" => Self::ClientSecret,
            "client_certificate" => Self::ClientCertificate,
            _ => return None,
        })
    }

    /// Whether a person takes part.
    #[must_use]
    pub const fn is_interactive(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }

    /// Whether the token belongs to the application instead of a person.
    #[must_use]
    pub const fn is_application(self) -> bool {
        matches!(self, Self::ClientSecret | Self::ClientCertificate)
    }
}

/// How tokens of one kind are obtained. Every address and name comes from settings, so that the operator decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub id: ProfileId,
    /// Which ways it allows.
    pub kinds: Vec<GrantKind>,
    /// Setting with the address of the sign-in page.
    pub authorization_endpoint: FieldId,
    /// Setting with the address where tokens are issued.
    pub token_endpoint: FieldId,
    /// Setting with the address where device codes are issued.
    pub device_endpoint: FieldId,
    /// Setting with the application id.
    pub client_id: FieldId,
    /// Setting with the redirect address.
    pub redirect_uri: FieldId,
    /// Setting with the tenant, if the operator named one.
    pub tenant: FieldId,
    /// Path segments that stand for "any tenant" in the endpoints; replaced by the pinned or named tenant.
    #[serde(default)]
    pub tenant_placeholders: Vec<String>,
    /// Setting that chooses among `scopes`.
    pub scope_set: FieldId,
    /// What a person is asked for, by the value of that setting.
    pub scopes: Vec<ScopeSet>,
    /// What an application asks for.
    pub application_scope: Template,
    /// Claims of the tokens that the module may see.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Slot of the refresh token.
    pub refresh_token: SlotName,
    /// Slot of the client secret.
    pub client_secret: SlotName,
    /// Slot of certificate and private key, PEM.
    pub client_certificate: SlotName,
}

/// One choice of scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSet {
    /// Value of the setting.
    pub name: String,
    /// Scopes, as templates.
    pub scopes: Vec<Template>,
}

/// A place for a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name.
    pub name: SlotName,
    /// What it holds.
    pub kind: SlotKind,
    /// The only origins it may go to. Only exact ones: a suffix would let a name the other side chooses receive it.
    pub origins: Vec<OriginPattern>,
    /// What a person calls it.
    pub label: String,
}

/// What a slot holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SlotKind {
    /// An access token of this profile, sent as `Authorization: Bearer` (RFC 6750). Never stored.
    Bearer {
        /// Where it comes from.
        profile: ProfileId,
    },
    /// A value in the vault that only grants use.
    Stored,
}
