//! Hosts: everything that connections and destinations have to reach, asked the way a run asks.

pub(super) mod judge;

use super::Surroundings;
use crate::destination_secrets::origin;
use crate::destinations::proxy_access;
use crate::file;
use crate::installation::Installation;
use crate::modules::Module;
use crate::proxy::{WayOut, access_to_look, way_out, with_route};
use crate::trouble::Trouble;
use beacon_contract::{OriginPattern, Settings};
use beacon_driver::{AuthorityFacts, ClientOptions, EgressPolicy, Probe, ProxyAccess, Route, Sight, read_authorities};
use beacon_store::{Connection, ConnectionId, Destination, DestinationId, DestinationProxy};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// All looks together take no longer than this.
const LONGEST: Duration = Duration::from_secs(90);

/// Looks at the same time.
const SIDE_BY_SIDE: usize = 16;

/// What is known of the network.
pub(super) struct NetworkFacts {
    /// The authorities that the operator added, or why they cannot be used.
    pub(super) authorities: Result<Vec<AuthorityFacts>, Trouble>,
    /// The certificate that this beacon shows whoever reaches its page, or why it cannot be read.
    pub(super) own: Option<Result<AuthorityFacts, Trouble>>,
    /// Connections whose hosts are not known, and why.
    pub(super) unknown: Vec<(String, Trouble)>,
    pub(super) hosts: Vec<HostFacts>,
}

/// What is known of one host, by one way.
pub(super) struct HostFacts {
    /// `https://host`, with the port if it is another one than 443.
    pub(super) origin: String,
    pub(super) purpose: Purpose,
    /// The proxy on the way, as it is shown; none for a host that is reached without it.
    pub(super) proxy: Option<String>,
    /// Names of the connections that need it.
    pub(super) connections: Vec<String>,
    pub(super) look: Look,
}

/// What a host is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Tokens come from there.
    SignIn,
    /// Data comes from there.
    Data,
    /// Packages go there, to the destination of this name.
    Destination(String),
}

/// What came of a look at a host.
pub(super) enum Look {
    /// It was asked.
    Seen { sight: Sight, asked_at: Timestamp, answered_at: Timestamp },
    /// It could not be asked.
    Unready(Trouble),
    /// There was no time left.
    NotInTime,
}

/// Which way leads out, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Direct,
    Default,
    Own(ConnectionId),
    Destination(DestinationId),
}

/// Who wants to reach a host.
#[derive(Default)]
struct Need {
    purposes: BTreeSet<Purpose>,
    connections: Vec<String>,
}

/// What leads out, or why it cannot be used.
type Access = Result<(Option<ProxyAccess>, Route), Trouble>;

/// Everything that is reached by one way.
struct Group {
    access: Access,
    needs: BTreeMap<String, Need>,
}

pub(super) async fn gather(
    installation: &Installation,
    connections: &[Connection],
    destinations: &[Destination],
    surroundings: &Surroundings,
) -> NetworkFacts {
    let named = surroundings.authorities.clone().map_or_else(|| installation.extra_authorities(), Err);
    let authorities = named.and_then(|pem| Ok(read_authorities(&pem)?));
    let (mut groups, unknown) = groups(installation, connections, destinations);
    if authorities.is_err() {
        // Nobody would be trusted.
        groups.clear();
    }
    let deadline = Instant::now() + LONGEST;
    let looks = groups.into_iter().map(|group| look(installation, group, deadline));
    let looks: Vec<_> = looks.collect();
    let hosts: Vec<Vec<HostFacts>> = futures_util::stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
    let own = surroundings.certificate.as_deref().map(own);
    NetworkFacts { authorities, own, unknown, hosts: hosts.into_iter().flatten().collect() }
}

/// The first certificate of a chain is one's own.
fn own(path: &Path) -> Result<AuthorityFacts, Trouble> {
    let chain = read_authorities(&file::read(path, "--tls-cert")?)?;
    chain.into_iter().next().ok_or_else(|| {
        let title = format!("the file {} holds no certificate that can be read", path.display());
        Trouble::settings("serve.certificate", title, "Give a PEM file with the chain.")
    })
}

fn groups(
    installation: &Installation,
    connections: &[Connection],
    destinations: &[Destination],
) -> (Vec<Group>, Vec<(String, Trouble)>) {
    let mut groups: BTreeMap<Way, Group> = BTreeMap::new();
    let mut unknown = Vec::new();
    let mut modules: BTreeMap<&str, Result<Module, Trouble>> = BTreeMap::new();
    for connection in connections {
        let source_type = connection.source_type.as_str();
        let module = modules.entry(source_type).or_insert_with(|| Module::built_in(source_type));
        let found = module.as_ref().map_err(Clone::clone).and_then(|module| {
            let way = match way_out(installation, connection)? {
                WayOut::Direct | WayOut::ExpresslyDirect => Way::Direct,
                WayOut::Default(..) => Way::Default,
                WayOut::Own(..) => Way::Own(connection.id),
            };
            Ok((way, origins(module, connection)))
        });
        match found {
            Err(trouble) => unknown.push((connection.name.to_string(), trouble)),
            Ok((way, origins)) => {
                let access = || access_to_look(installation, connection);
                let group = groups.entry(way).or_insert_with(|| Group { access: access(), needs: BTreeMap::new() });
                for (origin, purpose) in origins {
                    let need = group.needs.entry(origin).or_default();
                    need.purposes.insert(purpose);
                    need.connections.push(connection.name.to_string());
                }
            }
        }
    }
    for destination in destinations {
        // Plain http goes to this machine alone.
        if let Some(origin) = origin(destination) {
            let way = match &destination.proxy {
                DestinationProxy::None => Way::Direct,
                DestinationProxy::Default => Way::Default,
                DestinationProxy::Own(_) => Way::Destination(destination.id),
            };
            let access = || proxy_access(installation, destination).map(with_route);
            let group = groups.entry(way).or_insert_with(|| Group { access: access(), needs: BTreeMap::new() });
            let need = group.needs.entry(origin).or_default();
            need.purposes.insert(Purpose::Destination(destination.name.to_string()));
        }
    }
    (merged(groups.into_values()), unknown)
}

/// One group for each way. Who has a proxy of their own may share it and its account all the same: a wrong password is
/// tried once then, too.
fn merged(groups: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        match merged.iter_mut().find(|known| is_same_way(&known.access, &group.access)) {
            None => merged.push(group),
            Some(known) => {
                for (origin, Need { purposes, connections }) in group.needs {
                    let need = known.needs.entry(origin).or_default();
                    need.purposes.extend(purposes);
                    need.connections.extend(connections);
                }
            }
        }
    }
    merged
}

fn is_same_way(one: &Access, other: &Access) -> bool {
    let (Ok((Some(one), _)), Ok((Some(other), _))) = (one, other) else { return false };
    one.server == other.server && one.bypass == other.bypass && account(one) == account(other)
}

fn account(access: &ProxyAccess) -> Option<(&str, &[u8])> {
    access.credentials.as_ref().map(|(name, password)| (name.as_str(), password.expose()))
}

/// The exact origins that a connection sends requests to. Hosts that only a redirect leads to are not known before.
fn origins(module: &Module, connection: &Connection) -> BTreeMap<String, Purpose> {
    let manifest = &module.manifest;
    let given = Settings(connection.settings.clone().into_iter().collect());
    let settings = manifest.form.effective(&given);
    let data = manifest.egress.iter().filter_map(|rule| rule.origin.exact_origin(&settings));
    let mut origins: BTreeMap<String, Purpose> = data.map(|origin| (origin, Purpose::Data)).collect();
    for profile in &manifest.profiles {
        let endpoints = [&profile.authorization_endpoint, &profile.token_endpoint];
        let patterns = endpoints.map(|field| OriginPattern::Setting(field.clone()));
        let found = patterns.iter().filter_map(|pattern| pattern.exact_origin(&settings));
        origins.extend(found.map(|origin| (origin, Purpose::SignIn)));
    }
    origins
}

/// Looks at everything that is reached by one way. As long as nobody knows whether a proxy takes the password, hosts go
/// alone: a wrong one is tried once and not once for each host, or an account would be locked for it.
async fn look(installation: &Installation, group: Group, deadline: Instant) -> Vec<HostFacts> {
    let Group { access, needs } = group;
    let proxy = access.as_ref().ok().and_then(|(proxy, _)| proxy.as_ref());
    let proxy = proxy.map(|proxy| (proxy.server.clone(), proxy.bypass.clone()));
    let on_the_way = |origin: &str| {
        let (server, bypass) = proxy.as_ref()?;
        let origin = Url::parse(origin).ok()?;
        (!bypass.covers(&origin.host()?)).then(|| server.clone())
    };
    let mut needs = needs.into_iter();
    let ready = access.and_then(|(proxy, route)| {
        let addresses = installation.addresses();
        let options =
            ClientOptions { extra_authorities: installation.extra_authorities()?, proxy, addresses: addresses.clone() };
        let policy = EgressPolicy::new(Vec::new(), Vec::new(), Settings::default(), addresses, route);
        Ok((Arc::new(Probe::new(options)?), Arc::new(policy)))
    });
    let (probe, policy) = match ready {
        Ok(ready) => ready,
        Err(trouble) => {
            let unready = |(origin, need): (String, Need)| {
                let proxy = on_the_way(&origin);
                facts(origin, need, proxy, Look::Unready(trouble.clone()))
            };
            return needs.map(unready).collect();
        }
    };
    let one = |(origin, need): (String, Need)| {
        let (probe, policy, proxy) = (Arc::clone(&probe), Arc::clone(&policy), on_the_way(&origin));
        async move {
            let look = ask(&probe, &policy, &origin, deadline).await;
            facts(origin, need, proxy, look)
        }
    };
    let mut hosts: Vec<HostFacts> = Vec::new();
    while proxy.is_some() && !hosts.iter().any(tells_of_the_account) {
        let Some(next) = needs.next() else { break };
        hosts.push(one(next).await);
    }
    let rest: Vec<_> = needs.map(one).collect();
    hosts.extend(futures_util::stream::iter(rest).buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await);
    hosts
}

/// Whether a look says how the proxy stands to the account: it gave a tunnel, did not want this account (and gets it from
/// nobody again), or is not there for anybody. A proxy may refuse a host before it looks at who asks.
fn tells_of_the_account(host: &HostFacts) -> bool {
    let Look::Seen { sight, .. } = &host.look else { return false };
    let code = sight.answer.as_ref().err().map_or("", |error| error.code);
    host.proxy.is_some() && !code.starts_with("egress.") && !["proxy.host_refused", "proxy.status"].contains(&code)
}

async fn ask(probe: &Probe, policy: &EgressPolicy, origin: &str, deadline: Instant) -> Look {
    let Ok(url) = Url::parse(origin) else {
        let title = format!("{origin} is no address");
        return Look::Unready(Trouble::settings("network.address", title, "Check the settings of the connection."));
    };
    let asked_at = Installation::now();
    match timeout_at(deadline, probe.look(policy, &url)).await {
        Ok(sight) => Look::Seen { sight, asked_at, answered_at: Installation::now() },
        Err(_) => Look::NotInTime,
    }
}

fn facts(origin: String, need: Need, proxy: Option<String>, look: Look) -> HostFacts {
    // Tokens before data: the clock is held against that host.
    let purpose = need.purposes.into_iter().next().unwrap_or(Purpose::Data);
    HostFacts { origin, purpose, proxy, connections: need.connections, look }
}

impl Purpose {
    /// What a person calls it.
    pub(super) fn label(&self) -> String {
        match self {
            Self::SignIn => "sign-in".to_owned(),
            Self::Data => "data".to_owned(),
            Self::Destination(name) => format!("destination {name}"),
        }
    }
}
