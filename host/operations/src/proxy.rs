//! Which proxy a connection goes through: one of its own, the default of the installation, or none.

use crate::installation::Installation;
use crate::secrets::{PROXY_PASSWORD, Secrets, proxy_origin, vault_error};
use crate::trouble::Trouble;
use beacon_driver::{Bypass, InvalidBypass, ProxyAccess, Route, SlotError};
use beacon_store::{Connection, DefaultProxy, DestinationProxy, ProxyChoice, ProxyServer, ProxySettings, Store};
use beacon_vault::{ConnectionKeys, Secret, SecretBinding, Vault};

/// A default proxy as somebody entered it.
pub struct DefaultProxyDraft {
    /// Its address.
    pub server: ProxyServer,
    /// The user name for one that asks for it.
    pub username: Option<String>,
    /// Its password, if a new one is to be stored.
    pub password: Option<Secret>,
    /// Hosts that it is not used for.
    pub bypass: Bypass,
}

/// What a connection goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOut {
    /// Straight to the hosts, because there is no default proxy.
    Direct,
    /// Straight to the hosts, because the connection says so.
    ExpresslyDirect,
    /// Its own proxy, except for these hosts.
    Own(ProxySettings, String),
    /// The proxy of the installation, except for these hosts.
    Default(ProxySettings, String),
}

/// A bypass list as somebody entered it.
///
/// # Errors
/// [`Trouble`] about the field `proxy.bypass`.
pub fn proxy_bypass(text: &str) -> Result<Bypass, Trouble> {
    text.parse().map_err(|error: InvalidBypass| {
        let advice = "Write names (host.example.com), domains (.example.com), addresses or ranges (10.0.0.0/8), \
                      separated by commas; no address with https:// and no port.";
        let title = format!("the list of hosts without proxy cannot be read: {error}");
        Trouble::settings("settings.proxy_bypass", title, advice).about("proxy.bypass")
    })
}

/// What a connection goes through.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn way_out(installation: &Installation, connection: &Connection) -> Result<WayOut, Trouble> {
    let store = installation.store();
    let ProxyChoice { without, bypass } = store.proxy_choice(connection.id)?;
    Ok(match (&connection.proxy, without) {
        (Some(own), _) => WayOut::Own(own.clone(), bypass),
        (None, true) => WayOut::ExpresslyDirect,
        (None, false) => match store.default_proxy()? {
            Some(DefaultProxy { settings, bypass }) => WayOut::Default(settings, bypass),
            None => WayOut::Direct,
        },
    })
}

impl WayOut {
    /// Whether resolved addresses can be checked for every host, as the package says it.
    pub(crate) fn address_check(&self) -> &'static str {
        match self {
            Self::Direct | Self::ExpresslyDirect => "resolved",
            Self::Own(..) | Self::Default(..) => "proxy",
        }
    }
}

/// The proxy with its password, and what the egress policy has to know of it.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn access(
    installation: &Installation,
    connection: &Connection,
    secrets: &Secrets,
) -> Result<(Option<ProxyAccess>, Route), Trouble> {
    let own = |server: &ProxyServer| Ok(secrets.proxy_password(&server.to_url())?);
    along(installation, way_out(installation, connection)?, own)
}

/// The same for whoever only looks: nothing is made for a connection that has no keys yet.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn access_to_look(
    installation: &Installation,
    connection: &Connection,
) -> Result<(Option<ProxyAccess>, Route), Trouble> {
    let own = |server: &ProxyServer| {
        if installation.store().data_keys(connection.id)?.is_empty() {
            return Ok(None);
        }
        Ok(Secrets::open(installation, connection.id)?.proxy_password(&server.to_url())?)
    };
    along(installation, way_out(installation, connection)?, own)
}

fn along(
    installation: &Installation,
    way: WayOut,
    own_password: impl FnOnce(&ProxyServer) -> Result<Option<Secret>, Trouble>,
) -> Result<(Option<ProxyAccess>, Route), Trouble> {
    let access = match way {
        WayOut::Direct | WayOut::ExpresslyDirect => None,
        WayOut::Own(settings, bypass) => {
            let password = own_password(&settings.server)?;
            Some(access_to(settings, password, proxy_bypass(&bypass)?))
        }
        WayOut::Default(..) => default_access(installation)?,
    };
    Ok(with_route(access))
}

/// A proxy, and what the egress policy has to know of it.
pub(crate) fn with_route(access: Option<ProxyAccess>) -> (Option<ProxyAccess>, Route) {
    let route = access.as_ref().map(|access| Route::Proxy { bypass: access.bypass.clone() });
    (access, route.unwrap_or_default())
}

/// The default proxy with its password, if there is one.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn default_access(installation: &Installation) -> Result<Option<ProxyAccess>, Trouble> {
    let Some(DefaultProxy { settings, bypass }) = installation.store().default_proxy()? else { return Ok(None) };
    let password = default_password(installation, &settings.server)?;
    Ok(Some(access_to(settings, password, proxy_bypass(&bypass)?)))
}

/// A proxy with its password. A name alone is sent as well, for a proxy that wants no more.
pub(crate) fn access_to(settings: ProxySettings, password: Option<Secret>, bypass: Bypass) -> ProxyAccess {
    let no_password = || Secret::new(Vec::new());
    let credentials = settings.username.map(|username| (username, password.unwrap_or_else(no_password)));
    ProxyAccess { server: settings.server.to_url(), credentials, bypass }
}

/// Stores the default proxy. A password that is not given stays, if it was stored for the same server.
///
/// # Errors
/// [`Trouble`] of store and vault; a password without a user name.
pub fn set_default_proxy(installation: &Installation, draft: DefaultProxyDraft) -> Result<DefaultProxy, Trouble> {
    if draft.username.is_none() && draft.password.is_some() {
        let title = "a proxy password was given, but no user name";
        return Err(Trouble::settings("settings.proxy_username", title, "Give both.").about("proxy.username"));
    }
    let before = installation.store().default_proxy()?;
    let same = |before: &DefaultProxy| before.settings.server.to_url() == draft.server.to_url();
    if let Some(password) = &draft.password {
        put_default_password(installation, &draft.server, password)?;
    } else if draft.username.is_none() || !before.as_ref().is_some_and(same) {
        forget_default_password(installation)?;
    }
    let settings = ProxySettings { server: draft.server, username: draft.username };
    let proxy = DefaultProxy { settings, bypass: draft.bypass.to_string() };
    installation.store().set_default_proxy(Some(&proxy))?;
    Ok(proxy)
}

/// Forgets the default proxy and its password; says whether there was one.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn remove_default_proxy(installation: &Installation) -> Result<bool, Trouble> {
    let present = installation.store().default_proxy()?.is_some();
    installation.store().set_default_proxy(None)?;
    forget_default_password(installation)?;
    Ok(present)
}

/// Whether a password of the default proxy is stored.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn default_proxy_has_password(installation: &Installation) -> Result<bool, Trouble> {
    let slot = PROXY_PASSWORD.parse().map_err(|error: beacon_vault::InvalidSlotName| Trouble::unexpected(&error))?;
    Ok(installation.store().installation_secret(&slot)?.is_some())
}

/// Names of the connections and of the destinations that go through the default proxy.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn default_proxy_users(installation: &Installation) -> Result<(Vec<String>, Vec<String>), Trouble> {
    let connections = installation.store().connections()?;
    let mut names = Vec::new();
    for connection in connections {
        if matches!(way_out(installation, &connection)?, WayOut::Default(..)) {
            names.push(connection.name.to_string());
        }
    }
    let destinations = installation.store().destinations()?;
    let through = destinations.into_iter().filter(|one| one.proxy == DestinationProxy::Default);
    Ok((names, through.map(|one| one.name.to_string()).collect()))
}

/// Notes what a connection does beside a proxy of its own, and gives it back as it is stored then.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn choose_proxy(
    installation: &Installation,
    connection: &Connection,
    without: bool,
    bypass: &Bypass,
) -> Result<Connection, Trouble> {
    let mut store = installation.store();
    store.set_proxy_choice(connection.id, &ProxyChoice { without, bypass: bypass.to_string() })?;
    Ok(store.connection(connection.id)?)
}

/// The keys of the installation's own secrets; the first one is made if there is none.
pub(crate) fn keys(installation: &Installation) -> Result<ConnectionKeys, Trouble> {
    keys_in(&mut installation.store(), &installation.vault())
}

/// The same for whoever holds the store.
pub(crate) fn keys_in(store: &mut Store, vault: &Vault) -> Result<ConnectionKeys, Trouble> {
    let owner = store.installation().into();
    if store.installation_keys()?.is_empty() {
        let key = vault.create_data_key(owner)?;
        store.insert_installation_key(&key)?;
    }
    Ok(vault.unlock(owner, &store.installation_keys()?)?)
}

fn binding(installation: &Installation, server: &ProxyServer) -> Result<SecretBinding, Trouble> {
    let refuse = |message: String| SlotError { code: "vault.binding", message };
    let slot = PROXY_PASSWORD.parse().map_err(|error: beacon_vault::InvalidSlotName| refuse(error.to_string()))?;
    let origins = proxy_origin(&server.to_url()).iter().map(|origin| origin.parse()).collect::<Result<_, _>>();
    let origins = origins.map_err(|error: beacon_vault::InvalidOrigin| refuse(error.to_string()))?;
    Ok(SecretBinding { connection: installation.store().installation().into(), slot, origins })
}

fn put_default_password(installation: &Installation, server: &ProxyServer, password: &Secret) -> Result<(), Trouble> {
    let (keys, binding) = (keys(installation)?, binding(installation, server)?);
    let mut store = installation.store();
    let version = store.installation_secret(&binding.slot)?.map_or(1, |value| value.version.saturating_add(1));
    let sealed = keys.seal(&binding, version, password)?;
    Ok(store.put_installation_secret(&binding.slot, &sealed)?)
}

fn default_password(installation: &Installation, server: &ProxyServer) -> Result<Option<Secret>, Trouble> {
    let binding = binding(installation, server)?;
    let Some(value) = installation.store().installation_secret(&binding.slot)? else { return Ok(None) };
    Ok(Some(keys(installation)?.open(&binding, &value).map_err(|error| vault_error(&error))?))
}

fn forget_default_password(installation: &Installation) -> Result<(), Trouble> {
    let slot = PROXY_PASSWORD.parse().map_err(|error: beacon_vault::InvalidSlotName| Trouble::unexpected(&error))?;
    installation.store().delete_installation_secret(&slot)?;
    Ok(())
}
