//! Who and what a recorded run meets: a person who signs in at the simulated tenant, and secrets in memory.

use crate::harness::Tenant;
use beacon_contract::SlotName;
use beacon_driver::{Abandoned, Attempt, DeviceCode, Interaction, SecretSlots, SlotError};
use beacon_simulator::Decision;
use beacon_vault::Secret;
use futures_util::future::{BoxFuture, ready};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// The administrator, who decides like this.
pub(super) struct Person {
    pub(super) tenant: Arc<Tenant>,
    pub(super) decision: Decision,
}

struct SignIn {
    tenant: Arc<Tenant>,
    decision: Decision,
    redirect_uri: String,
}

impl Interaction for Person {
    fn begin(&self, registered_redirect_uri: &str) -> BoxFuture<'_, Result<Box<dyn Attempt>, Abandoned>> {
        let Self { tenant, decision } = self;
        let (tenant, redirect_uri) = (Arc::clone(tenant), registered_redirect_uri.to_owned());
        let attempt: Box<dyn Attempt> = Box::new(SignIn { tenant, decision: *decision, redirect_uri });
        Box::pin(ready(Ok(attempt)))
    }

    fn show(&self, _code: &DeviceCode) -> Result<(), Abandoned> {
        Err(Abandoned::Nobody)
    }
}

impl Attempt for SignIn {
    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn wait(self: Box<Self>, sign_in_address: String) -> BoxFuture<'static, Result<Zeroizing<String>, Abandoned>> {
        let back = self.tenant.sign_in(&sign_in_address, &self.tenant.administrator(), self.decision);
        Box::pin(ready(Ok(Zeroizing::new(back.expect("the sign-in leads back")))))
    }
}

/// Secrets by slot, for any origin.
#[derive(Default)]
pub(super) struct InMemory(Mutex<BTreeMap<SlotName, Vec<u8>>>);

impl InMemory {
    /// With this client secret, or without any if it is empty.
    pub(super) fn with(client_secret: &str) -> Self {
        let slots = Self::default();
        if !client_secret.is_empty() {
            let slot = "client_secret".parse().expect("a slot");
            slots.0.lock().expect("no other panic").insert(slot, client_secret.as_bytes().to_vec());
        }
        slots
    }
}

impl SecretSlots for InMemory {
    fn configured(&self) -> BTreeSet<SlotName> {
        self.0.lock().expect("no other panic").keys().cloned().collect()
    }

    fn read(&self, slot: &SlotName, _origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        Ok(self.0.lock().expect("no other panic").get(slot).cloned().map(Secret::new))
    }

    fn write(&self, slot: &SlotName, _origins: &BTreeSet<String>, value: &Secret) -> Result<(), SlotError> {
        self.0.lock().expect("no other panic").insert(slot.clone(), value.expose().to_vec());
        Ok(())
    }
}
