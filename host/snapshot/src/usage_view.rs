//! The view of usage: person × application.
//!
//! Sorted by a column of people, rows follow the list of people, each with all applications. Sorted by a column of its
//! own, rows are put into buckets (a state, a day, an application): one pass counts the buckets, another one takes the
//! rows of the window. Neither holds all rows, of which there are forty for each person.

use crate::array::{Kind, read};
use crate::cell::day_text;
use crate::error::SnapshotError;
use crate::fold::fold;
use crate::merged::Merged;
use crate::people_values::{PeopleReader, check_filters, column, connection_column, merged};
use crate::question::Question;
use crate::row_ref::{Found, RowRef};
use crate::tenant::Tenant;
use crate::usage_selection::{ChosenApplication, Selection, state_names};
use crate::use_code::{STATES, name_of};
use crate::user_columns::file_column;
use beacon_api::{Column, ColumnKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of people in it.
const PEOPLE_COLUMNS: [&str; 8] = [
    "display_name",
    "user_principal_name",
    "department",
    "account_enabled",
    "user_type",
    "company_name",
    "country",
    "employee_id",
];

/// Its own columns.
const OWN_COLUMNS: [&str; 4] = ["application_name", "state", "last_activity_on", "refreshed_on"];

/// What it can be filtered by besides people.
const OWN_FILTERS: [&str; 3] = ["application_name", "application_id", "state"];

/// Column that rows are put into buckets by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bucket {
    Application,
    State,
    LastActivity,
    Refreshed,
}

enum Order<'t> {
    People(Box<Merged<'t>>),
    Buckets { by: Bucket, starts: Vec<u64>, descending: bool },
}

/// Rows that a question finds.
pub(crate) struct UsageFound<'t> {
    tenants: &'t [Tenant],
    days: u16,
    selections: Vec<Selection>,
    /// Places of names of applications over all connections.
    application_places: BTreeMap<String, usize>,
    order: Order<'t>,
}

impl<'t> UsageFound<'t> {
    pub(crate) fn new(tenants: &'t [Tenant], question: &Question) -> Result<Self, SnapshotError> {
        check_filters(question, &PEOPLE_COLUMNS, &OWN_FILTERS)?;
        if let Some(states) = question.filters.get("state")
            && let Some(state) = states.iter().find(|state| !state_names().contains(*state))
        {
            let part = format!("state:{state}");
            return Err(SnapshotError::BadFilter { part, expected: "a state of use, such as never_used" });
        }
        let selections = tenants
            .iter()
            .map(|tenant| Selection::new(tenant, question, &PEOPLE_COLUMNS))
            .collect::<Result<Vec<_>, _>>()?;
        let names: BTreeSet<_> =
            selections.iter().flat_map(|one| &one.applications).map(|application| fold(&application.name)).collect();
        let application_places = names.into_iter().zip(0..).collect();
        let bucket = match question.sort.as_deref() {
            Some("application_name") => Some(Bucket::Application),
            Some("state") => Some(Bucket::State),
            Some("last_activity_on") => Some(Bucket::LastActivity),
            Some("refreshed_on") => Some(Bucket::Refreshed),
            _ => None,
        };
        let descending = question.descending;
        let order = match bucket {
            Some(by) => Order::Buckets { by, starts: Vec::new(), descending },
            None => Order::People(Box::new(by_people(tenants, &selections, question)?)),
        };
        let mut found = Self { tenants, days: question.days, selections, application_places, order };
        found.count_buckets()?;
        Ok(found)
    }

    /// Turns the counts of buckets into the places where they start.
    fn count_buckets(&mut self) -> Result<(), SnapshotError> {
        let Order::Buckets { by, descending, .. } = self.order else { return Ok(()) };
        let mut starts = vec![0u64; usize::from(u16::MAX) + 2];
        self.each_bucket(by, descending, |bucket, _| {
            if let Some(count) = starts.get_mut(bucket + 1) {
                *count += 1;
            }
        })?;
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        self.order = Order::Buckets { by, starts, descending };
        Ok(())
    }

    /// Goes through all rows by connection, application, person. The bucket of a row without a value is the last.
    fn each_bucket(
        &self,
        by: Bucket,
        descending: bool,
        mut take: impl FnMut(usize, RowRef),
    ) -> Result<(), SnapshotError> {
        let last = usize::from(u16::MAX);
        let turned = |value: usize| if descending { last - value } else { value };
        let day = |day: u16| if day == 0 { last } else { turned(usize::from(day)).min(last - 1) };
        for (place, (tenant, selection)) in (0u16..).zip(self.tenants.iter().zip(&self.selections)) {
            for application in &selection.applications {
                let name = self.application_places.get(&fold(&application.name)).copied().unwrap_or(0);
                let days = match by {
                    Bucket::LastActivity => self.days_of(tenant, application, Kind::LastActivity)?,
                    Bucket::Refreshed => self.days_of(tenant, application, Kind::Refreshed)?,
                    _ => Vec::new(),
                };
                selection.each(tenant, application, |person, state| {
                    let bucket = match by {
                        Bucket::Application => turned(name),
                        Bucket::State => turned(usize::from(state)),
                        _ => day(days.get(person as usize).copied().unwrap_or(0)),
                    };
                    take(
                        bucket,
                        RowRef { tenant: place, person, application: application.number, state, ..RowRef::default() },
                    );
                })?;
            }
        }
        Ok(())
    }

    fn days_of(&self, tenant: &Tenant, application: &ChosenApplication, kind: Kind) -> Result<Vec<u16>, SnapshotError> {
        let of = application.number.to_string();
        tenant.file.damaged(read(&tenant.file.connection, (kind, &of), tenant.file.people()))
    }

    fn refs_by_people(&self, merged: &Merged<'_>, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        let (people, skip) = merged.window(offset, limit)?;
        let mut rows: Vec<Vec<RowRef>> = vec![Vec::new(); people.len()];
        for (place, (tenant, selection)) in self.tenants.iter().zip(&self.selections).enumerate() {
            let own = people.iter().enumerate().filter(|(_, (list, _))| *list == place);
            let (indices, numbers): (Vec<_>, Vec<_>) = own.map(|(index, (_, person))| (index, *person)).unzip();
            let place = u16::try_from(place).unwrap_or(u16::MAX);
            for (index, found) in indices.into_iter().zip(selection.of_people(tenant, place, &numbers)?) {
                if let Some(rows) = rows.get_mut(index) {
                    *rows = found;
                }
            }
        }
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        Ok(rows.into_iter().flatten().skip(skip).take(limit).collect())
    }

    fn refs_by_buckets(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        let Order::Buckets { by, starts, descending } = &self.order else { return Ok(Vec::new()) };
        let end = offset.saturating_add(limit as u64);
        let mut next = starts.clone();
        let mut window: Vec<(u64, RowRef)> = Vec::new();
        self.each_bucket(*by, *descending, |bucket, row| {
            if let Some(place) = next.get_mut(bucket) {
                if (offset..end).contains(place) {
                    window.push((*place, row));
                }
                *place += 1;
            }
        })?;
        self.fill_days(&mut window)?;
        window.sort_unstable_by_key(|(place, _)| *place);
        Ok(window.into_iter().map(|(_, row)| row).collect())
    }

    /// The days of rows that were found without them. Rows of one application are neighbours here.
    fn fill_days(&self, window: &mut [(u64, RowRef)]) -> Result<(), SnapshotError> {
        for rows in window
            .chunk_by_mut(|(_, one), (_, other)| (one.tenant, one.application) == (other.tenant, other.application))
        {
            let Some((_, first)) = rows.first() else { continue };
            let Some(tenant) = self.tenants.get(usize::from(first.tenant)) else { continue };
            let of = first.application.to_string();
            let people: Vec<_> = rows.iter().map(|(_, row)| row.person).collect();
            let days = |kind| {
                tenant.file.damaged(crate::array::read_some::<u16>(&tenant.file.connection, (kind, &of), &people))
            };
            let (last, refreshed) = (days(Kind::LastActivity)?, days(Kind::Refreshed)?);
            for ((_, row), (last, refreshed)) in rows.iter_mut().zip(last.into_iter().zip(refreshed)) {
                (row.last_activity, row.refreshed) = (last, refreshed);
            }
        }
        Ok(())
    }

    fn own_column(&self, id: &str) -> Column {
        let (label, kind) = match id {
            "application_name" => ("Application", ColumnKind::Text),
            "state" => ("Use", ColumnKind::Use),
            "last_activity_on" => ("Last activity", ColumnKind::Day),
            _ => ("Figures of", ColumnKind::Day),
        };
        let choices = match id {
            "application_name" => {
                let all = self.selections.iter().flat_map(|one| &one.applications);
                all.map(|application| application.name.clone()).collect::<BTreeSet<_>>().into_iter().collect()
            }
            "state" => state_names(),
            _ => Vec::new(),
        };
        Column { id: id.to_owned(), label: label.to_owned(), kind, shown: true, choices, sortable: true }
    }
}

fn by_people<'t>(
    tenants: &'t [Tenant],
    selections: &[Selection],
    question: &Question,
) -> Result<Merged<'t>, SnapshotError> {
    let sort = match &question.sort {
        None => None,
        Some(id) => {
            let found = PEOPLE_COLUMNS.contains(&id.as_str()).then(|| file_column(id, question.days)).flatten();
            let known = || PEOPLE_COLUMNS.iter().chain(&OWN_COLUMNS).map(|id| (*id).to_owned()).collect();
            Some(found.ok_or_else(|| question.unknown("sort", id, known()))?)
        }
    };
    let sets: Vec<_> = selections.iter().map(|selection| selection.people().clone()).collect();
    let rows = tenants.iter().zip(selections).map(|(tenant, selection)| selection.rows(tenant));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    merged(tenants, &sets, Some(&rows), sort, question.descending)
}

impl Found for UsageFound<'_> {
    fn columns(&self) -> Result<Vec<Column>, SnapshotError> {
        let mut columns = vec![connection_column(self.tenants)];
        for id in PEOPLE_COLUMNS {
            let shown = matches!(id, "display_name" | "user_principal_name" | "department");
            columns.push(column(self.tenants, id, self.days, Some(shown))?);
        }
        columns.extend(OWN_COLUMNS.map(|id| self.own_column(id)));
        Ok(columns)
    }

    fn total(&self) -> u64 {
        match &self.order {
            Order::People(merged) => merged.rows(),
            Order::Buckets { starts, .. } => starts.last().copied().unwrap_or(0),
        }
    }

    fn refs(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        match &self.order {
            Order::People(merged) => self.refs_by_people(merged, offset, limit),
            Order::Buckets { .. } => self.refs_by_buckets(offset, limit),
        }
    }

    fn values(&self, refs: &[RowRef]) -> Result<Vec<Vec<Value>>, SnapshotError> {
        let mut reader = PeopleReader::new(self.tenants, &PEOPLE_COLUMNS, self.days);
        let names: Vec<_> = self.selections.iter().map(Selection::names).collect();
        let day = |day: u16| if day == 0 { Value::Null } else { day_text(day.into()).into() };
        let mut rows = Vec::with_capacity(refs.len());
        for row in refs {
            let place = usize::from(row.tenant);
            let application = names.get(place).and_then(|names| names.get(&row.application));
            let (Some(tenant), Some((id, name))) = (self.tenants.get(place), application) else { continue };
            let values = reader.values(row.tenant, row.person)?;
            let user_id = values.first().and_then(Value::as_str).unwrap_or_default();
            let mut cells = Vec::with_capacity(values.len() + 6);
            cells.push(tenant.connection.clone().into());
            cells.push(format!("{user_id}/{id}").into());
            cells.push(tenant.name.clone().into());
            cells.extend(values.iter().skip(1).cloned());
            cells.push(name.clone().into());
            cells.push(STATES.get(usize::from(row.state)).map_or(Value::Null, |state| name_of(*state).into()));
            cells.push(day(row.last_activity));
            cells.push(day(row.refreshed));
            rows.push(cells);
        }
        Ok(rows)
    }
}
