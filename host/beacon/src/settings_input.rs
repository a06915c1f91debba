//! From arguments to settings and secrets, checked by the module before anything is stored.

use crate::arguments::{ModuleArgument, SettingsArguments, parse_date, split_pair};
use crate::certificate_input::read_certificate;
use crate::terminal::Terminal;
use beacon_contract::{Form, Settings};
use beacon_operations::{
    Draft, GivenSecret, Installation, Module, Trouble, choose_proxy, proxy_bypass, proxy_server, set_text,
};
use beacon_store::{Connection, ProxySettings, SecondConnection};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Sets the given fields in `settings`.
pub(crate) fn apply(form: &Form, settings: &mut Settings, set: &[String]) -> Result<(), Trouble> {
    for pair in set {
        let (field, value) = split_pair(pair, "--set")?;
        set_text(form, settings, field, value);
    }
    Ok(())
}

/// The module that the arguments name, or the installed one of a source type.
pub(crate) fn module(
    installation: &Installation,
    arguments: &ModuleArgument,
    source_type: &str,
    terminal: &Terminal,
) -> Result<Module, Trouble> {
    let brought = arguments.file.as_deref().map(|path| terminal.read(path, "--module")).transpose()?;
    Module::find(&installation.folders, brought, source_type)
}

/// Reads the given secrets.
fn secrets(module: &Module, arguments: &SettingsArguments, terminal: &Terminal) -> Result<Vec<GivenSecret>, Trouble> {
    let mut days: BTreeMap<&str, Date> = BTreeMap::new();
    for pair in &arguments.secret_expires {
        let (slot, date) = split_pair(pair, "--secret-expires")?;
        days.insert(slot, parse_date(date, "--secret-expires")?);
    }
    let password = arguments.certificate_password_file.as_deref();
    let mut given = Vec::new();
    for pair in &arguments.secret {
        let (name, path) = split_pair(pair, "--secret")?;
        let is_certificate = module.manifest.profiles.iter().any(|profile| profile.client_certificate.as_str() == name);
        let source = || match is_certificate {
            true => read_certificate(terminal, path.as_ref(), "--secret", password),
            false => terminal.read_secret(path.as_ref(), "--secret"),
        };
        given.push(GivenSecret::read(module, name, days.remove(name), source)?);
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

/// Refuses a client id beside a profile, which has one: silently the profile's would count.
fn nothing_of_the_profile(module: &Module, set: &[String]) -> Result<(), Trouble> {
    let client_id = module.manifest.profiles.first().map(|profile| profile.client_id.as_str()).unwrap_or_default();
    for pair in set {
        if split_pair(pair, "--set")?.0 == client_id {
            let title = format!("{client_id} was given, and a credential profile, which has one");
            let advice = "Leave it out, or change it for all connections of the profile: `beacon profile edit`.";
            return Err(Trouble::settings("profile.own_client_id", title, advice));
        }
    }
    Ok(())
}

/// The proxy after the given changes to `present`.
fn proxy(present: Option<ProxySettings>, arguments: &SettingsArguments) -> Result<Option<ProxySettings>, Trouble> {
    let server = arguments.proxy_server.as_deref().map(proxy_server).transpose()?;
    let username = arguments.proxy_username.clone();
    match (present, server) {
        (None, None)
            if username.is_some() || arguments.proxy_password_file.is_some() || arguments.proxy_bypass.is_some() =>
        {
            Err(Trouble::settings(
                "settings.proxy_missing",
                "a proxy user name, password or bypass list was given, but no proxy",
                "Name the proxy with --proxy-server.",
            ))
        }
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

/// A connection as the arguments describe it.
pub(crate) fn draft(
    module: &Module,
    name: String,
    settings: Settings,
    present: Option<ProxySettings>,
    profile: Option<String>,
    arguments: &SettingsArguments,
    terminal: &Terminal,
) -> Result<Draft, Trouble> {
    let secrets = secrets(module, arguments, terminal)?;
    if profile.is_some() {
        nothing_of_the_profile(module, &arguments.set)?;
    }
    let proxy = proxy(present, arguments)?;
    // Read now, so that a wrong list stores nothing.
    arguments.proxy_bypass.as_deref().map(proxy_bypass).transpose()?;
    let password = arguments.proxy_password_file.as_deref();
    let proxy_password = password.map(|path| terminal.read_secret(path, "--proxy-password-file")).transpose()?;
    let second = if arguments.second_connection { SecondConnection::Confirmed } else { SecondConnection::Refuse };
    Ok(Draft { name, settings, secrets, proxy, proxy_password, profile, labels: None, second })
}

/// Notes what the arguments say about a connection's way out beside its own proxy; with nothing said, it stays.
pub(crate) fn apply_proxy_choice(
    installation: &Installation,
    connection: Connection,
    arguments: &SettingsArguments,
    default: bool,
) -> Result<Connection, Trouble> {
    let present = installation.store().proxy_choice(connection.id)?;
    let own = connection.proxy.is_some();
    let without = arguments.no_proxy || (present.without && !default && !own);
    let bypass = match &arguments.proxy_bypass {
        Some(list) => proxy_bypass(list)?,
        // A list belongs to the proxy that it was given for.
        None if own => proxy_bypass(&present.bypass)?,
        None => Default::default(),
    };
    choose_proxy(installation, &connection, without, &bypass)
}
