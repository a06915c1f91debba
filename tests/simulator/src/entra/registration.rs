//! App registrations: what an administrator typed into the portal.

use crate::identifiers::ClientId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The platform a redirect address is registered under; it decides how tokens for it are redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectKind {
    /// "Mobile and desktop applications": no secret.
    Public,
    /// "Web": secret or certificate.
    Web,
    /// "Single-page application": cross-origin redemption only.
    Spa,
}

/// A registered redirect address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    /// Its platform.
    pub kind: RedirectKind,
    /// As typed, for example `http://localhost`.
    pub uri: String,
}

/// A client secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// The secret *value*.
    pub value: String,
    /// Not valid from here on.
    pub expires_at: Timestamp,
}

/// An app registration.
#[derive(Clone)]
pub struct AppRegistration {
    /// Application (client) id.
    pub client_id: ClientId,
    /// Name shown on the consent page.
    pub display_name: String,
    /// Usable in tenants other than its own.
    pub multi_tenant: bool,
    /// Registered in the simulated tenant; otherwise its principal appears there with the first consent.
    pub own: bool,
    /// "Enabled for users to sign in" is off.
    pub disabled: bool,
    /// Redirect addresses.
    pub redirects: Vec<RedirectUri>,
    /// "Allow public client flows": device code and password without a secret.
    pub allow_public_client_flows: bool,
    /// Client secrets.
    pub secrets: Vec<ClientSecret>,
    /// Certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Delegated permissions listed under "API permissions".
    pub delegated_permissions: BTreeSet<String>,
    /// Application permissions listed there.
    pub application_permissions: BTreeSet<String>,
}

impl AppRegistration {
    /// A registration in the simulated tenant with a name and nothing else.
    #[must_use]
    pub fn new(client_id: ClientId, display_name: &str) -> Self {
        Self {
            client_id,
            display_name: display_name.to_owned(),
            multi_tenant: false,
            own: true,
            disabled: false,
            redirects: Vec::new(),
            allow_public_client_flows: false,
            secrets: Vec::new(),
            certificates: Vec::new(),
            delegated_permissions: BTreeSet::new(),
            application_permissions: BTreeSet::new(),
        }
    }

    /// Adds a redirect address.
    #[must_use]
    pub fn with_redirect(mut self, kind: RedirectKind, uri: &str) -> Self {
        self.redirects.push(RedirectUri { kind, uri: uri.to_owned() });
        self
    }

    /// Lists delegated permissions.
    #[must_use]
    pub fn with_delegated<'a>(mut self, permissions: impl IntoIterator<Item = &'a str>) -> Self {
        self.delegated_permissions.extend(permissions.into_iter().map(str::to_owned));
        self
    }

    /// Lists application permissions.
    #[must_use]
    pub fn with_application<'a>(mut self, permissions: impl IntoIterator<Item = &'a str>) -> Self {
        self.application_permissions.extend(permissions.into_iter().map(str::to_owned));
        self
    }

    /// The registered address that a requested one matches.
    pub(crate) fn matching_redirect(&self, requested: &str) -> Option<&RedirectUri> {
        self.redirects.iter().find(|registered| super::redirect::matches(&registered.uri, requested))
    }

    /// Whether anything proves this application's identity.
    pub(crate) fn is_confidential(&self) -> bool {
        !self.secrets.is_empty() || !self.certificates.is_empty()
    }
}
