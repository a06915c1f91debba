use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ConnectionId, ConnectionName, CredentialProfileId, Label, ProxySettings, ScheduleId, TenantKey};

/// What makes up a connection before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewConnection {
    /// Its id, drawn by the caller.
    pub id: ConnectionId,
    /// Its name, also the name of its import task.
    pub name: ConnectionName,
    /// The source type as people know it, such as `Microsoft 365`.
    pub source_type: String,
    /// The module that serves it.
    pub module_id: String,
    /// The values of the module's settings form. Never secrets.
    pub settings: Map<String, Value>,
    /// The proxy for everything the connection does.
    pub proxy: Option<ProxySettings>,
    /// The tenant that the settings name, where they name one.
    pub tenant_key: Option<TenantKey>,
    /// The credential that it shares with others.
    pub profile: Option<CredentialProfileId>,
}

/// One configured import of one tenant.
///
/// When secrets expire is kept with the secrets: see [`crate::SecretRow::expires_on`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Its name, also the name of its import task.
    pub name: ConnectionName,
    /// The source type as people know it, such as `Microsoft 365`.
    pub source_type: String,
    /// The module that serves it.
    pub module_id: String,
    /// The values of the module's settings form. Never secrets.
    pub settings: Map<String, Value>,
    /// The proxy for everything the connection does.
    pub proxy: Option<ProxySettings>,
    /// The tenant that the settings name, where they name one.
    pub tenant_key: Option<TenantKey>,
    /// The tenant (`tid`) that the first consent came from; later grants must come from it too.
    pub tenant_id: Option<TenantKey>,
    /// The tenant's display name.
    pub tenant_name: Option<String>,
    /// The account that consented.
    pub consented_account: Option<String>,
    /// The scopes that were granted.
    pub granted_scopes: Vec<String>,
    /// Counts the changes of whatever shapes a run: module, settings, proxy, profile, tenant. A run can be resumed only under
    /// the revision it began with. Renaming and the outcome of a consent to the same tenant don't count.
    pub settings_revision: u64,
    /// The schedule it follows; without one it runs when somebody says so. Changed by [`crate::Store::assign_schedule`].
    #[serde(default)]
    pub schedule: Option<ScheduleId>,
    /// The credential that it shares with others, in place of one of its own.
    #[serde(default)]
    pub profile: Option<CredentialProfileId>,
    /// What people sort it by. Changed by [`crate::Store::set_labels`].
    #[serde(default)]
    pub labels: BTreeSet<Label>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Connection {
    pub(crate) fn new(new: NewConnection, now: Timestamp) -> Self {
        Self {
            id: new.id,
            name: new.name,
            source_type: new.source_type,
            module_id: new.module_id,
            settings: new.settings,
            proxy: new.proxy,
            tenant_key: new.tenant_key,
            tenant_id: None,
            tenant_name: None,
            consented_account: None,
            granted_scopes: Vec::new(),
            settings_revision: 1,
            schedule: None,
            profile: new.profile,
            labels: BTreeSet::new(),
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn runs_alike(&self, other: &Self) -> bool {
        self.source_type == other.source_type
            && self.module_id == other.module_id
            && self.settings == other.settings
            && self.proxy == other.proxy
            && self.profile == other.profile
            && self.same_tenant(other)
    }

    pub(crate) fn same_tenant(&self, other: &Self) -> bool {
        self.tenant_key == other.tenant_key && self.tenant_id == other.tenant_id
    }
}
