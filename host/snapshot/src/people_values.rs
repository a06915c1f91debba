//! Columns of people for the rows of a list.

use crate::cell::{SortKey, json};
use crate::choices::choices;
use crate::error::SnapshotError;
use crate::merged::{KeyOf, Merged, PeopleList};
use crate::people_set::PeopleSet;
use crate::question::Question;
use crate::tenant::{PRODUCT_FILTER, Tenant};
use crate::user_columns::{Keep, UserColumn, file_column};
use beacon_api::{Column, ColumnKind};
use serde_json::Value;

/// Id of the column that names the connection.
pub(crate) const CONNECTION_NAME: &str = "connection_name";

/// The column that names the connection: shown if there are several.
pub(crate) fn connection_column(tenants: &[Tenant]) -> Column {
    Column {
        id: CONNECTION_NAME.to_owned(),
        label: "Connection".to_owned(),
        kind: ColumnKind::Text,
        shown: tenants.len() > 1,
        choices: Vec::new(),
        sortable: false,
    }
}

/// A column of people as the page sees it. `shown` overrides where a view has other interests.
pub(crate) fn column(tenants: &[Tenant], id: &str, days: u16, shown: Option<bool>) -> Result<Column, SnapshotError> {
    let Some(known) = file_column(id, days) else {
        return Err(SnapshotError::UnknownColumn {
            field: "sort",
            view: beacon_api::View::Users,
            column: id.to_owned(),
            known: Vec::new(),
        });
    };
    let choices = match known.keep {
        Keep::Coded => choices(tenants, known.id, known.kind)?,
        Keep::Ranked => Vec::new(),
    };
    Ok(Column {
        id: id.to_owned(),
        label: known.label.to_owned(),
        kind: known.kind,
        shown: shown.unwrap_or(known.shown),
        choices,
        sortable: true,
    })
}

/// Names that a view can be filtered by.
pub(crate) fn check_filters(question: &Question, known: &[&str], others: &[&str]) -> Result<(), SnapshotError> {
    let can = |column: &str| known.contains(&column) || others.contains(&column) || column == PRODUCT_FILTER;
    match question.filters.keys().find(|column| !can(column)) {
        None => Ok(()),
        Some(column) => {
            let all = known.iter().chain(others).copied().chain([PRODUCT_FILTER]).map(str::to_owned).collect();
            Err(question.unknown("filter", column, all))
        }
    }
}

/// People in the order of a column (of ids if there is none), with so many rows for each.
pub(crate) fn merged<'t>(
    tenants: &'t [Tenant],
    sets: &[PeopleSet],
    weights: Option<&[Vec<u16>]>,
    sort: Option<&'static UserColumn>,
    descending: bool,
) -> Result<Merged<'t>, SnapshotError> {
    let mut lists = Vec::with_capacity(tenants.len());
    for (place, (tenant, set)) in tenants.iter().zip(sets).enumerate() {
        let ranks = sort.map(|column| tenant.ranks(column)).transpose()?;
        let ranks = ranks.as_ref().map(|(ranks, largest)| (ranks.as_slice(), *largest));
        let list = PeopleList::new(set, ranks, descending);
        lists.push(match weights.and_then(|weights| weights.get(place)) {
            Some(rows) => list.weighted(rows),
            None => list,
        });
    }
    let text = sort.map(|column| format!("SELECT {} FROM people WHERE number = ?1", column.id));
    let key_of: Box<KeyOf<'t>> = Box::new(move |list, person| {
        let (Some(text), Some(tenant)) = (&text, tenants.get(list)) else { return Ok(None) };
        let key = tenant
            .file
            .connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.query_row([person], |row| Ok(SortKey::of_file(row.get_ref(0)?))));
        tenant.file.damaged(key)
    });
    Ok(Merged { lists, key_of, descending })
}

/// Reads the values of people, one after the other.
pub(crate) struct PeopleReader<'t> {
    tenants: &'t [Tenant],
    kinds: Vec<ColumnKind>,
    text: String,
    last: Option<((u16, u32), Vec<Value>)>,
}

impl<'t> PeopleReader<'t> {
    pub(crate) fn new(tenants: &'t [Tenant], ids: &[&str], days: u16) -> Self {
        let columns: Vec<_> = ids.iter().filter_map(|id| file_column(id, days)).collect();
        let names: Vec<_> = columns.iter().map(|column| column.id).collect();
        Self {
            tenants,
            kinds: columns.iter().map(|column| column.kind).collect(),
            text: format!("SELECT user_id, {} FROM people WHERE number = ?1", names.join(", ")),
            last: None,
        }
    }

    /// Id and values of a person.
    pub(crate) fn values(&mut self, tenant: u16, person: u32) -> Result<&[Value], SnapshotError> {
        let wanted = (tenant, person);
        if self.last.as_ref().is_none_or(|(last, _)| *last != wanted) {
            let Some(of) = self.tenants.get(usize::from(tenant)) else { return Ok(&[]) };
            let kinds = std::iter::once(&ColumnKind::Text).chain(&self.kinds);
            let read = of.file.connection.prepare_cached(&self.text).and_then(|mut statement| {
                statement.query_row([person], |row| {
                    kinds.enumerate().map(|(place, kind)| Ok(json(*kind, row.get_ref(place)?))).collect()
                })
            });
            self.last = Some((wanted, of.file.damaged(read)?));
        }
        Ok(self.last.as_ref().map_or(&[], |(_, values)| values))
    }
}
