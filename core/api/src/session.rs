//! Who is at the page.

use serde::{Deserialize, Serialize};

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Administrator,
    /// Data and runs; no connections, no secrets.
    Reader,
}

/// How the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Nobody has set a password yet: the one-time link is needed.
    FirstStart,
    /// Somebody has to sign in.
    SignedOut,
    /// Signed in.
    SignedIn,
}

/// Answer of [`crate::paths::SESSION`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// How it stands.
    pub state: SessionState,
    /// Name of the account, while signed in.
    pub account: Option<String>,
    /// What it may do, while signed in.
    pub role: Option<Role>,
    /// Value for [`crate::paths::CSRF_HEADER`], while signed in.
    pub csrf: Option<String>,
    /// When the session ends, RFC 3339, while signed in.
    pub expires_at: Option<String>,
    /// Version of the beacon.
    pub version: String,
    /// A connection that a demonstration offers ready-made: form values of a simulated tenant.
    pub preset: Option<crate::ConnectionDraft>,
}

/// Signing in with a one-time link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkSignIn {
    /// What stood behind `#token=` in the link.
    pub token: String,
    /// The password to set for the account `administrator`, at least twelve characters.
    pub password: String,
}

/// Signing in with a password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Name of the account.
    pub account: String,
    /// Its password.
    pub password: String,
}

/// An account of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it signed in last, RFC 3339.
    pub signed_in_at: Option<String>,
}

/// An account to add, or a new password and role for one that is there.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountDraft {
    /// Its name: letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its password, at least twelve characters.
    pub password: String,
}
