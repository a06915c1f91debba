//! How connections stand. A look gathers what is known of each, and stores what changed together with what people are to
//! be told of it. It asks nobody, and can be done as often as one likes.

mod facts;
mod judge;

pub use beacon_health::{Action, Standing, State};

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_health::{Cause, Event, Finding};
use beacon_store::{Connection, ConnectionId, Hold};
pub(crate) use facts::STUCK_AFTER;
use facts::{Common, gather};
use jiff::Timestamp;
pub(crate) use judge::LATE;
use std::collections::BTreeMap;
use std::slice;

/// How connections stand now.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Those that were looked at.
    pub standings: BTreeMap<ConnectionId, Standing>,
    /// Those whose state is another one than at the look before.
    pub changed: Vec<ConnectionId>,
}

/// Looks at all connections, and stores what changed.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn look(installation: &Installation, now: Timestamp) -> Result<Look, Trouble> {
    let connections = installation.store().connections()?;
    look_at(installation, &connections, now)
}

/// The same for some of them.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn look_at(installation: &Installation, connections: &[Connection], now: Timestamp) -> Result<Look, Trouble> {
    let common = Common::gather(installation, now)?;
    let before = installation.store().standings()?;
    let mut look = Look::default();
    let mut stored = Vec::new();
    for connection in connections {
        let finding = judge::judge(&gather(&installation.store(), connection, &common)?, now);
        let known = before.get(&connection.id);
        let held = common.held.contains_key(&connection.id);
        let standing = match known {
            None => Standing::first(finding, now),
            // Somebody let it go since the last look.
            Some(known) if known.state.is_held() && !held => known.after(resumed(now), now).after(finding, now),
            Some(known) => known.after(finding, now),
        };
        if known != Some(&standing) {
            let left = known.map(|known| known.state).filter(|left| *left != standing.state);
            look.changed.extend(left.map(|_| connection.id));
            // The first complete run of a connection is no news to whoever has just set it up.
            let news = left.filter(|left| (*left, standing.state) != (State::NeverRan, State::Healthy));
            stored.push((connection.id, standing.clone(), news));
        }
        look.standings.insert(connection.id, standing);
    }
    if !stored.is_empty() {
        installation.store().put_standings(&stored, now)?;
    }
    Ok(look)
}

/// How one connection stands now.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn standing(installation: &Installation, connection: &Connection, now: Timestamp) -> Result<Standing, Trouble> {
    let found = look_at(installation, slice::from_ref(connection), now)?.standings.remove(&connection.id);
    found.ok_or_else(|| beacon_store::StoreError::NoSuchConnection { id: connection.id }.into())
}

/// Holds a connection, or lets it go, because a person says so; gives how it stands then. A run under way is not stopped.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn hold(
    installation: &Installation,
    connection: &Connection,
    hold: Option<Hold>,
    now: Timestamp,
) -> Result<Standing, Trouble> {
    installation.store().hold(connection.id, hold, now)?;
    standing(installation, connection, now)
}

/// Refuses to begin anything for a connection that a person took out of use.
///
/// # Errors
/// [`Trouble`] if it is disabled.
pub fn ensure_usable(installation: &Installation, connection: &Connection) -> Result<(), Trouble> {
    let held = installation.store().held()?;
    if held.get(&connection.id).is_none_or(|held| held.hold != Hold::Disabled) {
        return Ok(());
    }
    let title = format!("{} is disabled", connection.name);
    Err(Trouble::settings("connection.disabled", title, "Let it run again with `beacon connection resume`."))
}

fn resumed(now: Timestamp) -> Finding {
    let cause = Cause {
        code: "health.resumed".to_owned(),
        title: "A person let it run again.".to_owned(),
        next_step: String::new(),
        action: Action::None,
    };
    Finding { event: Event::Resume, at: now, cause }
}
