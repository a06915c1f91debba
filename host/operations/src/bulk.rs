//! Changing many connections at once: checked as a whole, then stored in one transaction.

use crate::change::{OWN_CREDENTIALS, disabled_secrets};
use crate::credential_profiles;
use crate::draft::check_draft;
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::settings_text::set_text;
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName as ModuleSlot};
use beacon_driver::SecretSlots as _;
use beacon_store::{Connection, ConnectionId, CredentialProfile, Hold, Label, ScheduleId, SecondConnection};
use beacon_vault::{InvalidSlotName, SlotName};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is to be different; what says nothing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManyEdit {
    /// The schedule that they follow from now on; `Some(None)` is none.
    pub schedule: Option<Option<ScheduleId>>,
    /// Name of the credential profile that they use from now on; `Some(None)` is a credential of their own.
    pub profile: Option<Option<String>>,
    /// Labels that come.
    pub add_labels: BTreeSet<Label>,
    /// Labels that go.
    pub remove_labels: BTreeSet<Label>,
    /// How a person holds them; `Some(None)` lets them go.
    pub hold: Option<Option<Hold>>,
    /// Fields and their values as somebody wrote them.
    pub set: Vec<(String, String)>,
    /// Fields that go back to their default.
    pub unset: Vec<String>,
}

/// A connection of many after the change.
pub struct ManyChanged {
    /// As it is stored now.
    pub connection: Connection,
    /// Labels of secrets that are disabled: they were stored for other addresses and have to be entered again.
    pub disabled: Vec<String>,
}

impl ManyEdit {
    /// Whether it changes what shapes a run.
    fn reshapes(&self) -> bool {
        self.profile.is_some() || !self.set.is_empty() || !self.unset.is_empty()
    }

    /// The labels of a connection afterwards.
    fn labels(&self, connection: &Connection) -> BTreeSet<Label> {
        let all = connection.labels.union(&self.add_labels);
        all.filter(|label| !self.remove_labels.contains(*label)).cloned().collect()
    }
}

/// Changes many connections: all of them, or none.
///
/// # Errors
/// [`Trouble`] with everything that is wrong, each with the name of its connection; while this process imports one whose
/// settings are to change.
pub async fn edit_many(
    installation: &Installation,
    connections: &[Connection],
    edit: &ManyEdit,
    now: Timestamp,
) -> Result<Vec<ManyChanged>, Trouble> {
    let reshaped = if edit.reshapes() { reshape(installation, connections, edit).await? } else { BTreeMap::new() };
    let own: Vec<SlotName> = OWN_CREDENTIALS.into_iter().map(slot).collect::<Result<_, _>>()?;
    let mut stored = Vec::new();
    installation.store().together(|store| -> Result<(), Trouble> {
        for id in connections.iter().map(|connection| connection.id) {
            // A person was asked since they were read, and others changed them meanwhile: of what is stored only that
            // becomes different which was wished.
            let mut connection = store.connection(id)?;
            let labels = edit.labels(&connection);
            if labels != connection.labels {
                store.set_labels(id, &labels)?;
            }
            if let Some((changed, _)) = reshaped.get(&id) {
                // The revision of what was checked: another one is refused.
                connection.settings_revision = changed.settings_revision;
                connection.settings.clone_from(&changed.settings);
                connection.profile = changed.profile;
                store.update_connection(&connection, SecondConnection::Refuse, now)?;
                // What it had of its own is of no use beside a profile, and what nobody uses does not lie around.
                if changed.profile.is_some() {
                    for slot in &own {
                        store.delete_secret(id, slot)?;
                    }
                }
            }
            if let Some(schedule) = edit.schedule {
                store.assign_schedule(id, schedule)?;
            }
            if let Some(hold) = edit.hold {
                store.hold(id, hold, now)?;
            }
            stored.push(store.connection(id)?);
        }
        Ok(())
    })?;
    let before = |connection: &Connection| connections.iter().find(|one| one.id == connection.id).map(settings);
    let changed = stored.into_iter().map(|connection| {
        let disabled = match (reshaped.get(&connection.id), before(&connection)) {
            (Some((_, module)), Some(before)) => {
                disabled_secrets(installation, &connection, module, &before, &settings(&connection))?
            }
            _ => Vec::new(),
        };
        Ok(ManyChanged { connection, disabled })
    });
    changed.collect()
}

/// The connections as they are to be, by their id, each with its connector.
type Reshaped = BTreeMap<ConnectionId, (Connection, Arc<Module>)>;

async fn reshape(
    installation: &Installation,
    connections: &[Connection],
    edit: &ManyEdit,
) -> Result<Reshaped, Trouble> {
    let wanted = match &edit.profile {
        Some(Some(name)) => Some(credential_profiles::find(installation, name)?),
        _ => None,
    };
    let mut modules = BTreeMap::new();
    let (mut reshaped, mut problems) = (BTreeMap::new(), Vec::new());
    for connection in connections {
        installation.at_work().none_of(connection)?;
        let source_type = &connection.source_type;
        if !modules.contains_key(source_type) {
            let module = Module::find(&installation.folders, None, source_type)?;
            modules.insert(source_type.clone(), Arc::new(module));
        }
        let Some(module) = modules.get(source_type) else { continue };
        match reshape_one(installation, module, connection, edit, wanted.as_ref()).await {
            Ok(changed) => {
                reshaped.insert(connection.id, (changed, Arc::clone(module)));
            }
            Err(trouble) => problems.extend(told(connection, trouble)),
        }
    }
    if problems.is_empty() {
        return Ok(reshaped);
    }
    let title = "not all of them can be changed like this";
    let trouble =
        Trouble::settings("many.refused", title, "Nothing was changed. Leave those out, or change what is said.");
    Err(problems.into_iter().fold(trouble, Trouble::with))
}

/// What is wrong with one of them, a line each.
fn told(connection: &Connection, trouble: Trouble) -> Vec<String> {
    let name = &connection.name;
    if trouble.fields.is_empty() {
        return vec![format!("{name}: {} {}", trouble.title, trouble.advice)];
    }
    let fields = trouble.fields.into_iter();
    fields.map(|field| format!("{name}, {}: {} {}", field.field, field.title, field.advice)).collect()
}

async fn reshape_one(
    installation: &Installation,
    module: &Module,
    connection: &Connection,
    edit: &ManyEdit,
    wanted: Option<&CredentialProfile>,
) -> Result<Connection, Trouble> {
    let mut changed = connection.clone();
    let mut settings = settings(connection);
    for field in &edit.unset {
        settings.0.remove(field);
    }
    for (field, value) in &edit.set {
        set_text(&module.manifest.form, &mut settings, field, value);
    }
    let stays = connection.profile.filter(|_| edit.profile.is_none());
    let stays = stays.map(|id| installation.store().profile(id)).transpose()?;
    let profile = wanted.or(stays.as_ref());
    one_by_one(module, edit, profile.is_some())?;
    if let Some(profile) = profile {
        credential_profiles::fill(module, profile, &mut settings);
        credential_profiles::check(module, profile, &settings)?;
    }
    changed.profile = profile.map(|profile| profile.id);
    let mut slots = Secrets::open(installation, connection.id)?.configured();
    slots.extend(profile.and_then(|profile| ModuleSlot::new(profile.kind.as_str()).ok()));
    let errors = check_draft(&installation.folders, module, &settings, slots).await?;
    if !errors.is_empty() {
        return Err(Trouble::of_fields(&errors, &module.words()));
    }
    changed.settings = settings.0.into_iter().collect();
    Ok(changed)
}

/// Refuses what cannot be the same for many: the tenant, and a client id beside a profile, which has one.
fn one_by_one(module: &Module, edit: &ManyEdit, has_profile: bool) -> Result<(), Trouble> {
    let Some(grants) = module.manifest.profiles.first() else { return Ok(()) };
    let named = edit.set.iter().map(|(field, _)| field).chain(&edit.unset);
    for field in named {
        if field == grants.tenant.as_str() {
            let title = "the tenant is another one for each connection";
            return Err(Trouble::settings("many.tenant", title, "Change it with `beacon connection edit`."));
        }
        if has_profile && field == grants.client_id.as_str() {
            let title = format!("{field} was given, and a credential profile, which has one");
            let advice = "Leave it out, or change it for all connections of the profile: `beacon profile edit`.";
            return Err(Trouble::settings("profile.own_client_id", title, advice));
        }
    }
    Ok(())
}

fn settings(connection: &Connection) -> Settings {
    Settings(connection.settings.clone().into_iter().collect())
}

fn slot(name: &str) -> Result<SlotName, Trouble> {
    name.parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))
}
