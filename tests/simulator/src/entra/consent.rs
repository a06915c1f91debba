//! Consent: what applications may do, decided by persons for themselves or by administrators for everybody.

use super::account::Account;
use super::registration::AppRegistration;
use super::scope::{self, ScopeRequest};
use super::state::State;
use crate::identifiers::{ClientId, UserId};
use std::collections::BTreeSet;

impl State {
    /// Delegated permissions in force for a person and an application.
    pub(super) fn granted(&self, client: ClientId, account: UserId) -> BTreeSet<String> {
        let everybody = self.tenant_consent.get(&client).into_iter().flatten();
        let personal = self.personal_consent.get(&(client, account)).into_iter().flatten();
        everybody.chain(personal).cloned().collect()
    }

    /// Application permissions in force.
    pub(super) fn granted_roles(&self, client: ClientId) -> BTreeSet<String> {
        self.application_consent.get(&client).cloned().unwrap_or_default()
    }

    /// Whether the application has a principal in the simulated tenant.
    pub(super) fn has_principal(&self, registration: &AppRegistration) -> bool {
        let client = registration.client_id;
        registration.own
            || self.tenant_consent.contains_key(&client)
            || self.application_consent.contains_key(&client)
            || self.personal_consent.keys().any(|(known, _)| *known == client)
    }

    /// Permissions that a request stands for: those named, or all registered ones for `.default`.
    pub(super) fn wanted(registration: &AppRegistration, scope: &ScopeRequest) -> BTreeSet<String> {
        if scope.default { registration.delegated_permissions.clone() } else { scope.graph.clone() }
    }

    /// Permissions that nobody has consented to yet.
    pub(super) fn missing(
        &self,
        registration: &AppRegistration,
        scope: &ScopeRequest,
        account: UserId,
    ) -> BTreeSet<String> {
        let granted = self.granted(registration.client_id, account);
        Self::wanted(registration, scope).difference(&granted).cloned().collect()
    }

    /// Whether this person alone can consent to these permissions.
    pub(super) fn may_consent(account: &Account, permissions: &BTreeSet<String>) -> bool {
        account.is_administrator() || !permissions.iter().any(|permission| scope::needs_administrator(permission))
    }

    /// Records consent to delegated permissions: for everybody, or for one person.
    pub(crate) fn grant(&mut self, client: ClientId, account: Option<UserId>, permissions: BTreeSet<String>) {
        let granted = match account {
            None => self.tenant_consent.entry(client).or_default(),
            Some(account) => self.personal_consent.entry((client, account)).or_default(),
        };
        granted.extend(permissions);
    }

    /// Records consent to all application permissions that are registered.
    pub(crate) fn grant_application_permissions(&mut self, client: ClientId) {
        let registered = self.registrations.iter().find(|registration| registration.client_id == client);
        let permissions = registered.map(|registration| registration.application_permissions.clone());
        self.application_consent.entry(client).or_default().extend(permissions.unwrap_or_default());
    }

    /// Consent of an administrator to everything that is registered.
    pub(crate) fn grant_everything(&mut self, client: ClientId) {
        let registered = self.registrations.iter().find(|registration| registration.client_id == client);
        let permissions = registered.map(|registration| registration.delegated_permissions.clone());
        self.grant(client, None, permissions.unwrap_or_default());
        self.grant_application_permissions(client);
    }

    /// Takes all consent of an application back.
    pub(crate) fn revoke_consent(&mut self, client: ClientId) {
        self.tenant_consent.remove(&client);
        self.application_consent.remove(&client);
        self.personal_consent.retain(|(known, _), _| *known != client);
    }
}
