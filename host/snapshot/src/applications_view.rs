//! The view of applications: how many people are in which state, added up by application.

use crate::cell::day_text;
use crate::error::SnapshotError;
use crate::question::Question;
use crate::small_view::{SmallColumn, SmallFound};
use crate::tenant::Tenant;
use crate::use_code::{STATES, name_of};
use beacon_api::{ApplicationUse, ColumnKind};
use serde_json::Value;
use std::collections::BTreeMap;

const fn number(id: &'static str, label: &'static str, shown: bool) -> SmallColumn {
    SmallColumn { id, label, kind: ColumnKind::Number, shown, searched: false }
}

const COLUMNS: [SmallColumn; 11] = [
    SmallColumn { id: "application_name", label: "Application", kind: ColumnKind::Text, shown: true, searched: true },
    number("people", "People", true),
    number("used_within", "Used", true),
    number("used_unclear", "Used, unclear when", true),
    number("used_before", "Used before", true),
    number("never_used", "Never used", true),
    number("no_data", "No data", true),
    number("not_attributable", "Concealed", true),
    number("not_measured", "Not measured", true),
    SmallColumn { id: "refreshed_on", label: "Figures of", kind: ColumnKind::Day, shown: true, searched: false },
    SmallColumn { id: "tenants", label: "Connections", kind: ColumnKind::Text, shown: true, searched: true },
];

/// An application over all connections.
#[derive(Default)]
pub(crate) struct Sum {
    pub(crate) name: String,
    pub(crate) states: [u64; STATES.len()],
    oldest_on: Option<i64>,
    connections: Vec<(String, String)>,
}

/// Sums by id, for a rule.
pub(crate) fn sums(tenants: &[Tenant], rule: usize) -> Result<BTreeMap<String, Sum>, SnapshotError> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for tenant in tenants {
        for application in tenant.applications()? {
            let sum = sums.entry(application.id).or_default();
            sum.name = application.name;
            sum.connections.push((tenant.connection.clone(), tenant.name.clone()));
            sum.oldest_on = match (sum.oldest_on, application.oldest_on) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            for ((_, state), people) in application.people.into_iter().filter(|((of, _), _)| *of == rule) {
                if let Some(count) = sum.states.get_mut(usize::from(state)) {
                    *count += people;
                }
            }
        }
    }
    Ok(sums)
}

/// The connection that a row is of, empty if it is of several; and all their names.
pub(crate) fn of_connections(connections: &[(String, String)]) -> (Value, Value) {
    let id = match connections {
        [(id, _)] => id.clone(),
        _ => String::new(),
    };
    let names: Vec<_> = connections.iter().map(|(_, name)| name.as_str()).collect();
    (id.into(), names.join(", ").into())
}

/// The rows that a question finds.
pub(crate) fn applications(tenants: &[Tenant], question: &Question) -> Result<SmallFound, SnapshotError> {
    let count = |sum: &Sum, name: &str| {
        let place = STATES.iter().position(|state| name_of(*state) == name);
        place.and_then(|place| sum.states.get(place)).copied()
    };
    let rows = sums(tenants, question.rule)?.into_iter().map(|(id, sum)| {
        let (connection, names) = of_connections(&sum.connections);
        let cells = COLUMNS.iter().map(|column| match column.id {
            "application_name" => sum.name.clone().into(),
            "people" => sum.states.iter().sum::<u64>().into(),
            "refreshed_on" => sum.oldest_on.and_then(day_text).into(),
            "tenants" => names.clone(),
            state => count(&sum, state).into(),
        });
        [connection, id.into()].into_iter().chain(cells).collect()
    });
    SmallFound::new(question, &COLUMNS, rows.collect())
}

/// An application by state, without the states that nobody is in.
pub(crate) fn by_state(id: String, name: String, states: &[u64; STATES.len()]) -> ApplicationUse {
    let people = STATES.into_iter().zip(*states).filter(|(_, people)| *people > 0).collect();
    ApplicationUse { application_id: id, application_name: name, people }
}
