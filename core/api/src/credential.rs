//! Credentials: profiles that connections share, and what dies soon.

use serde::{Deserialize, Serialize};

/// A credential that any number of connections use, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialProfile {
    /// Its name.
    pub name: String,
    /// *Application (client) ID*.
    pub client_id: String,
    /// The slot that it fills: `client_secret` or `client_certificate`.
    pub kind: String,
    /// Day on which its secret expires, `2027-05-31`, if it is known.
    pub expires_on: Option<String>,
    /// How many connections use it.
    pub connections: u64,
}

/// A credential that dies within thirty days, or is dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpiringCredential {
    /// Names of the connections that need it.
    pub connections: Vec<String>,
    /// What happens: a sentence.
    pub title: String,
    /// The next step.
    pub advice: String,
    /// Its last day, `2027-05-31`.
    pub on: String,
    /// Days until then; negative afterwards.
    pub days_left: i32,
}
