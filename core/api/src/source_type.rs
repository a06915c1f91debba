//! What a new connection can be.

use crate::ConnectionDraft;
use beacon_contract::Form;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A connector as the page needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceType {
    /// Name as people know it, such as `Microsoft 365`.
    pub name: String,
    /// Id of the module.
    pub module_id: String,
    /// Version of the module.
    pub module_version: String,
    /// SHA-256 of the module in hexadecimal; also its name under [`crate::paths::MODULE`].
    pub digest: String,
    /// Size of the module in bytes.
    pub bytes: u64,
    /// Why it should not be used any more, and what instead.
    pub deprecated: Option<String>,
    /// The module's settings form.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub form: Form,
    /// Texts for the codes of field errors, by code: title and advice with `{argument}` places.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub texts: BTreeMap<String, beacon_contract::Text>,
    /// What a connection may ask Microsoft for, smallest first.
    pub permission_sets: Vec<PermissionSet>,
    /// Redirect address of this beacon for an app registration.
    pub redirect_uri: String,
}

/// One choice of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionSet {
    /// Id, as the form's field `permissions` holds it.
    pub id: String,
    /// What is shown.
    pub label: String,
    /// Its permissions.
    pub permissions: Vec<PermissionFacts>,
}

/// One permission of Microsoft Graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionFacts {
    /// Its name, such as `Directory.Read.All`.
    pub name: String,
    /// What the import gets by it.
    pub gives: String,
    /// What is lost without it.
    pub lost: String,
    /// Which role of Entra may grant it.
    pub granted_by: String,
}

/// What an organisation wants filled in for new connections of a source type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Defaults {
    /// Values by source type and field id; whatever is not in here keeps the module's own default.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Whether pasting an address and device codes are forbidden as ways of consenting.
    pub only_browser_consent: bool,
}

impl Defaults {
    /// A draft with this organisation's values filled in.
    pub fn fill(&self, draft: &mut ConnectionDraft) {
        for (field, value) in self.values.get(&draft.source_type).into_iter().flatten() {
            draft.settings.entry(field.clone()).or_insert_with(|| value.clone());
        }
    }
}
