//! The five states of use of everybody in a package, counted for each application.
//!
//! Counted are the people of the table `users` who hold a plan of the application through a seat, or whom a report about
//! it lists. Tables are read row by row; in memory are the people's fingerprints and one byte for each person and
//! application.

use crate::beacon_block::Explained;
use crate::error::PackageError;
use crate::fingerprint::fingerprint;
use crate::package_reader::PackageFolder;
use crate::row::{DamagedRow, RowCursor};
use crate::summary::{each_row, text, value};
use crate::use_people::People;
use crate::use_state::{KeptUseRow, Recency, UseState, use_state};
use beacon_contract::TableStatus;
use beacon_contract::dataset::TableSchema;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Reports that tell of installations and sizes.
const NOT_ABOUT_USE: [&str; 3] =
    ["getOffice365ActivationsUserDetail", "getMailboxUsageDetail", "getOneDriveUsageAccountDetail"];

/// Whether a report tells of use; others tell of installations and sizes. An application that only these are about is
/// not measured.
#[must_use]
pub fn tells_of_use(report: &str) -> bool {
    !NOT_ABOUT_USE.contains(&report)
}

/// Use of all applications for a rule of so many days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UseSummary {
    /// Days of the rule.
    pub days: u16,
    /// How far the table `usage` can be trusted; `None` if the package was made without.
    pub usage: Option<UsageTrust>,
    /// In the order of their ids.
    pub applications: Vec<ApplicationUse>,
}

/// How the table `usage` ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsageTrust {
    /// How it ended.
    pub status: TableStatus,
    /// Why it is not complete.
    pub reason: Option<Explained>,
}

/// One application: how many people are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ApplicationUse {
    /// Id in the table `applications`.
    pub application_id: String,
    /// What people call it.
    pub application_name: String,
    /// People who hold it or are in a report about it; the sum of what follows.
    pub people: u64,
    /// Used within the days of the rule.
    pub used_within: u64,
    /// Used, but not within these days.
    pub used_before: u64,
    /// Used; the reports do not tell whether within these days.
    pub used_unclear: u64,
    /// A report covers them and shows no use over its longest period.
    pub never_used: u64,
    /// No report lists them.
    pub no_data: u64,
    /// No report lists them by name, and the reports conceal names.
    pub not_attributable: u64,
    /// There is no report about the use of this application.
    pub not_measured: u64,
    /// Names in the reports that are concealed.
    pub concealed_names: u64,
    /// Names in the reports that nobody in `users` has.
    pub unmatched_names: u64,
    /// Day of the oldest figure.
    pub oldest_figure_on: Option<String>,
    /// Day of the newest figure.
    pub newest_figure_on: Option<String>,
}

/// An application while its rows are read.
#[derive(Default)]
struct Application {
    name: Option<String>,
    plan_ids: BTreeSet<Vec<u8>>,
    measured: bool,
    people: People,
    concealed: u64,
    unmatched: u64,
    figures: Option<(i32, i32)>,
}

type Applications = BTreeMap<String, Application>;

/// Reads a package and tells for each application who used it within the last `days` days before the reports' refresh.
///
/// # Errors
/// What [`PackageFolder::open`] and reading its tables meet.
pub fn read_use(folder: &Path, days: u16) -> Result<UseSummary, PackageError> {
    let package = PackageFolder::open(folder)?;
    let report = package.manifest().beacon.tables.get("usage");
    let usage = report.map(|report| UsageTrust { status: report.status, reason: report.reason.clone() });
    let everybody = everybody(&package)?;
    let mut applications = applications(&package)?;
    mark_holders(&package, &everybody, &mut applications)?;
    mark_listed(&package, &everybody, days, &mut applications)?;
    let counted = applications.into_iter().map(|(id, application)| application.counted(id));
    Ok(UseSummary { days, usage, applications: counted.collect() })
}

/// Names of people are known to nobody else, so the fingerprint needs no secret.
const SEED: [u8; 16] = [0; 16];

/// Sorted fingerprints of the ids in `users`.
fn everybody(package: &PackageFolder) -> Result<Vec<u128>, PackageError> {
    let mut everybody = Vec::new();
    each_row(package, "users", |schema, values| {
        let id = value(schema, values, "user_id").text()?.unwrap_or_default();
        everybody.push(fingerprint(&SEED, id));
        Ok(())
    })?;
    everybody.sort_unstable();
    Ok(everybody)
}

/// Where somebody stands among everybody.
fn place(everybody: &[u128], user_id: &[u8]) -> Option<usize> {
    everybody.binary_search(&fingerprint(&SEED, user_id)).ok()
}

fn entries(mut cursor: RowCursor<'_>) -> Result<Vec<Vec<u8>>, DamagedRow> {
    let count = cursor.entries()?.unwrap_or_default();
    (0..count).map(|_| cursor.entry().map(<[u8]>::to_vec)).collect()
}

fn applications(package: &PackageFolder) -> Result<Applications, PackageError> {
    let mut applications = Applications::new();
    each_row(package, "applications", |schema, values| {
        let id = text(value(schema, values, "application_id"))?.unwrap_or_default();
        let measured_by = entries(value(schema, values, "measured_by"))?;
        let about_use = |report: &Vec<u8>| tells_of_use(&String::from_utf8_lossy(report));
        let application = Application {
            name: text(value(schema, values, "application_name"))?,
            plan_ids: entries(value(schema, values, "plan_ids"))?.into_iter().collect(),
            measured: measured_by.iter().any(about_use),
            ..Application::default()
        };
        applications.insert(id, application);
        Ok(())
    })?;
    Ok(applications)
}

/// Plans of each product.
fn plans(package: &PackageFolder) -> Result<BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>, PackageError> {
    let mut plans: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    each_row(package, "product_plans", |schema, values| {
        let mut of = (value(schema, values, "sku_id"), value(schema, values, "plan_id"));
        let (sku, plan) = (of.0.text()?.unwrap_or_default(), of.1.text()?.unwrap_or_default());
        plans.entry(sku.to_vec()).or_default().insert(plan.to_vec());
        Ok(())
    })?;
    Ok(plans)
}

/// All sources of one product of one person.
#[derive(Default)]
struct Licence {
    user_id: Vec<u8>,
    sku_id: Vec<u8>,
    /// Plans that every source so far has off; `None` before the first source in force.
    off: Option<BTreeSet<Vec<u8>>>,
}

fn mark_holders(
    package: &PackageFolder,
    everybody: &[u128],
    applications: &mut Applications,
) -> Result<(), PackageError> {
    let plans = plans(package)?;
    let mut mark = |licence: &Licence| {
        let Some((off, place)) = licence.off.as_ref().zip(place(everybody, &licence.user_id)) else { return };
        let on: BTreeSet<_> =
            plans.get(&licence.sku_id).into_iter().flatten().filter(|plan| !off.contains(*plan)).collect();
        let held = |application: &&mut Application| application.plan_ids.iter().any(|plan| on.contains(plan));
        applications.values_mut().filter(held).for_each(|application| application.people.hold(place));
    };
    // Rows are sorted by person and product, so all sources of one licence are neighbours.
    let mut licence = Licence::default();
    each_row(package, "assignments", |schema, values| {
        let mut of = (value(schema, values, "user_id"), value(schema, values, "sku_id"));
        let (user, sku) = (of.0.text()?.unwrap_or_default(), of.1.text()?.unwrap_or_default());
        if licence.user_id != user || licence.sku_id != sku {
            mark(&licence);
            licence = Licence { user_id: user.to_vec(), sku_id: sku.to_vec(), off: None };
        }
        if value(schema, values, "counts_seat").boolean()? == Some(true) {
            let off: BTreeSet<_> = entries(value(schema, values, "disabled_plans"))?.into_iter().collect();
            // A plan is off only if every source disables it.
            licence.off = Some(match licence.off.take() {
                Some(known) => known.intersection(&off).cloned().collect(),
                None => off,
            });
        }
        Ok(())
    })?;
    mark(&licence);
    Ok(())
}

/// The rows of one name in the reports and one application.
#[derive(Default)]
struct Listed {
    user_key: Vec<u8>,
    application_id: String,
    user_id: Option<Vec<u8>>,
    concealed: bool,
    rows: Vec<KeptUseRow>,
}

impl Listed {
    fn new(schema: &TableSchema, values: &[&[u8]]) -> Result<Self, DamagedRow> {
        let of = |column| value(schema, values, column);
        Ok(Self {
            user_key: of("user_key").text()?.unwrap_or_default().to_vec(),
            application_id: text(of("application_id"))?.unwrap_or_default(),
            user_id: of("user_id").text()?.map(<[u8]>::to_vec),
            concealed: of("attributable").boolean()? == Some(false),
            rows: Vec::new(),
        })
    }

    fn state(&self, days: u16) -> UseState {
        use_state(self.rows.iter().map(KeptUseRow::told), days)
    }
}

fn mark_listed(
    package: &PackageFolder,
    everybody: &[u128],
    days: u16,
    applications: &mut Applications,
) -> Result<(), PackageError> {
    let mut mark = |listed: &Listed| {
        if listed.rows.is_empty() {
            return;
        }
        let application = applications.entry(listed.application_id.clone()).or_default();
        application.measured = true;
        for day in listed.rows.iter().filter_map(|row| row.refreshed_on) {
            let (oldest, newest) = application.figures.unwrap_or((day, day));
            application.figures = Some((oldest.min(day), newest.max(day)));
        }
        let person = listed.user_id.as_ref().and_then(|user_id| place(everybody, user_id));
        match person {
            _ if listed.concealed => application.concealed += 1,
            Some(person) => application.people.list(person, listed.state(days)),
            None => application.unmatched += 1,
        }
    };
    // Rows are sorted by name and application.
    let mut listed = Listed::default();
    each_row(package, "usage", |schema, values| {
        let next = Listed::new(schema, values)?;
        if (&next.user_key, &next.application_id) != (&listed.user_key, &listed.application_id) {
            mark(&std::mem::replace(&mut listed, next));
        }
        let of = |column| value(schema, values, column);
        listed.rows.push(KeptUseRow {
            report: text(of("report"))?.unwrap_or_default(),
            period_days: of("period_days").integer()?.unwrap_or_default(),
            last_activity_on: of("last_activity_on").date()?,
            used_in_period: of("used_in_period").boolean()?,
            refreshed_on: of("refreshed_on").date()?,
        });
        Ok(())
    })?;
    mark(&listed);
    Ok(())
}

fn date(days: i32) -> Option<String> {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|date| date.to_string())
}

impl Application {
    /// Whoever no report lists by name is in one of the three states without a figure.
    fn counted(self, application_id: String) -> ApplicationUse {
        let without_a_figure = match (self.measured, self.concealed) {
            (false, _) => UseState::NotMeasured,
            (true, 0) => UseState::NoData,
            (true, _) => UseState::NotAttributable,
        };
        let mut counted = ApplicationUse {
            application_name: self.name.unwrap_or_else(|| application_id.clone()),
            application_id,
            concealed_names: self.concealed,
            unmatched_names: self.unmatched,
            oldest_figure_on: self.figures.and_then(|(oldest, _)| date(oldest)),
            newest_figure_on: self.figures.and_then(|(_, newest)| date(newest)),
            ..ApplicationUse::default()
        };
        for state in self.people.states(without_a_figure) {
            counted.people += 1;
            *match state {
                UseState::Used(Recency::Within) => &mut counted.used_within,
                UseState::Used(Recency::Before) => &mut counted.used_before,
                UseState::Used(Recency::Unclear) => &mut counted.used_unclear,
                UseState::NeverUsed => &mut counted.never_used,
                UseState::NoData => &mut counted.no_data,
                UseState::NotAttributable => &mut counted.not_attributable,
                UseState::NotMeasured => &mut counted.not_measured,
            } += 1;
        }
        counted
    }
}
