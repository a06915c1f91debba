//! Storing what was planned, in one transaction.

use super::carried::Carried;
use super::plan::{Plan, PlannedConnection, PlannedDestination, PlannedProfile, PlannedSchedule};
use super::report::Report;
use crate::change::OWN_CREDENTIALS;
use crate::credential_profiles;
use crate::destination_secrets;
use crate::installation::Installation;
use crate::proxy;
use crate::secrets::PROXY_PASSWORD;
use crate::trouble::Trouble;
use beacon_store::{
    Action, Connection, ConnectionId, CredentialProfileId, Deed, DefaultProxy, NewConnection, ProfileChange,
    ProfileSecret, ScheduleId, SecondConnection, SecretRow, Store, StoreError,
};
use beacon_vault::{ConnectionKeys, InvalidSlotName, SecretBinding, SlotName, Vault};
use jiff::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Stores a plan: all of it, or nothing. The action tells where it comes from.
///
/// # Errors
/// [`Trouble`] of store and vault; while this process imports a connection that is to be replaced.
pub fn apply(installation: &Installation, plan: Plan, action: Action, now: Timestamp) -> Result<Report, Trouble> {
    for existing in plan.connections.iter().filter_map(|connection| connection.existing.as_ref()) {
        installation.at_work().none_of(existing)?;
    }
    let vault = installation.vault();
    let mut store = installation.store();
    let Plan { defaults, default_proxy, profiles, schedules, connections, destinations, retention, report } = plan;
    let replaced: Vec<_> = destinations.iter().filter(|one| one.exists).map(|one| one.destination.id).collect();
    store.together(|store| -> Result<(), Trouble> {
        let mut storing = Storing { store, vault: &vault, now };
        if let Some(defaults) = &defaults {
            storing.store.set_defaults(defaults)?;
        }
        if let Some((proxy, password)) = &default_proxy {
            storing.default_proxy(proxy, password.as_ref())?;
        }
        if let Some(retention) = retention {
            storing.store.set_retention(retention)?;
        }
        let mut known = Known::default();
        for planned in profiles {
            known.profiles.insert(planned.profile.name.comparison_key(), storing.profile(planned)?);
        }
        for planned in schedules {
            known.schedules.insert(planned.plan.name.comparison_key(), storing.schedule(planned)?);
        }
        for planned in connections {
            storing.connection(planned, &known)?;
        }
        destinations.into_iter().try_for_each(|planned| storing.destination(planned))?;
        Ok(storing.store.record(&Deed::to_installation(action).with("things", report.items.len()))?)
    })?;
    replaced.into_iter().for_each(|id| installation.sending().stop(id));
    Ok(report)
}

/// What connections refer to by name, as far as it was stored just now.
#[derive(Default)]
struct Known {
    profiles: BTreeMap<String, CredentialProfileId>,
    schedules: BTreeMap<String, ScheduleId>,
}

struct Storing<'a> {
    store: &'a mut Store,
    vault: &'a Vault,
    now: Timestamp,
}

impl Storing<'_> {
    fn default_proxy(&mut self, proxy: &DefaultProxy, password: Option<&Carried>) -> Result<(), Trouble> {
        let before = self.store.default_proxy()?;
        self.store.set_default_proxy(Some(proxy))?;
        let slot = slot(PROXY_PASSWORD)?;
        match password {
            Some(password) => self.installation_secret(slot, password),
            // A password belongs to its server.
            None if before.is_none_or(|before| before.settings != proxy.settings) => {
                self.store.delete_installation_secret(&slot)?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn installation_secret(&mut self, slot: SlotName, carried: &Carried) -> Result<(), Trouble> {
        let secret = self.sealed_here(slot, carried)?;
        Ok(self.store.put_installation_secret(&secret.slot, &secret.value)?)
    }

    /// A secret sealed for the installation itself.
    fn sealed_here(&mut self, slot: SlotName, carried: &Carried) -> Result<ProfileSecret, Trouble> {
        let keys = proxy::keys_in(self.store, self.vault)?;
        let connection = self.store.installation().into();
        let version = self.store.installation_secret(&slot)?.map_or(1, |value| value.version.saturating_add(1));
        let binding = SecretBinding { connection, slot, origins: carried.origins.clone() };
        Ok(ProfileSecret { value: keys.seal(&binding, version, &carried.value)?, slot: binding.slot })
    }

    fn profile(&mut self, planned: PlannedProfile) -> Result<CredentialProfileId, Trouble> {
        let PlannedProfile { profile, exists, followers, secrets } = planned;
        if exists {
            let change = ProfileChange { connections: followers, ..ProfileChange::default() };
            self.store.update_profile(&profile, &change, self.now)?;
        } else {
            self.store.insert_profile(&profile, None)?;
        }
        for carried in &secrets {
            let slot = credential_profiles::slot(profile.id, carried.slot.as_str())?;
            self.installation_secret(slot, carried)?;
        }
        Ok(profile.id)
    }

    fn schedule(&mut self, planned: PlannedSchedule) -> Result<ScheduleId, Trouble> {
        let PlannedSchedule { plan, existing } = planned;
        Ok(match existing {
            Some(id) => self.store.update_schedule(id, plan, self.now)?.id,
            None => self.store.insert_schedule(plan, self.now)?.id,
        })
    }

    fn connection(&mut self, planned: PlannedConnection, known: &Known) -> Result<(), Trouble> {
        let profile = self.profile_of(&planned, known)?;
        let schedule = self.schedule_of(&planned, known)?;
        let mut stored = self.as_is(&planned, profile)?;
        let id = stored.id;
        stored.name = planned.name;
        stored.source_type = planned.source_type;
        stored.module_id = planned.module_id;
        stored.settings = planned.settings.0.into_iter().collect();
        stored.proxy = planned.proxy;
        stored.profile = profile;
        stored.tenant_key = planned.tenant_key;
        let tenant = planned.tenant;
        stored.tenant_id = tenant.as_ref().and_then(|tenant| tenant.id.clone()).map(Into::into);
        stored.tenant_name = tenant.as_ref().and_then(|tenant| tenant.name.clone());
        stored.consented_account = tenant.as_ref().and_then(|tenant| tenant.consented_by.clone());
        stored.granted_scopes = tenant.map(|tenant| tenant.scopes).unwrap_or_default();
        // Whether there may be two of one tenant was looked at when the file was checked.
        self.store.update_connection(&stored, SecondConnection::Confirmed, self.now)?;
        self.store.set_proxy_choice(id, &planned.choice)?;
        self.store.assign_schedule(id, schedule)?;
        self.store.hold(id, planned.hold, self.now)?;
        self.store.set_labels(id, &planned.labels)?;
        if profile.is_some() {
            for name in OWN_CREDENTIALS {
                self.store.delete_secret(id, &slot(name)?)?;
            }
        }
        if planned.secrets.is_empty() {
            return Ok(());
        }
        let keys = self.keys_of(id)?;
        planned.secrets.into_iter().try_for_each(|carried| self.secret(id, &keys, carried))
    }

    /// The connection as it is stored, or as it is stored for the first time.
    fn as_is(
        &mut self,
        planned: &PlannedConnection,
        profile: Option<CredentialProfileId>,
    ) -> Result<Connection, StoreError> {
        if let Some(existing) = &planned.existing {
            return self.store.connection(existing.id);
        }
        let new = NewConnection {
            id: ConnectionId::from(Uuid::new_v4()),
            name: planned.name.clone(),
            source_type: planned.source_type.clone(),
            module_id: planned.module_id.clone(),
            settings: planned.settings.0.clone().into_iter().collect(),
            proxy: planned.proxy.clone(),
            tenant_key: planned.tenant_key.clone(),
            profile,
        };
        self.store.insert_connection(new, SecondConnection::Confirmed, self.now)
    }

    fn profile_of(&self, planned: &PlannedConnection, known: &Known) -> Result<Option<CredentialProfileId>, Trouble> {
        let Some(name) = &planned.profile else { return Ok(None) };
        let key = credential_profiles::name(name)?.comparison_key();
        Ok(match known.profiles.get(&key) {
            Some(id) => Some(*id),
            None => self.store.profile_by_name(name)?.map(|profile| profile.id),
        })
    }

    fn schedule_of(&self, planned: &PlannedConnection, known: &Known) -> Result<Option<ScheduleId>, StoreError> {
        let Some(name) = &planned.schedule else { return Ok(None) };
        Ok(match known.schedules.get(&name.comparison_key()) {
            Some(id) => Some(*id),
            None => self.store.schedule_by_name(name.as_str())?.map(|schedule| schedule.id),
        })
    }

    fn keys_of(&mut self, id: ConnectionId) -> Result<ConnectionKeys, Trouble> {
        if self.store.data_keys(id)?.is_empty() {
            let key = self.vault.create_data_key(id.into())?;
            self.store.insert_data_key(id, &key)?;
        }
        Ok(self.vault.unlock(id.into(), &self.store.data_keys(id)?)?)
    }

    fn secret(&mut self, id: ConnectionId, keys: &ConnectionKeys, carried: Carried) -> Result<(), Trouble> {
        let Carried { slot, origins, expires_on, value, .. } = carried;
        let version = self.store.secret(id, &slot)?.map_or(1, |row| row.value.version.saturating_add(1));
        let binding = SecretBinding { connection: id.into(), slot, origins };
        let value = keys.seal(&binding, version, &value)?;
        let row = SecretRow { connection: id, slot: binding.slot, value, expires_on, updated_at: self.now };
        Ok(self.store.put_secret(&row)?)
    }

    fn destination(&mut self, planned: PlannedDestination) -> Result<(), Trouble> {
        let PlannedDestination { destination, exists, secrets } = planned;
        let id = destination.id;
        let bound = secrets.into_iter().map(|Carried { slot, origins, value, .. }| {
            (SecretBinding { connection: id.into(), slot, origins }, value)
        });
        let needed = destination_secrets::needed(&destination.target, &destination.proxy)?;
        let secrets = destination_secrets::seal(self.store, self.vault, id, &bound.collect::<Vec<_>>(), needed)?;
        if exists {
            self.store.update_destination(&destination, &secrets)?;
        } else {
            self.store.insert_destination(&destination, &secrets, self.now)?;
        }
        Ok(())
    }
}

fn slot(name: &str) -> Result<SlotName, Trouble> {
    name.parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))
}
