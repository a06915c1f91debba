//! Connections: the list *Inventory Systems* and its dialog.

use crate::{Health, Problem, ProxyDraft, ProxyFacts, Run, Scheduled};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A secret on its way to the host; never the other way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecretText(…)")
    }
}

/// A secret to store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretInput {
    /// Its value: a client secret, or the PEM text of certificate and key.
    pub value: SecretText,
    /// Day on which it expires, `2027-05-31`.
    #[serde(default)]
    pub expires_on: Option<String>,
}

/// What a person enters for a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionDraft {
    /// *Connection Name*.
    pub name: String,
    /// *Source Type*.
    pub source_type: String,
    /// Values of the module's form; a field without a value takes its default.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    /// Secrets by slot; one that is left out stays as it is.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretInput>,
    /// *Use Proxy* with a proxy of its own.
    #[serde(default)]
    pub proxy: Option<ProxyDraft>,
    /// *Use Proxy* is off: without a proxy of its own it uses none, not even the default of the beacon.
    #[serde(default)]
    pub without_proxy: bool,
    /// Name of the credential profile to use in place of a secret or a certificate of its own.
    #[serde(default)]
    pub profile: Option<String>,
    /// The labels that it is to have; `None` leaves them as they are. Letters, digits and `-`, `_`, `.`, `=`.
    #[serde(default)]
    pub labels: Option<Vec<String>>,
    /// Whether a second connection of one tenant is wanted.
    #[serde(default)]
    pub second_connection: bool,
}

/// What is known of a stored secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretFacts {
    /// Its slot.
    pub slot: String,
    /// When it was stored, RFC 3339.
    pub stored_at: String,
    /// Day on which it expires, if somebody said so.
    pub expires_on: Option<String>,
}

/// The consent of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentFacts {
    /// Who consented.
    pub account: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
}

/// Something that will happen, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upcoming {
    /// What: a sentence.
    pub text: String,
    /// The day, `2027-05-31`.
    pub on: String,
    /// Days until then; negative afterwards.
    pub days_left: i32,
    /// The next step.
    pub advice: String,
}

/// A connection as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// *Connection Name*.
    pub name: String,
    /// *Source Type*.
    pub source_type: String,
    /// Name of the tenant, if it is known.
    pub tenant_name: Option<String>,
    /// Id of the tenant, if it is known.
    pub tenant_id: Option<String>,
    /// Values that the operator chose; what is missing has its default. Empty for readers.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: BTreeMap<String, Value>,
    /// A proxy of its own; `None` for readers.
    pub proxy: Option<ProxyFacts>,
    /// Whether it uses no proxy, not even the default of the beacon.
    pub without_proxy: bool,
    /// Stored secrets; empty for readers.
    pub secrets: Vec<SecretFacts>,
    /// Name of the credential profile that it uses.
    pub profile: Option<String>,
    /// What people sort it by, in order.
    pub labels: Vec<String>,
    /// The consent, if there is one.
    pub consent: Option<ConsentFacts>,
    /// The task whose consent waits for confirmation, such as one by a link that was sent; `None` for readers.
    pub waiting_consent: Option<String>,
    /// How it stands.
    pub health: Health,
    /// Since when, RFC 3339.
    pub health_since: String,
    /// Why, and what to do, if it is not healthy.
    pub problem: Option<Problem>,
    /// The next thing that expires.
    pub expires_next: Option<Upcoming>,
    /// The run that goes on now, or the last one.
    pub last_run: Option<Run>,
    /// The schedule it follows; `None` is *Not scheduled*.
    pub schedule: Option<Scheduled>,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// What deleting a connection left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Removed {
    /// Folder of the packages that were kept.
    pub packages_kept: Option<String>,
    /// How many packages were erased.
    pub packages_erased: u64,
    /// Which were not, and why: sentences.
    pub packages_not_erased: Vec<String>,
}
