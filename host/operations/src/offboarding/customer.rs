//! Who a customer is: one tenant, with every connection that imports it.

use crate::installation::Installation;
use crate::scheduling::share_tenant;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_store::{Connection, ConnectionId, Store, TenantKey};
use std::collections::BTreeSet;

/// One customer.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    /// Its connections, by name.
    pub(super) connections: Vec<Connection>,
    /// Its tenant by id and domain, as far as they are known.
    pub(super) tenants: BTreeSet<TenantKey>,
}

impl Customer {
    pub(super) fn has(&self, connection: ConnectionId) -> bool {
        self.connections.iter().any(|one| one.id == connection)
    }

    /// As people call it.
    pub(super) fn title(&self) -> String {
        if self.connections.is_empty() {
            return self.tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        }
        self.connections.iter().map(|connection| connection.name.to_string()).collect::<Vec<_>>().join(", ")
    }

    /// All that it can be named by.
    pub(super) fn names(&self) -> Vec<String> {
        let connections = self.connections.iter().map(|connection| connection.name.to_string());
        let tenants = self.tenants.iter().map(ToString::to_string);
        let display = self.connections.iter().filter_map(|connection| connection.tenant_name.clone());
        connections.chain(tenants).chain(display).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The customer that a text names: a connection, or a tenant by id, domain or name.
pub(super) fn find(installation: &Installation, text: &str) -> Result<Customer, Trouble> {
    let (all, named) = {
        let store = installation.store();
        (store.connections()?, store.connection_by_name(text)?)
    };
    let key = TenantKey::new(text);
    let is_it = |connection: &&Connection| {
        let by_key = [&connection.tenant_id, &connection.tenant_key].into_iter().flatten().any(|one| *one == key);
        let by_name = connection.tenant_name.as_deref().map(TenantKey::new).as_ref() == Some(&key);
        by_key || by_name
    };
    let connections: Vec<Connection> = match named {
        Some(named) => vec![named],
        None => all.iter().filter(is_it).cloned().collect(),
    };
    let names: BTreeSet<_> = connections.iter().filter_map(|one| one.tenant_name.clone()).collect();
    if names.len() > 1 && connections.iter().all(|one| one.tenant_id.as_ref() != Some(&key)) {
        let title = format!("{text:?} means several tenants: {}", names.into_iter().collect::<Vec<_>>().join(", "));
        return Err(Trouble::settings(
            "offboarding.several",
            title,
            "Name it by its id, or by one of its connections.",
        ));
    }
    let mut customer = whole(&all, connections);
    if customer.connections.is_empty() {
        customer.tenants.insert(key);
        if !super::files::any_package(installation, &customer.tenants) {
            return Err(unknown(text));
        }
    }
    Ok(customer)
}

/// A customer as it is now: without what was removed since it was shown. What came since then was shown to nobody.
pub(super) fn again(store: &Store, shown: &Customer) -> Result<Customer, Trouble> {
    let all = store.connections()?;
    let is_it = |one: &&Connection| shown.has(one.id) || tenants_of(one).any(|tenant| shown.tenants.contains(tenant));
    let mut customer = whole(&all, all.iter().filter(is_it).cloned().collect());
    let connections = customer.connections.iter().filter(|one| !shown.has(one.id)).map(|one| one.name.to_string());
    let tenants = customer.tenants.difference(&shown.tenants).map(ToString::to_string);
    let more: Vec<String> = connections.chain(tenants).collect();
    if !more.is_empty() {
        let title = format!("more belongs to {} than was shown: {}", shown.title(), more.join(", "));
        let advice = "Nothing was erased. Look at it again, and confirm what is shown then.";
        return Err(Trouble::new(FailKind::Retry, "offboarding.more", title, advice));
    }
    customer.tenants.extend(shown.tenants.iter().cloned());
    Ok(customer)
}

/// Whatever imports the same tenant belongs to it.
fn whole(all: &[Connection], mut connections: Vec<Connection>) -> Customer {
    loop {
        let is_new = |one: &&Connection| connections.iter().all(|known| known.id != one.id);
        let shares = |one: &&Connection| connections.iter().any(|known| share_tenant(known, one));
        let more: Vec<Connection> = all.iter().filter(is_new).filter(shares).cloned().collect();
        if more.is_empty() {
            break;
        }
        connections.extend(more);
    }
    connections.sort_by_key(|connection| connection.name.comparison_key());
    let tenants = connections.iter().flat_map(tenants_of).cloned().collect();
    Customer { connections, tenants }
}

fn tenants_of(connection: &Connection) -> impl Iterator<Item = &TenantKey> {
    connection.tenant_id.iter().chain(&connection.tenant_key)
}

fn unknown(text: &str) -> Trouble {
    let title = format!("nothing here is named {text:?}: no connection, no tenant, no package of one");
    let advice = "Name a connection, or the id of a tenant. If its erasing was interrupted, it may be done by now.";
    Trouble::settings("offboarding.unknown", title, advice)
}
