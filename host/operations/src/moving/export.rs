//! Out of a data folder.

use super::document::{
    ConnectionEntry, DestinationEntry, Document, PlaceEntry, ProfileEntry, ProxyEntry, ScheduleEntry, TenantEntry,
};
use crate::installation::Installation;
use crate::keys;
use crate::trouble::Trouble;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use beacon_store::{
    Connection, CredentialProfile, DefaultProxy, Destination, Hold, NewSchedule, ProxyChoice, ProxySettings, Retention,
    Store, Target,
};
use beacon_vault::{Origin, Recipient};
use jiff::Timestamp;

/// A whole configuration.
pub struct Exported {
    /// The bytes of the file.
    pub file: Vec<u8>,
    /// How many connections are in it.
    pub connections: usize,
    /// How many secrets, if they are in it.
    pub secrets: Option<usize>,
}

/// The configuration of a data folder; with its secrets for `recipient` alone, or without them.
///
/// # Errors
/// [`Trouble`] of store and vault: a secret that cannot be opened, for example.
pub fn export(installation: &Installation, recipient: Option<&Recipient>, now: Timestamp) -> Result<Exported, Trouble> {
    let vault = installation.vault();
    let store = installation.store();
    let folders = &installation.folders;
    let sealed = recipient.map(|recipient| keys::export(folders, &store, &vault, recipient, now)).transpose()?;
    let mut document = described(&store, sealed.is_some())?;
    document.secrets = sealed.as_ref().map(|sealed| BASE64_STANDARD.encode(&sealed.file));
    Ok(Exported {
        file: document.written()?,
        connections: document.connections.len(),
        secrets: sealed.map(|sealed| sealed.secrets),
    })
}

fn described(store: &Store, with_secrets: bool) -> Result<Document, Trouble> {
    let (profiles, schedules) = (store.profiles()?, store.schedules()?);
    let mut document = Document::new();
    document.defaults = store.defaults()?;
    document.default_proxy = store.default_proxy()?.map(|DefaultProxy { settings, bypass }| proxy(&settings, bypass));
    document.profiles = profiles.iter().map(|one| profile(one, with_secrets)).collect();
    document.schedules = schedules.iter().map(|one| schedule(&one.plan)).collect();
    let held = store.held()?;
    for one in store.connections()? {
        let choice = store.proxy_choice(one.id)?;
        let profile = profiles.iter().find(|profile| Some(profile.id) == one.profile);
        let schedule = schedules.iter().find(|schedule| Some(schedule.id) == one.schedule);
        let names = (profile.map(|one| one.name.to_string()), schedule.map(|one| one.plan.name.to_string()));
        let hold = held.get(&one.id).map(|held| held.hold);
        document.connections.push(connection(one, choice, hold, names));
    }
    document.destinations = store.destinations()?.into_iter().map(destination).collect();
    document.retention = Some(store.retention()?).filter(Retention::is_given);
    Ok(document)
}

fn proxy(settings: &ProxySettings, bypass: String) -> ProxyEntry {
    ProxyEntry { server: settings.server.to_string(), username: settings.username.clone(), bypass }
}

fn profile(profile: &CredentialProfile, with_secrets: bool) -> ProfileEntry {
    ProfileEntry {
        name: profile.name.to_string(),
        client_id: profile.client_id.clone(),
        kind: profile.kind,
        origins: profile.origins.iter().map(Origin::as_str).map(str::to_owned).collect(),
        expires_on: profile.expires_on.filter(|_| with_secrets),
        next_until: profile.next_until.filter(|_| with_secrets),
    }
}

fn schedule(plan: &NewSchedule) -> ScheduleEntry {
    ScheduleEntry {
        name: plan.name.to_string(),
        rule: plan.rule.clone(),
        zone: plan.zone.clone(),
        missed: plan.missed,
        jitter_seconds: plan.jitter_seconds,
        window: plan.window,
        parallel: plan.parallel,
    }
}

fn connection(
    connection: Connection,
    choice: ProxyChoice,
    hold: Option<Hold>,
    (profile, schedule): (Option<String>, Option<String>),
) -> ConnectionEntry {
    let known = connection.tenant_id.is_some()
        || connection.tenant_name.is_some()
        || connection.consented_account.is_some()
        || !connection.granted_scopes.is_empty();
    ConnectionEntry {
        name: connection.name.to_string(),
        source_type: connection.source_type,
        settings: connection.settings,
        profile,
        schedule,
        proxy: connection.proxy.as_ref().map(|settings| proxy(settings, choice.bypass)),
        no_proxy: choice.without,
        hold,
        labels: connection.labels,
        tenant: known.then_some(TenantEntry {
            id: connection.tenant_id.map(String::from),
            name: connection.tenant_name,
            consented_by: connection.consented_account,
            scopes: connection.granted_scopes,
        }),
    }
}

fn destination(destination: Destination) -> DestinationEntry {
    DestinationEntry {
        name: destination.name.to_string(),
        place: match destination.target {
            Target::Folder { folder } => PlaceEntry::Folder { path: folder },
            Target::Upload { address, access, username } => PlaceEntry::Upload { address, access, username },
        },
        only_complete: destination.only_complete,
        proxy: destination.proxy,
    }
}
