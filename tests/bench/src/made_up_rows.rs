//! Rows of made-up people, as a module would hand them over.

use crate::made_up::{guid, spread};
use beacon_contract::dataset::TableSchema;
use beacon_contract::{ColumnBuilder, ColumnType, encode_columns};

/// Products that people hold.
pub(crate) const SKUS: [&str; 4] = [
    "05e9a617-0261-4cee-bb44-138d3ef5d965",
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "f30db892-07e9-47e9-837c-80727f46fd3d",
    "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235",
];

fn user_text(column: &str, number: u64, id: &str) -> Option<String> {
    let pick = |count: u64| spread(number) % count;
    Some(match column {
        "user_id" => id.to_owned(),
        "user_principal_name" | "mail" => format!("firstname{number}.lastname{}@contoso.example", pick(5000)),
        "display_name" => format!("Firstname{} Lastname{number}", pick(3000)),
        "given_name" => format!("Firstname{}", pick(3000)),
        "surname" => format!("Lastname{number}"),
        "user_type" => "Member".to_owned(),
        "department" => format!("Department {}", pick(120)),
        "company_name" => format!("Contoso {}", pick(6)),
        "cost_center" => format!("CC{:05}", pick(400)),
        "division" => format!("Division {}", pick(12)),
        "manager_id" => guid(number / 9),
        "job_title" => format!("Job title number {}", pick(300)),
        "office_location" => format!("Building {}/{}", pick(40), pick(30)),
        "country" => "Germany".to_owned(),
        "usage_location" => "DE".to_owned(),
        "employee_id" => format!("E{number:07}"),
        "employee_type" => "Employee".to_owned(),
        "on_premises_sam_account_name" => format!("user{number}"),
        "on_premises_domain_name" => "corp.contoso.example".to_owned(),
        _ => return None,
    })
}

/// Users in columns.
pub(crate) fn users_page(table: &TableSchema, numbers: std::ops::Range<u64>) -> Vec<u8> {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    for number in numbers {
        let id = guid(number);
        for (column, builder) in table.columns.iter().zip(&mut builders) {
            match column.kind {
                ColumnType::Text => builder.text(user_text(column.name, number, &id).as_deref()),
                ColumnType::Boolean => builder.boolean(Some(number % 7 != 0)),
                ColumnType::Timestamp => builder.integer(Some(1_500_000_000_000_000 + (number as i64) * 1_000_000)),
                ColumnType::TextList => builder.list([format!("SMTP:user{number}@contoso.example").as_str()]),
                ColumnType::TextMap => {
                    builder.map([("extensionAttribute1", "value one"), ("extensionAttribute7", "x")])
                }
                _ => builder.null(),
            }
        }
    }
    encode_columns(&builders)
}

/// Their assignments, 2.5 each, in columns, and how many those are.
pub(crate) fn assignments_page(table: &TableSchema, numbers: std::ops::Range<u64>) -> (Vec<u8>, u32) {
    let mut builders: Vec<_> = table.columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
    let mut rows = 0;
    for number in numbers {
        let id = guid(number);
        for sku in SKUS.iter().take(2 + (number % 2) as usize) {
            rows += 1;
            for (column, builder) in table.columns.iter().zip(&mut builders) {
                match column.name {
                    "user_id" => builder.text(Some(&id)),
                    "sku_id" => builder.text(Some(sku)),
                    "source" => builder.text(Some("direct")),
                    "counts_seat" => builder.boolean(Some(true)),
                    "state" => builder.text(Some("Active")),
                    "disabled_plans" => builder.list(["113feb6c-3fe4-4440-bddc-54d774bf0318"]),
                    "last_updated_at" => builder.integer(Some(1_600_000_000_000_000 + (number as i64) * 1_000_000)),
                    _ => builder.null(),
                }
            }
        }
    }
    (encode_columns(&builders), rows)
}
