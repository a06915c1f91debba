//! Dataset 1: the tables of a package. Names are stable; a minor version only adds nullable columns.
//!
//! Every table also carries `tenant_id` as its first column; the host fills it.

use crate::ColumnType::{self, Boolean, Date, Integer, Text, TextList, TextMap, Timestamp};

/// Version of the dataset, written into every package.
pub const DATASET_VERSION: &str = "1.0";

/// One table.
#[derive(Debug, PartialEq, Eq)]
pub struct TableSchema {
    /// Its name.
    pub name: &'static str,
    /// One sentence for people who read the package.
    pub description: &'static str,
    /// Columns whose values together name a row, within one tenant. None of them is ever null.
    pub key: &'static [&'static str],
    /// Its columns, without `tenant_id` (except in the table `tenant`, where it is the key).
    pub columns: &'static [Column],
    /// Values that must exist in another table: column here, table, column there.
    pub references: &'static [(&'static str, &'static str, &'static str)],
}

/// One column.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// Whether the host fills it; a module that sends it is refused.
    pub by_host: bool,
}

const fn required(name: &'static str, kind: ColumnType) -> Column {
    Column { name, kind, nullable: false, by_host: false }
}

const fn optional(name: &'static str, kind: ColumnType) -> Column {
    Column { name, kind, nullable: true, by_host: false }
}

const fn by_host(name: &'static str, kind: ColumnType) -> Column {
    Column { name, kind, nullable: true, by_host: true }
}

impl TableSchema {
    /// Position of a column.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|known| known.name == name)
    }
}

/// The table of a name.
#[must_use]
pub fn table(name: &str) -> Option<&'static TableSchema> {
    TABLES.iter().find(|table| table.name == name)
}

/// All tables, in the order in which a package lists them.
pub const TABLES: &[TableSchema] = &[
    TableSchema {
        name: "tenant",
        description: "The organisation whose data this is: exactly one row.",
        key: &["tenant_id"],
        columns: &[
            required("tenant_id", Text),
            optional("display_name", Text),
            optional("default_domain", Text),
            optional("verified_domains", TextList),
            optional("country_code", Text),
            optional("tenant_type", Text),
            optional("created_at", Timestamp),
            optional("cloud", Text),
            optional("on_premises_sync_enabled", Boolean),
        ],
        references: &[],
    },
    TableSchema {
        name: "products",
        description: "Products (SKUs) of the tenant with their seats.",
        key: &["sku_id"],
        columns: &[
            required("sku_id", Text),
            optional("sku_part_number", Text),
            by_host("product_name", Text),
            optional("applies_to", Text),
            optional("capability_status", Text),
            optional("enabled_units", Integer),
            optional("warning_units", Integer),
            optional("suspended_units", Integer),
            optional("locked_out_units", Integer),
            optional("consumed_units", Integer),
            optional("subscription_ids", TextList),
        ],
        references: &[],
    },
    TableSchema {
        name: "product_plans",
        description: "Service plans within each product.",
        key: &["sku_id", "plan_id"],
        columns: &[
            required("sku_id", Text),
            required("plan_id", Text),
            optional("plan_code", Text),
            by_host("plan_name", Text),
            optional("application_id", Text),
            optional("provisioning_status", Text),
            optional("applies_to", Text),
        ],
        references: &[("sku_id", "products", "sku_id"), ("application_id", "applications", "application_id")],
    },
    TableSchema {
        name: "subscriptions",
        description: "Commercial subscriptions behind the products.",
        key: &["subscription_id"],
        columns: &[
            required("subscription_id", Text),
            optional("commerce_subscription_id", Text),
            optional("sku_id", Text),
            optional("sku_part_number", Text),
            optional("status", Text),
            optional("is_trial", Boolean),
            optional("total_licenses", Integer),
            optional("created_at", Timestamp),
            optional("next_lifecycle_at", Timestamp),
            optional("owner_tenant_id", Text),
        ],
        references: &[],
    },
    TableSchema {
        name: "users",
        description: "Everybody in the directory, guests and disabled accounts included.",
        key: &["user_id"],
        columns: &[
            required("user_id", Text),
            optional("user_principal_name", Text),
            optional("display_name", Text),
            optional("given_name", Text),
            optional("surname", Text),
            optional("mail", Text),
            optional("alternate_addresses", TextList),
            optional("account_enabled", Boolean),
            optional("user_type", Text),
            optional("creation_type", Text),
            optional("external_user_state", Text),
            optional("created_at", Timestamp),
            optional("department", Text),
            optional("company_name", Text),
            optional("cost_center", Text),
            optional("division", Text),
            optional("manager_id", Text),
            optional("job_title", Text),
            optional("office_location", Text),
            optional("country", Text),
            optional("usage_location", Text),
            optional("employee_id", Text),
            optional("employee_type", Text),
            optional("extension_attributes", TextMap),
            optional("on_premises_sync_enabled", Boolean),
            optional("on_premises_sam_account_name", Text),
            optional("on_premises_domain_name", Text),
        ],
        references: &[],
    },
    TableSchema {
        name: "assignments",
        description: "Who holds which product, and from where: direct, a group, or unknown.",
        key: &["user_id", "sku_id", "source"],
        columns: &[
            required("user_id", Text),
            required("sku_id", Text),
            required("source", Text),
            required("counts_seat", Boolean),
            optional("state", Text),
            optional("error", Text),
            optional("disabled_plans", TextList),
            optional("last_updated_at", Timestamp),
        ],
        references: &[("user_id", "users", "user_id")],
    },
    TableSchema {
        name: "groups",
        description: "Groups that assign licences.",
        key: &["group_id"],
        columns: &[required("group_id", Text), optional("display_name", Text)],
        references: &[],
    },
    TableSchema {
        name: "applications",
        description: "What people call the services: Exchange, Teams, Word, Copilot.",
        key: &["application_id"],
        columns: &[
            required("application_id", Text),
            required("application_name", Text),
            optional("plan_ids", TextList),
            optional("measured_by", TextList),
        ],
        references: &[],
    },
    TableSchema {
        name: "sign_ins",
        description: "Last sign-ins. Attempts count failures too; only the successful one is use.",
        key: &["user_id"],
        columns: &[
            required("user_id", Text),
            optional("last_successful_at", Timestamp),
            optional("last_interactive_attempt_at", Timestamp),
            optional("last_non_interactive_attempt_at", Timestamp),
        ],
        // Read at another moment than `users`: somebody who came or went in between is in only one of them.
        references: &[],
    },
    TableSchema {
        name: "usage",
        description: "Use of applications as the reports tell it.",
        key: &["user_key", "application_id", "platform", "report", "period_days"],
        columns: &[
            required("user_key", Text),
            required("application_id", Text),
            required("platform", Text),
            required("report", Text),
            required("period_days", Integer),
            by_host("user_id", Text),
            required("attributable", Boolean),
            optional("is_deleted", Boolean),
            optional("deleted_on", Date),
            optional("last_activity_on", Date),
            optional("used_in_period", Boolean),
            optional("refreshed_on", Date),
        ],
        references: &[("application_id", "applications", "application_id")],
    },
    TableSchema {
        name: "activations",
        description: "Installations of desktop and mobile applications.",
        key: &["user_key", "product_type"],
        columns: &[
            required("user_key", Text),
            required("product_type", Text),
            by_host("user_id", Text),
            optional("last_activated_on", Date),
            optional("windows", Integer),
            optional("mac", Integer),
            optional("ios", Integer),
            optional("android", Integer),
            optional("windows_mobile", Integer),
            optional("shared_computer", Integer),
            optional("refreshed_on", Date),
        ],
        references: &[],
    },
    TableSchema {
        name: "storage",
        description: "Mailboxes and OneDrive accounts with their size.",
        key: &["user_key", "kind"],
        columns: &[
            required("user_key", Text),
            required("kind", Text),
            by_host("user_id", Text),
            optional("mailbox_kind", Text),
            optional("has_archive", Boolean),
            optional("used_bytes", Integer),
            optional("quota_bytes", Integer),
            optional("item_count", Integer),
            optional("is_deleted", Boolean),
            optional("last_activity_on", Date),
            optional("refreshed_on", Date),
        ],
        references: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_references_point_at_columns_that_are_never_null() {
        for schema in TABLES {
            for key in schema.key {
                let column = schema.column(key).unwrap_or_else(|| panic!("{}.{key} exists", schema.name));
                assert!(!column.nullable && !column.by_host, "{}.{key} is part of the key", schema.name);
            }
            for (here, other, there) in schema.references {
                assert!(schema.column(here).is_some(), "{}.{here}", schema.name);
                assert_eq!(table(other).and_then(|table| table.key.last()), Some(there), "{}.{here}", schema.name);
            }
        }
    }
}
