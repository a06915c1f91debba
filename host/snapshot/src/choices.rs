//! Values to choose from, over all connections that are asked.

use crate::error::SnapshotError;
use crate::tenant::Tenant;
use beacon_api::ColumnKind;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// More than these nobody looks through.
pub(crate) const MOST_CHOICES: usize = 50;

/// Values of a column with few values, most frequent first; none if there are too many.
pub(crate) fn choices(tenants: &[Tenant], column: &str, kind: ColumnKind) -> Result<Vec<String>, SnapshotError> {
    let mut people: BTreeMap<String, u64> = BTreeMap::new();
    for tenant in tenants {
        for (_, value, count) in tenant.dictionary(column)? {
            let text = match (kind, value) {
                (ColumnKind::YesNo, Value::Integer(flag)) => (flag != 0).to_string(),
                (_, Value::Integer(number)) => number.to_string(),
                (_, Value::Text(text)) => text,
                _ => continue,
            };
            *people.entry(text).or_default() += count;
        }
        if people.len() > MOST_CHOICES {
            return Ok(Vec::new());
        }
    }
    Ok(most_frequent_first(people))
}

/// The values that occur, by how often.
pub(crate) fn most_frequent_first(values: BTreeMap<String, u64>) -> Vec<String> {
    let mut values: Vec<_> = values.into_iter().filter(|(value, _)| !value.is_empty()).collect();
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    values.into_iter().map(|(value, _)| value).collect()
}
