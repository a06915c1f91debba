//! Which connections somebody means: by name, by labels, by how they stand. The same for every list, every command that
//! works on many, and the page.

use crate::health;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_health::State;
use beacon_store::{Connection, ConnectionId, Label, Store, StoreError};
use std::collections::BTreeSet;

/// What connections are chosen by; what says nothing lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Their names; each has to be there.
    pub names: Vec<String>,
    /// Labels; they have all of them.
    pub labels: BTreeSet<Label>,
    /// States; they are in one of them.
    pub states: BTreeSet<State>,
    /// A part of their name, whatever its case.
    pub part: Option<String>,
}

impl Selection {
    /// Whether it lets all through.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn fits(&self, connection: &Connection) -> bool {
        let key = connection.name.comparison_key();
        let part = self.part.as_deref().map(|part| part.to_uppercase().to_lowercase());
        self.labels.is_subset(&connection.labels) && part.is_none_or(|part| key.contains(&part))
    }
}

/// Labels as somebody typed them.
///
/// # Errors
/// [`Trouble`] about the first that is none.
pub fn labels<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<BTreeSet<Label>, Trouble> {
    let label =
        |text: &str| text.parse::<Label>().map_err(|error| Trouble::from(StoreError::from(error)).about("labels"));
    texts.into_iter().map(label).collect()
}

/// The same from one text, with commas, semicolons or blanks between them.
///
/// # Errors
/// [`Trouble`] about the first that is none.
pub fn listed_labels(text: &str) -> Result<BTreeSet<Label>, Trouble> {
    let between = |one: char| matches!(one, ',' | ';') || one.is_whitespace();
    labels(text.split(between).filter(|part| !part.is_empty()))
}

/// The connections of a selection: those that were named in their order, else by name.
///
/// # Errors
/// [`Trouble`] if a name is not there, or of the store. That a filter finds none is none.
pub fn select(installation: &Installation, selection: &Selection) -> Result<Vec<Connection>, Trouble> {
    let mut found = if selection.names.is_empty() {
        installation.store().connections()?
    } else {
        let mut seen = BTreeSet::new();
        let named = selection.names.iter().map(|name| installation.connection(name));
        let mut named = named.collect::<Result<Vec<_>, _>>()?;
        named.retain(|connection| seen.insert(connection.id));
        named
    };
    found.retain(|connection| selection.fits(connection));
    if !selection.states.is_empty() {
        let look = health::look_at(installation, &found, Installation::now())?;
        let state = |connection: &Connection| look.standings.get(&connection.id).map(|standing| standing.state);
        found.retain(|connection| state(connection).is_some_and(|state| selection.states.contains(&state)));
    }
    Ok(found)
}

/// The same for a command that is to do something with them.
///
/// # Errors
/// As for [`select`]; if there are none.
pub fn select_some(installation: &Installation, selection: &Selection) -> Result<Vec<Connection>, Trouble> {
    let found = select(installation, selection)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let (title, advice) = if selection.is_all() {
        ("there are no connections yet", "Add one with `beacon connection add NAME`.".to_owned())
    } else {
        ("no connection fits", known(&installation.store())?)
    };
    Err(Trouble::settings("connection.none_selected", title, advice))
}

/// The ids of a selection; `None` if it lets all through, also what belongs to no connection any more.
///
/// # Errors
/// As for [`select`].
pub fn selected_ids(
    installation: &Installation,
    selection: &Selection,
) -> Result<Option<BTreeSet<ConnectionId>>, Trouble> {
    if selection.is_all() {
        return Ok(None);
    }
    let found = select(installation, selection)?;
    Ok(Some(found.into_iter().map(|connection| connection.id).collect()))
}

/// What a person may have meant.
fn known(store: &Store) -> Result<String, Trouble> {
    let labels: Vec<String> = store.all_labels()?.iter().map(ToString::to_string).collect();
    let labels = if labels.is_empty() { "none yet".to_owned() } else { labels.join(", ") };
    Ok(format!("See them all with `beacon connection list`. Labels in use: {labels}."))
}
