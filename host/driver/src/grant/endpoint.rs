//! The addresses of one profile under one connection's settings.

use crate::egress::{EgressPolicy, Refusal};
use beacon_contract::{FieldId, Manifest, Profile, Settings, SlotName, TemplateError};
use std::collections::BTreeSet;
use url::Url;

/// Why a grant cannot even be tried. All of these are settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    /// A setting that the profile names is empty.
    #[error("the setting {0} is empty")]
    Empty(FieldId),
    /// A setting is no address.
    #[error("the setting {0} is not an address")]
    NotAnAddress(FieldId),
    /// The egress policy forbids the address.
    #[error("the setting {field} names an address that may not be requested: {refusal}")]
    Refused { field: FieldId, refusal: Refusal },
    /// The scope set chosen in the settings is not in the profile.
    #[error("the setting {0} chooses no known set of permissions")]
    UnknownScopes(FieldId),
    /// A scope names an empty setting.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// A profile together with the settings that fill it.
#[derive(Clone, Copy)]
pub(crate) struct Endpoints<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) profile: &'a Profile,
    pub(crate) settings: &'a Settings,
    pub(crate) policy: &'a EgressPolicy,
    /// Tenant that the connection is pinned to since its first consent.
    pub(crate) pinned_tenant: Option<&'a str>,
}

impl<'a> Endpoints<'a> {
    pub(crate) fn text(&self, field: &FieldId) -> Result<&'a str, EndpointError> {
        self.settings.text(field.as_str()).ok_or_else(|| EndpointError::Empty(field.clone()))
    }

    /// The address in a setting, with "any tenant" replaced by the pinned or named one, so that later grants go to
    /// that tenant and to no other.
    fn address(&self, field: &FieldId) -> Result<Url, EndpointError> {
        let text = self.text(field)?;
        let mut url = Url::parse(text).map_err(|_| EndpointError::NotAnAddress(field.clone()))?;
        let tenant = self.pinned_tenant.or_else(|| self.settings.text(self.profile.tenant.as_str()));
        if let Some(tenant) = tenant {
            let placeholder = |segment: &str| self.profile.tenant_placeholders.iter().any(|known| known == segment);
            let path: Vec<&str> = url
                .path()
                .split('/')
                .enumerate()
                .map(|(position, segment)| if position == 1 && placeholder(segment) { tenant } else { segment })
                .collect();
            let path = path.join("/");
            url.set_path(&path);
        }
        self.policy.check_endpoint(&url).map_err(|refusal| EndpointError::Refused { field: field.clone(), refusal })?;
        Ok(url)
    }

    pub(crate) fn token(&self) -> Result<Url, EndpointError> {
        self.address(&self.profile.token_endpoint)
    }

    pub(crate) fn authorization(&self) -> Result<Url, EndpointError> {
        self.address(&self.profile.authorization_endpoint)
    }

    pub(crate) fn device(&self) -> Result<Url, EndpointError> {
        self.address(&self.profile.device_endpoint)
    }

    pub(crate) fn client_id(&self) -> Result<&'a str, EndpointError> {
        self.text(&self.profile.client_id)
    }

    /// What a person is asked for, separated by spaces.
    pub(crate) fn scopes(&self) -> Result<String, EndpointError> {
        let unknown = || EndpointError::UnknownScopes(self.profile.scope_set.clone());
        let chosen = self.text(&self.profile.scope_set)?;
        let set = self.profile.scopes.iter().find(|set| set.name == chosen).ok_or_else(unknown)?;
        let scopes: Vec<String> = set.scopes.iter().map(|scope| scope.fill(self.settings)).collect::<Result<_, _>>()?;
        Ok(scopes.join(" "))
    }

    pub(crate) fn application_scope(&self) -> Result<String, EndpointError> {
        Ok(self.profile.application_scope.fill(self.settings)?)
    }

    /// The exact origins that a stored slot is bound to.
    pub(crate) fn slot_origins(&self, slot: &SlotName) -> BTreeSet<String> {
        let declared = self.manifest.slot(slot).map(|slot| slot.origins.as_slice()).unwrap_or_default();
        declared.iter().filter_map(|origin| origin.exact_origin(self.settings)).collect()
    }
}
