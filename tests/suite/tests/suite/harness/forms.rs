//! Filled settings forms: what an operator would type for a simulated tenant.

use super::Tenant;
use beacon_contract::Settings;
use beacon_simulator::{AppRegistration, ClientId, RedirectKind};
use uuid::Uuid;

/// Fields of a connection, in the order in which they are given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Adds a field or replaces its value.
    pub(crate) fn set(mut self, field: &str, value: impl Into<String>) -> Self {
        self.0.retain(|(known, _)| known != field);
        self.0.push((field.to_owned(), value.into()));
        self
    }

    /// Leaves a field to its default.
    pub(crate) fn without(mut self, field: &str) -> Self {
        self.0.retain(|(known, _)| known != field);
        self
    }

    /// As the host holds them.
    pub(crate) fn settings(&self) -> Settings {
        Settings(self.0.iter().map(|(field, value)| (field.clone(), value.clone().into())).collect())
    }

    /// As arguments.
    pub(crate) fn arguments(&self) -> Vec<String> {
        self.0.iter().flat_map(|(field, value)| ["--set".to_owned(), format!("{field}={value}")]).collect()
    }
}

/// The part that every connection to a simulated tenant has.
fn place(tenant: &Tenant) -> Fields {
    Fields::default()
        .set("cloud", "custom")
        .set("login_root", tenant.login_origin())
        .set("graph_root", tenant.graph_origin())
        .set("report_root", tenant.report_origin())
}

/// The organisation's own app, signing in by itself.
pub(crate) fn own_app(tenant: &Tenant) -> Fields {
    place(tenant).set("tenant", tenant.tenant_id().to_string()).set("client_id", tenant.own_client_id().to_string())
}

/// The vendor's preset app.
pub(crate) fn vendor_app(tenant: &Tenant) -> Fields {
    place(tenant).set("sign_in", "vendor_app")
}

/// A public app of the organisation with a loopback redirect address; registers it.
pub(crate) fn own_public_app(tenant: &Tenant) -> Fields {
    let client_id = ClientId(Uuid::from_u128(0x0b5e_55ed));
    let registration = AppRegistration {
        allow_public_client_flows: true,
        ..AppRegistration::new(client_id, "Licence import (public)")
            .with_redirect(RedirectKind::Public, "http://localhost")
            .with_delegated(["User.Read.All", "Organization.Read.All", "GroupMember.Read.All"])
    };
    tenant.register(registration);
    // An app of one tenant cannot sign in at the address for all of them.
    let place = place(tenant).set("tenant", tenant.tenant_id().to_string());
    place.set("client_id", client_id.to_string()).set("flow", "authorization_code")
}

/// The hostile module, told how to behave, without any tenant.
pub(crate) fn behaviour(name: &str) -> Fields {
    Fields::default().set("behaviour", name)
}

/// The hostile module, told how to behave.
pub(crate) fn hostile(tenant: &Tenant, behaviour: &str) -> Fields {
    self::behaviour(behaviour)
        .set("graph_root", tenant.graph_origin())
        .set("token_endpoint", format!("{}/common/oauth2/v2.0/token", tenant.login_origin()))
        .set("tenant", tenant.tenant_id().to_string())
        .set("client_id", tenant.own_client_id().to_string())
}
