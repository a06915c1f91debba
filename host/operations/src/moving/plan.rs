//! What a file would do to a data folder: checked as a whole, and nothing stored.

use super::carried::{self, Carried, Owner};
use super::check::Findings;
use super::document::{Document, ScheduleEntry};
use super::report::{Fate, Report};
use crate::installation::Installation;
use crate::modules::Module;
use crate::trouble::Trouble;
use beacon_store::{DefaultProxy, NewSchedule, Retention, ScheduleId, ScheduleName, StoreError};
use beacon_vault::{Identities, Origin};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod common;
mod connections;
mod destinations;
mod profiles;

pub(super) use connections::{PlannedConnection, usable};
pub(super) use destinations::PlannedDestination;
pub(super) use profiles::PlannedProfile;

/// What becomes of things that are there already under their name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnClash {
    /// The file is refused.
    #[default]
    Refuse,
    /// They become as the file says. Runs, packages and what waits stay.
    Replace,
    /// They stay as they are.
    Skip,
}

/// What somebody wants of a file.
#[derive(Default)]
pub struct Wish<'a> {
    /// What becomes of things that are there already.
    pub on_clash: OnClash,
    /// Who opens the secrets.
    pub identities: Option<&'a Identities>,
    /// Leave the secrets where they are.
    pub without_secrets: bool,
}

/// Everything a file describes, checked.
#[derive(Default)]
pub struct Plan {
    pub(super) defaults: Option<Value>,
    pub(super) default_proxy: Option<(DefaultProxy, Option<Carried>)>,
    pub(super) profiles: Vec<PlannedProfile>,
    pub(super) schedules: Vec<PlannedSchedule>,
    pub(super) connections: Vec<PlannedConnection>,
    pub(super) destinations: Vec<PlannedDestination>,
    pub(super) retention: Option<Retention>,
    pub(super) report: Report,
}

/// A schedule; with an id it takes the place of that one.
pub(super) struct PlannedSchedule {
    pub(super) plan: NewSchedule,
    pub(super) existing: Option<ScheduleId>,
}

impl Plan {
    /// What it would do.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Checks a file against a data folder.
///
/// # Errors
/// [`Trouble`] with everything that is wrong, or everything that is there already.
pub async fn plan(installation: &Installation, file: &[u8], wish: &Wish<'_>) -> Result<Plan, Trouble> {
    let document = Document::read(file)?;
    let mut planner = Planner::new(installation, wish.on_clash, secrets(&document, wish)?);
    let defaults = planner.defaults(document.defaults)?;
    let default_proxy = planner.default_proxy(document.default_proxy)?;
    let profiles = planner.profiles(document.profiles)?;
    let schedules = planner.schedules(document.schedules)?;
    let connections = planner.connections(document.connections, &profiles).await?;
    let destinations = planner.destinations(document.destinations)?;
    let retention = planner.retention(document.retention)?;
    let Planner { findings, mut report, carried, .. } = planner;
    findings.settled()?;
    for owner in carried.keys() {
        if let Owner::Other(name) = owner {
            report
                .notes
                .push(format!("The file holds secrets of {name}, which it does not describe: enter them again."));
        }
    }
    Ok(Plan { defaults, default_proxy, profiles, schedules, connections, destinations, retention, report })
}

/// The secrets of the file, if they are wanted.
fn secrets(document: &Document, wish: &Wish<'_>) -> Result<Vec<Carried>, Trouble> {
    match (&document.secrets, wish.identities) {
        (Some(text), Some(identities)) => carried::opened(text, identities),
        (Some(_), None) if !wish.without_secrets => {
            let title = "the file holds secrets, and nothing was given that opens them";
            let advice = "Name the key that they were encrypted to with --identity FILE, or leave them out with \
                          --without-secrets. Nothing was changed.";
            Err(Trouble::settings("config.no_identity", title, advice))
        }
        (None, Some(_)) => {
            let title = "an identity was given, and the file holds no secrets";
            let advice = "Leave out --identity, or export again with --secrets-to. Nothing was changed.";
            Err(Trouble::settings("config.without_secrets", title, advice))
        }
        (_, None) => Ok(Vec::new()),
    }
}

/// Checks one thing after the other, and remembers what it found.
pub(super) struct Planner<'a> {
    pub(super) installation: &'a Installation,
    on_clash: OnClash,
    pub(super) findings: Findings,
    pub(super) report: Report,
    carried: BTreeMap<Owner, Vec<Carried>>,
    modules: BTreeMap<String, Arc<Module>>,
    /// Names in the file, right or wrong: what refers to them is not wrong as well.
    named_profiles: BTreeSet<String>,
    named_schedules: BTreeSet<String>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(installation: &'a Installation, on_clash: OnClash, secrets: Vec<Carried>) -> Self {
        let mut carried: BTreeMap<Owner, Vec<Carried>> = BTreeMap::new();
        for secret in secrets {
            carried.entry(secret.owner.clone()).or_default().push(secret);
        }
        Self {
            installation,
            on_clash,
            findings: Findings::default(),
            report: Report::default(),
            carried,
            modules: BTreeMap::new(),
            named_profiles: BTreeSet::new(),
            named_schedules: BTreeSet::new(),
        }
    }

    /// Whether something goes on into the data folder; notes what becomes of it.
    fn goes_on(&mut self, kind: &'static str, name: &str, exists: bool) -> bool {
        let fate = match (exists, self.on_clash) {
            (false, _) => Fate::Added,
            (true, OnClash::Skip) => Fate::Skipped,
            (true, OnClash::Replace) => Fate::Replaced,
            (true, OnClash::Refuse) => {
                self.findings.clash(format!("{kind} {name}"));
                Fate::Replaced
            }
        };
        self.report.item(kind, name, fate);
        fate != Fate::Skipped
    }

    /// The secrets of one owner.
    fn carried(&mut self, owner: &Owner) -> Vec<Carried> {
        self.carried.remove(owner).unwrap_or_default()
    }

    /// The connector of a source type.
    pub(super) fn module(&mut self, source_type: &str) -> Result<Arc<Module>, Trouble> {
        if let Some(module) = self.modules.get(source_type) {
            return Ok(Arc::clone(module));
        }
        let module = Arc::new(Module::find(&self.installation.folders, None, source_type)?);
        self.modules.insert(source_type.to_owned(), Arc::clone(&module));
        Ok(module)
    }

    /// Refuses a name that stands twice in the file.
    fn once(&mut self, seen: &mut BTreeSet<String>, kind: &str, name: &str, key: String) -> bool {
        let first = seen.insert(key);
        if !first {
            let trouble = Trouble::settings("config.twice", "the name stands twice in the file", "Rename one of them.");
            self.findings.problem(format!("{kind} {name}"), &trouble);
        }
        first
    }

    fn schedules(&mut self, given: Vec<ScheduleEntry>) -> Result<Vec<PlannedSchedule>, Trouble> {
        let mut seen = BTreeSet::new();
        let mut planned = Vec::new();
        for entry in given {
            let at = format!("schedule {}", entry.name);
            self.named_schedules.extend(entry.name.parse().map(|name: ScheduleName| name.comparison_key()));
            let Some(plan) = self.findings.take(&at, schedule(entry)) else { continue };
            let name = plan.name.to_string();
            if !self.once(&mut seen, "schedule", &name, plan.name.comparison_key()) {
                continue;
            }
            let existing = self.installation.store().schedule_by_name(&name)?.map(|schedule| schedule.id);
            if self.goes_on("schedule", &name, existing.is_some()) {
                planned.push(PlannedSchedule { plan, existing });
            }
        }
        Ok(planned)
    }
}

fn schedule(entry: ScheduleEntry) -> Result<NewSchedule, StoreError> {
    let plan = NewSchedule {
        name: entry.name.parse()?,
        rule: entry.rule,
        zone: entry.zone,
        missed: entry.missed,
        jitter_seconds: entry.jitter_seconds,
        window: entry.window,
        parallel: entry.parallel,
    };
    plan.check()?;
    Ok(plan)
}

/// Whether origins are the same, however they are spelt.
fn same(bound: &BTreeSet<Origin>, wanted: &BTreeSet<String>) -> bool {
    let wanted: Option<BTreeSet<Origin>> = wanted.iter().map(|text| text.parse().ok()).collect();
    wanted.as_ref() == Some(bound)
}

/// Whether a secret may go exactly there, so that it can be used.
pub(super) fn is_for(secret: &Carried, origins: &BTreeSet<String>) -> bool {
    same(&secret.origins, origins)
}
