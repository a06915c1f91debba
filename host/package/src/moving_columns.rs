//! What moves by itself: columns and tables that differ from one day to the next although nothing was changed in the
//! tenant. A list of changes that held them would be a second copy of the tables.

/// Tables that are no part of the changes at all.
const MOVING_TABLES: &[&str] = &[
    // Every sign-in of every person.
    "sign_ins",
];

/// Columns whose differences are no changes. What is not listed counts, such as `products.consumed_units` (somebody
/// gave or took licences) and `activations.last_activated_on` (somebody installed something).
const MOVING_COLUMNS: &[(&str, &str)] = &[
    // People work.
    ("usage", "last_activity_on"),
    ("usage", "used_in_period"),
    ("storage", "last_activity_on"),
    // Mailboxes and drives fill up.
    ("storage", "used_bytes"),
    ("storage", "item_count"),
    // The service counts again every day.
    ("usage", "refreshed_on"),
    ("activations", "refreshed_on"),
    ("storage", "refreshed_on"),
];

pub(crate) fn is_moving_table(table: &str) -> bool {
    MOVING_TABLES.contains(&table)
}

pub(crate) fn is_moving(table: &str, column: &str) -> bool {
    MOVING_COLUMNS.contains(&(table, column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::dataset::table;

    #[test]
    fn every_entry_is_in_the_dataset_and_no_key() {
        for name in MOVING_TABLES {
            assert!(table(name).is_some(), "{name}");
        }
        for (name, column) in MOVING_COLUMNS {
            let schema = table(name).unwrap();
            assert!(schema.column(column).is_some() && !schema.key.contains(column), "{name}.{column}");
        }
    }
}
