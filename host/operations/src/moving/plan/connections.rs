use super::{Owner, PlannedProfile, Planner, is_for, same};
use crate::credential_profiles;
use crate::draft::{check_draft, tenant_key};
use crate::modules::Module;
use crate::moving::carried::Carried;
use crate::moving::document::{ConnectionEntry, TenantEntry};
use crate::moving::left::{Coming, of_connection};
use crate::secrets::{PROXY_PASSWORD, proxy_origin};
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName};
use beacon_store::{
    Connection, ConnectionName, CredentialProfile, Hold, Label, ProxyChoice, ProxySettings, ScheduleName, SecretRow,
    StoreError, TenantKey,
};
use std::collections::BTreeSet;

/// A connection; one that exists takes what the file says.
pub(in crate::moving) struct PlannedConnection {
    pub(in crate::moving) name: ConnectionName,
    pub(in crate::moving) source_type: String,
    pub(in crate::moving) module_id: String,
    pub(in crate::moving) settings: Settings,
    pub(in crate::moving) tenant_key: Option<TenantKey>,
    pub(in crate::moving) proxy: Option<ProxySettings>,
    pub(in crate::moving) choice: ProxyChoice,
    pub(in crate::moving) profile: Option<String>,
    pub(in crate::moving) schedule: Option<ScheduleName>,
    pub(in crate::moving) hold: Option<Hold>,
    pub(in crate::moving) labels: BTreeSet<Label>,
    pub(in crate::moving) tenant: Option<TenantEntry>,
    pub(in crate::moving) existing: Option<Connection>,
    pub(in crate::moving) secrets: Vec<Carried>,
}

impl Planner<'_> {
    pub(super) async fn connections(
        &mut self,
        given: Vec<ConnectionEntry>,
        profiles: &[PlannedProfile],
    ) -> Result<Vec<PlannedConnection>, Trouble> {
        let mut seen = BTreeSet::new();
        let mut planned: Vec<PlannedConnection> = Vec::new();
        for entry in given {
            let at = format!("connection {}", entry.name);
            let parsed = entry.name.parse::<ConnectionName>().map_err(StoreError::from);
            let Some(name) = self.findings.take(&at, parsed) else { continue };
            let existing = self.installation.store().connection_by_name(name.as_str())?;
            if !self.once(&mut seen, "connection", name.as_str(), name.comparison_key())
                || !self.goes_on("connection", name.as_str(), existing.is_some())
            {
                continue;
            }
            let schedule = self.schedule(&at, entry.schedule.as_deref())?;
            let profile = self.profile(&at, entry.profile.as_deref(), profiles)?;
            if let Some(one) = self.connection(&at, name, entry, schedule, profile, existing).await? {
                planned.push(one);
            }
        }
        for one in &planned {
            self.of_another_tenant(one, &seen)?;
        }
        Ok(planned)
    }

    async fn connection(
        &mut self,
        at: &str,
        name: ConnectionName,
        entry: ConnectionEntry,
        schedule: Option<ScheduleName>,
        profile: Option<CredentialProfile>,
        existing: Option<Connection>,
    ) -> Result<Option<PlannedConnection>, Trouble> {
        let found = self.module(&entry.source_type);
        let Some(module) = self.findings.take(at, found) else { return Ok(None) };
        let (proxy, bypass) = match entry.proxy {
            None => (None, String::new()),
            Some(given) => match self.proxy(at, given) {
                Some((settings, bypass)) => (Some(settings), bypass),
                None => return Ok(None),
            },
        };
        let settings = Settings(entry.settings.into_iter().collect());
        let secrets = self.carried(&Owner::Connection(entry.name));
        let present = match &existing {
            None => Vec::new(),
            Some(existing) => self.installation.store().secrets(existing.id)?,
        };
        let slots = usable(&module, &settings, &secrets, &present, profile.as_ref());
        let checked = check_draft(&self.installation.folders, &module, &settings, slots.clone()).await;
        let checked = checked.and_then(|errors| {
            if errors.is_empty() { Ok(()) } else { Err(Trouble::of_fields(&errors, &module.words())) }
        });
        self.findings.take(at, checked);
        if let Some(profile) = &profile {
            self.findings.take(at, credential_profiles::check(&module, profile, &settings));
        }
        let lacks_proxy_password = proxy.as_ref().is_some_and(|proxy| {
            proxy.username.is_some() && !has_password(&proxy_origin(&proxy.server.to_url()), &secrets, &present)
        });
        let coming =
            Coming { name: name.as_str(), module: &module, settings: &settings, slots: &slots, lacks_proxy_password };
        self.report.left.extend(of_connection(&coming));
        Ok(Some(PlannedConnection {
            source_type: module.manifest.source_type.clone(),
            module_id: module.manifest.id.to_string(),
            tenant_key: tenant_key(&module, &settings),
            choice: ProxyChoice { without: entry.no_proxy, bypass },
            profile: profile.map(|profile| profile.name.to_string()),
            hold: entry.hold,
            labels: entry.labels,
            tenant: entry.tenant,
            name,
            settings,
            proxy,
            schedule,
            existing,
            secrets,
        }))
    }

    /// A schedule of the file, or one that is there.
    fn schedule(&mut self, at: &str, name: Option<&str>) -> Result<Option<ScheduleName>, Trouble> {
        let Some(name) = name else { return Ok(None) };
        let parsed = name.parse::<ScheduleName>().map_err(StoreError::from);
        let Some(name) = self.findings.take(at, parsed) else { return Ok(None) };
        let known = self.named_schedules.contains(&name.comparison_key())
            || self.installation.store().schedule_by_name(name.as_str())?.is_some();
        if !known {
            let title = format!("there is no schedule {name}, neither in the file nor here");
            let trouble = Trouble::settings("config.schedule", title, "Add it, or write null.");
            self.findings.problem(at, &trouble);
        }
        Ok(Some(name))
    }

    /// A profile of the file, or one that is there.
    fn profile(
        &mut self,
        at: &str,
        name: Option<&str>,
        planned: &[PlannedProfile],
    ) -> Result<Option<CredentialProfile>, Trouble> {
        let Some(text) = name else { return Ok(None) };
        let Some(name) = self.findings.take(at, credential_profiles::name(text)) else { return Ok(None) };
        let key = name.comparison_key();
        if let Some(one) = planned.iter().find(|one| one.profile.name.comparison_key() == key) {
            return Ok(Some(one.profile.clone()));
        }
        let found = self.installation.store().profile_by_name(text)?;
        if found.is_none() && !self.named_profiles.contains(&key) {
            let title = format!("there is no credential profile {name}, neither in the file nor here");
            let trouble = Trouble::settings("config.profile", title, "Add it, or write null.");
            self.findings.problem(at, &trouble);
        }
        Ok(found)
    }

    /// Connections of one tenant may stand side by side in a file, as they did where it comes from; beside those that are
    /// here they would double what is counted.
    fn of_another_tenant(&mut self, planned: &PlannedConnection, of_file: &BTreeSet<String>) -> Result<(), Trouble> {
        let by_consent = planned.tenant.as_ref().and_then(|tenant| tenant.id.as_deref()).map(TenantKey::new);
        for tenant in by_consent.iter().chain(&planned.tenant_key) {
            let others = self.installation.store().same_tenant(tenant, &planned.source_type)?;
            if let Some(other) = others.iter().find(|other| !of_file.contains(&other.name.comparison_key())) {
                let title = format!("its tenant {tenant} is imported here already, by {}", other.name);
                let advice =
                    format!("Take it out of the file, or call it {:?} there and use --replace.", other.name.as_str());
                let trouble = Trouble::settings("config.tenant", title, advice);
                self.findings.problem(format!("connection {}", planned.name), &trouble);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Slots that will hold something that can be used where the settings lead.
pub(in crate::moving) fn usable(
    module: &Module,
    settings: &Settings,
    carried: &[Carried],
    present: &[SecretRow],
    profile: Option<&CredentialProfile>,
) -> BTreeSet<SlotName> {
    let effective = module.manifest.form.effective(settings);
    let slots = module.manifest.slots.iter().filter(|slot| {
        let origins: BTreeSet<String> =
            slot.origins.iter().filter_map(|origin| origin.exact_origin(&effective)).collect();
        let comes = carried.iter().any(|one| one.slot.as_str() == slot.name.as_str() && is_for(one, &origins));
        comes || present.iter().any(|one| one.slot.as_str() == slot.name.as_str() && stays(one, &origins))
    });
    let shared = profile.and_then(|profile| SlotName::new(profile.kind.as_str()).ok());
    slots.map(|slot| slot.name.clone()).chain(shared).collect()
}

fn stays(row: &SecretRow, origins: &BTreeSet<String>) -> bool {
    same(&row.value.origins, origins)
}

fn has_password(origins: &BTreeSet<String>, carried: &[Carried], present: &[SecretRow]) -> bool {
    carried.iter().any(|one| one.slot.as_str() == PROXY_PASSWORD && is_for(one, origins))
        || present.iter().any(|one| one.slot.as_str() == PROXY_PASSWORD && stays(one, origins))
}
