//! The view of people.

use crate::error::SnapshotError;
use crate::merged::Merged;
use crate::people_values::{PeopleReader, check_filters, column, connection_column, merged};
use crate::question::Question;
use crate::row_ref::{Found, RowRef};
use crate::tenant::Tenant;
use crate::user_columns::file_column;
use beacon_api::Column;
use serde_json::Value;

/// Its columns, after the connection.
const COLUMNS: [&str; 20] = [
    "display_name",
    "user_principal_name",
    "account_enabled",
    "user_type",
    "department",
    "products",
    "applications_used",
    "last_sign_in_at",
    "mail",
    "employee_id",
    "job_title",
    "company_name",
    "cost_center",
    "division",
    "office_location",
    "country",
    "usage_location",
    "employee_type",
    "on_premises_sync_enabled",
    "created_at",
];

/// People that a question finds.
pub(crate) struct UsersFound<'t> {
    tenants: &'t [Tenant],
    merged: Merged<'t>,
    days: u16,
}

impl<'t> UsersFound<'t> {
    pub(crate) fn new(tenants: &'t [Tenant], question: &Question) -> Result<Self, SnapshotError> {
        check_filters(question, &COLUMNS, &[])?;
        let sort = match &question.sort {
            None => None,
            Some(id) => {
                let found = COLUMNS.contains(&id.as_str()).then(|| file_column(id, question.days)).flatten();
                let known = || COLUMNS.map(str::to_owned).to_vec();
                Some(found.ok_or_else(|| question.unknown("sort", id, known()))?)
            }
        };
        let mut sets = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let mut set = tenant.filtered(question, &COLUMNS)?;
            if let Some(found) = tenant.searched(question)? {
                set.and(&found);
            }
            sets.push(set);
        }
        let merged = merged(tenants, &sets, None, sort, question.descending)?;
        Ok(Self { tenants, merged, days: question.days })
    }
}

impl Found for UsersFound<'_> {
    fn columns(&self) -> Result<Vec<Column>, SnapshotError> {
        let own = COLUMNS.iter().map(|id| column(self.tenants, id, self.days, None));
        std::iter::once(Ok(connection_column(self.tenants))).chain(own).collect()
    }

    fn total(&self) -> u64 {
        self.merged.rows()
    }

    fn refs(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError> {
        let (people, _) = self.merged.window(offset, limit)?;
        let row = |(tenant, person): (usize, u32)| {
            let tenant = u16::try_from(tenant).unwrap_or(u16::MAX);
            RowRef { tenant, person, ..RowRef::default() }
        };
        Ok(people.into_iter().take(limit).map(row).collect())
    }

    fn values(&self, refs: &[RowRef]) -> Result<Vec<Vec<Value>>, SnapshotError> {
        let mut reader = PeopleReader::new(self.tenants, &COLUMNS, self.days);
        let mut rows = Vec::with_capacity(refs.len());
        for row in refs {
            let Some(tenant) = self.tenants.get(usize::from(row.tenant)) else { continue };
            let values = reader.values(row.tenant, row.person)?;
            let mut cells = Vec::with_capacity(values.len() + 2);
            cells.push(tenant.connection.clone().into());
            cells.extend(values.first().cloned());
            cells.push(tenant.name.clone().into());
            cells.extend(values.iter().skip(1).cloned());
            rows.push(cells);
        }
        Ok(rows)
    }
}
