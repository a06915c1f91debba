//! The view of usage: person × application.
//!
//! Sorted by a column of people, rows follow the list of people, each with all applications; sorted by a column of its
//! own, they are put into buckets.

use crate::cell::day_text;
use crate::error::SnapshotError;
use crate::merged::Merged;
use crate::people_values::{PeopleReader, check_filters, column, connection_column, merged};
use crate::question::Question;
use crate::row_ref::{Found, RowRef};
use crate::tenant::Tenant;
use crate::usage_buckets::{Bucket, Buckets};
use crate::usage_selection::{OWN_FILTERS, Selection, state_names};
use crate::use_code::{STATES, name_of};
use crate::user_columns::file_column;
use beacon_api::{Column, ColumnKind};
use serde_json::Value;
use std::collections::BTreeSet;

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

enum Order<'t> {
    People(Box<Merged<'t>>),
    Buckets(Buckets),
}

/// Rows that a question finds.
pub(crate) struct UsageFound<'t> {
    tenants: &'t [Tenant],
    days: u16,
    selections: Vec<Selection>,
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
        let bucket = match question.sort.as_deref() {
            Some("application_name") => Some(Bucket::Application),
            Some("state") => Some(Bucket::State),
            Some("last_activity_on") => Some(Bucket::LastActivity),
            Some("refreshed_on") => Some(Bucket::Refreshed),
            _ => None,
        };
        let order = match bucket {
            Some(by) => Order::Buckets(Buckets::count(tenants, &selections, by, question.descending)?),
            None => Order::People(Box::new(by_people(tenants, &selections, question)?)),
        };
        Ok(Self { tenants, days: question.days, selections, order })
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
            Order::Buckets(buckets) => buckets.rows(),
        }
    }

    fn refs(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        match &self.order {
            Order::People(merged) => self.refs_by_people(merged, offset, limit),
            Order::Buckets(buckets) => buckets.window(self.tenants, &self.selections, offset, limit),
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
