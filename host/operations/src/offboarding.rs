//! Erasing one customer everywhere here: said beforehand, done as a whole, and told afterwards. What the database knows
//! goes in one transaction, which notes the files that have to follow; whatever is interrupted then is finished by
//! [`finish`].

mod customer;
mod files;

use crate::at_work::Leaving;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{
    Action, ConnectionId, Deed, Delivery, DeliveryState, DestinationId, Erasure, Offboarding, RunId, StoreError, Target,
};
use customer::Customer;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What will become of a customer.
#[derive(Clone, Debug, Serialize)]
pub struct OffboardingPlan {
    /// Who it is: the names of the connections, or the tenant.
    pub customer: String,
    /// What is erased here: sentences.
    pub erases: Vec<String>,
    /// What stays here, and how it goes: sentences.
    pub stays: Vec<String>,
    /// What has to be done elsewhere: sentences.
    pub elsewhere: Vec<String>,
    #[serde(skip)]
    found: Customer,
}

/// A customer that is about to be erased: as long as this lives, no import of it begins.
pub struct Begun {
    plan: OffboardingPlan,
    files: Vec<Erasure>,
    _leaving: Leaving,
}

/// What became of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OffboardingReport {
    /// Who it was.
    pub customer: String,
    /// What was erased: sentences.
    pub erased: Vec<String>,
    /// What was not, and why: sentences.
    pub not_erased: Vec<String>,
    /// What has to be done elsewhere: sentences.
    pub elsewhere: Vec<String>,
    /// Whether something is left that is tried again at the next start.
    pub unfinished: bool,
}

impl Begun {
    /// Its connections.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> {
        self.plan.found.connections.iter().map(|connection| connection.id)
    }
}

/// Finds a customer by the name of a connection, or by the id, domain or name of a tenant, and says what its erasing
/// means. All connections of the tenant belong to it, and packages of connections that were removed before.
///
/// # Errors
/// [`Trouble`] if nothing of it is here.
pub fn plan(installation: &Installation, text: &str) -> Result<OffboardingPlan, Trouble> {
    let found = customer::find(installation, text)?;
    let files = files::of(installation, &found)?;
    planned(installation, found, &files)
}

fn planned(installation: &Installation, found: Customer, files: &[Erasure]) -> Result<OffboardingPlan, Trouble> {
    Ok(OffboardingPlan {
        customer: found.title(),
        erases: erases(installation, &found, files)?,
        stays: stays(installation, &found)?,
        elsewhere: elsewhere(installation, &found, files)?,
        found,
    })
}

/// Lets no import of the customer begin from now on, and looks again: a question may have stood for long, and what was
/// imported meanwhile goes as well.
///
/// # Errors
/// [`Trouble`] while one of its connections is imported, and if more belongs to it than was shown.
pub fn begin(installation: &Installation, shown: &OffboardingPlan) -> Result<Begun, Trouble> {
    let leaving = installation.at_work().leave(&shown.found.connections)?;
    let found = customer::again(&installation.store(), &shown.found)?;
    let files = files::of(installation, &found)?;
    Ok(Begun { plan: planned(installation, found, &files)?, files, _leaving: leaving })
}

/// Erases a customer.
///
/// # Errors
/// [`Trouble`] while one of its packages is sent, and if somebody added a connection of it since it was begun; nothing
/// was erased then. What cannot be erased afterwards is in the report.
pub fn erase(installation: &Installation, begun: Begun, now: Timestamp) -> Result<OffboardingReport, Trouble> {
    let Begun { plan, files, _leaving } = begun;
    let OffboardingPlan { customer, erases, stays, elsewhere, found } = plan;
    let ids: Vec<_> = found.connections.iter().map(|connection| connection.id).collect();
    let id = {
        let awaited = awaited(installation, &found, &files)?;
        let _claims = installation.sending().claim_all(awaited.into_iter())?;
        let tenants: Vec<_> = found.tenants.iter().cloned().collect();
        installation.store().together(|store| {
            customer::again(store, &found)?;
            let id = store.begin_offboarding(&found.names(), &ids, &files, now)?;
            // Behind all the rest, so that no entry of the leaving itself stays.
            store.erase_audit(&ids, &tenants)?;
            let deed = Deed::new(Action::CustomerErased, "offboarding", id, "");
            store.record(&deed.with("connections", ids.len()).with("files", files.len()))?;
            Ok::<_, Trouble>(id)
        })?
    };
    let offboarding = Offboarding { id, names: found.names(), begun_at: now };
    let mut report = files::finish(installation, &offboarding);
    report.customer = customer;
    // The number of files says less than what they were.
    report.erased = erases;
    report.not_erased.extend(stays);
    report.elsewhere = elsewhere;
    Ok(report)
}

/// Finishes what was begun and interrupted.
///
/// # Errors
/// [`Trouble`] if the store cannot say what was begun. What cannot be erased is in the reports.
pub fn finish(installation: &Installation) -> Result<Vec<OffboardingReport>, Trouble> {
    let begun = installation.store().offboardings()?;
    Ok(begun.iter().map(|offboarding| files::finish(installation, offboarding)).collect())
}

/// The same for one customer; `None` if nothing of that name was begun.
///
/// # Errors
/// As for [`finish`].
pub fn finish_one(installation: &Installation, text: &str) -> Result<Option<OffboardingReport>, Trouble> {
    let wanted = text.trim().to_lowercase();
    let begun = installation.store().offboardings()?;
    let found = begun.iter().find(|one| one.names.iter().any(|name| name.to_lowercase() == wanted));
    Ok(found.map(|offboarding| files::finish(installation, offboarding)))
}

/// Destinations that wait for one of its packages.
fn awaited(
    installation: &Installation,
    found: &Customer,
    files: &[Erasure],
) -> Result<BTreeSet<DestinationId>, Trouble> {
    let waiting = installation.store().waiting_deliveries(None)?;
    let runs = runs_of(files);
    let its = waiting.into_iter().filter(|one| is_its(one, found, &runs));
    Ok(its.map(|delivery| delivery.destination).collect())
}

/// Whether it is about a package of the customer, whose connection may have been removed before.
fn is_its(delivery: &Delivery, found: &Customer, runs: &BTreeSet<RunId>) -> bool {
    found.has(delivery.connection) || runs.contains(&delivery.run)
}

/// Runs whose packages go.
fn runs_of(files: &[Erasure]) -> BTreeSet<RunId> {
    files.iter().filter_map(|file| file.run).collect()
}

fn erases(installation: &Installation, found: &Customer, files: &[Erasure]) -> Result<Vec<String>, Trouble> {
    let mut sentences = Vec::new();
    let store = installation.store();
    let (mut runs, mut secrets) = (0, 0);
    for connection in &found.connections {
        runs += store.runs(connection.id, u32::MAX)?.len();
        secrets += store.secrets(connection.id)?.len();
    }
    if !found.connections.is_empty() {
        let names: Vec<&str> = found.connections.iter().map(|connection| connection.name.as_str()).collect();
        sentences.push(format!("{}: {}.", counted(names.len(), "connection"), names.join(", ")));
        sentences.push(format!(
            "With them: {}, {} with their logs and journals, consent, labels, schedule, state, and what is told of it.",
            counted(secrets, "stored secret"),
            counted(runs, "run"),
        ));
    }
    let packages = files.iter().filter(|file| file.run.is_some()).count();
    sentences.push(format!(
        "{} with all people in them, and the data that was prepared for the page.",
        counted(packages, "package")
    ));
    sentences.push(
        "What the audit trail says of it; the number, moment and action of each entry stay, so that its chain holds."
            .to_owned(),
    );
    let its_packages = runs_of(files);
    let waiting = store.waiting_deliveries(None)?;
    let waiting = waiting.iter().filter(|delivery| is_its(delivery, found, &its_packages)).count();
    if waiting > 0 {
        sentences.push(format!("What waits to be delivered is not sent any more: {}.", counted(waiting, "delivery")));
    }
    Ok(sentences)
}

fn stays(installation: &Installation, found: &Customer) -> Result<Vec<String>, Trouble> {
    let store = installation.store();
    let mut sentences = Vec::new();
    let others: BTreeSet<_> =
        store.connections()?.into_iter().filter(|one| !found.has(one.id)).filter_map(|one| one.profile).collect();
    let own: BTreeSet<_> = found.connections.iter().filter_map(|connection| connection.profile).collect();
    for id in own.difference(&others) {
        let name = store.profile(*id)?.name;
        sentences.push(format!(
            "The credential profile {name} stays; no other connection uses it. Remove it with: beacon profile remove {:?}",
            name.as_str()
        ));
    }
    sentences.push(
        "Log files of the beacon name connections and tenants. They go by age, after 30 days if nothing else is set."
            .to_owned(),
    );
    Ok(sentences)
}

fn elsewhere(installation: &Installation, found: &Customer, files: &[Erasure]) -> Result<Vec<String>, Trouble> {
    let mut sentences = Vec::new();
    let tenants = found.tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    sentences.push(format!(
        "Microsoft: in the tenant {tenants}, remove the app under Entra admin center, Enterprise applications, \
         Properties, Delete. Until then its consent stays."
    ));
    let store = installation.store();
    let runs = runs_of(files);
    let deliveries = store.deliveries(u32::MAX)?;
    // Whole ones, and those of which an attempt may have left something.
    let mut by_destination: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|one| one.attempts > 0 && is_its(one, found, &runs)) {
        let (whole, tried) = by_destination.entry(delivery.destination_name.as_str()).or_default();
        let count = if delivery.state == DeliveryState::Delivered { whole } else { tried };
        *count += 1;
    }
    for (name, (whole, tried)) in by_destination {
        let place = store.destination_by_name(name)?.map(|destination| match destination.target {
            Target::Folder { folder } => folder.display().to_string(),
            Target::Upload { address, .. } => address,
        });
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        let whole = (whole > 0).then(|| format!("{} arrived there", counted(whole, "package")));
        let parts = (tried > 0).then(|| format!("parts of {} may lie there", counted(tried, "package")));
        let both: Vec<String> = whole.into_iter().chain(parts).collect();
        sentences.push(format!("Destination {name}{place}: {}.", both.join(", and ")));
    }
    let removed = runs.iter().filter(|run| matches!(store.run(**run), Err(StoreError::NoSuchRun { .. }))).count();
    if removed > 0 {
        sentences.push(format!(
            "{} of connections that were removed before: whether a destination has copies is not known any more. Look for \
             them at each.",
            counted(removed, "package")
        ));
    }
    sentences.push(
        "Backups of the data folder, exported configurations and audit trails, what a syslog server has of the trail, and \
         messages that were sent already: by your own rules."
            .to_owned(),
    );
    Ok(sentences)
}

fn counted(count: usize, what: &str) -> String {
    match (count, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (several, Some(stem)) => format!("{several} {stem}ies"),
        (several, None) => format!("{several} {what}s"),
    }
}
