//! From arguments to settings and secrets, checked by the module before anything is stored.

use crate::arguments::{SettingsArguments, parse_date, split_pair};
use crate::file;
use crate::modules::Module;
use crate::trouble::Trouble;
use beacon_contract::{FieldKind, Form, Settings, SlotKind, SlotName};
use beacon_driver::read_certificate;
use beacon_store::{ProxyServer, ProxySettings};
use beacon_vault::Secret;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A secret that was given.
pub(crate) struct GivenSecret {
    pub(crate) slot: SlotName,
    pub(crate) value: Secret,
    pub(crate) expires_on: Option<Date>,
}

/// Sets the given fields in `settings`.
pub(crate) fn apply(form: &Form, settings: &mut Settings, set: &[String]) -> Result<(), Trouble> {
    for pair in set {
        let (field, value) = split_pair(pair, "--set")?;
        let toggle = form.field(field).is_some_and(|field| matches!(field.kind, FieldKind::Toggle));
        match (toggle, value) {
            (true, "true" | "yes") => settings.set(field, true),
            (true, "false" | "no") => settings.set(field, false),
            _ => settings.set(field, value),
        }
    }
    Ok(())
}

/// Reads the given secrets.
pub(crate) fn secrets(module: &Module, arguments: &SettingsArguments) -> Result<Vec<GivenSecret>, Trouble> {
    let mut days: BTreeMap<&str, Date> = BTreeMap::new();
    for pair in &arguments.secret_expires {
        let (slot, date) = split_pair(pair, "--secret-expires")?;
        days.insert(slot, parse_date(date, "--secret-expires")?);
    }
    let mut given = Vec::new();
    for pair in &arguments.secret {
        let (name, path) = split_pair(pair, "--secret")?;
        let slot = stored_slot(module, name)?;
        let value = file::read_secret(path.as_ref(), "--secret")?;
        if module.manifest.profiles.iter().any(|profile| profile.client_certificate == slot) {
            read_certificate(value.expose())?;
        }
        given.push(GivenSecret { slot, value, expires_on: days.remove(name) });
    }
    if let Some(slot) = days.keys().next() {
        let title = format!("--secret-expires names {slot:?}, but no --secret gives its value");
        return Err(Trouble::settings(
            "settings.expiry_without_secret",
            title,
            "Give the secret together with its day.",
        ));
    }
    Ok(given)
}

fn stored_slot(module: &Module, name: &str) -> Result<SlotName, Trouble> {
    let stored = || module.manifest.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::Stored));
    let found = stored().find(|slot| slot.name.as_str() == name).map(|slot| slot.name.clone());
    found.ok_or_else(|| {
        let known: Vec<_> = stored().map(|slot| slot.name.to_string()).collect();
        let title = format!("there is no secret named {name:?}");
        Trouble::settings("settings.unknown_secret", title, format!("Known secrets: {}.", known.join(", ")))
    })
}

/// The proxy after the given changes to `present`.
pub(crate) fn proxy(
    present: Option<ProxySettings>,
    arguments: &SettingsArguments,
) -> Result<Option<ProxySettings>, Trouble> {
    let server = arguments.proxy_server.as_deref().map(str::parse::<ProxyServer>).transpose().map_err(|error| {
        Trouble::settings("settings.proxy", &error, "Write https://host:port, http://host:port or host:port.")
    })?;
    let username = arguments.proxy_username.clone();
    match (present, server) {
        (None, None) if username.is_some() || arguments.proxy_password_file.is_some() => Err(Trouble::settings(
            "settings.proxy_missing",
            "a proxy user name or password was given, but no proxy",
            "Name the proxy with --proxy-server.",
        )),
        (None, None) => Ok(None),
        (present, Some(server)) => {
            let username = username.or_else(|| present.and_then(|present| present.username));
            Ok(Some(ProxySettings { server, username }))
        }
        (Some(present), None) => {
            Ok(Some(ProxySettings { username: username.or(present.username), server: present.server }))
        }
    }
}

/// Slots that will hold a value once the given secrets are stored.
pub(crate) fn configured(present: BTreeSet<SlotName>, given: &[GivenSecret]) -> BTreeSet<SlotName> {
    present.into_iter().chain(given.iter().map(|secret| secret.slot.clone())).collect()
}
