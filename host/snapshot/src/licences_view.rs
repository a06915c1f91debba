//! The view of licences: products with their seats, added up by product.

use crate::applications_view::of_connections;
use crate::error::SnapshotError;
use crate::question::Question;
use crate::small_view::{SmallColumn, SmallFound};
use crate::tenant::Tenant;
use beacon_api::{ColumnKind, Seats};
use serde_json::Value;
use std::collections::BTreeMap;

const fn column(id: &'static str, label: &'static str, kind: ColumnKind, shown: bool) -> SmallColumn {
    SmallColumn { id, label, kind, shown, searched: matches!(kind, ColumnKind::Text) }
}

const COLUMNS: [SmallColumn; 12] = [
    column("product_name", "Product", ColumnKind::Text, true),
    column("part_number", "Part number", ColumnKind::Text, false),
    column("offer", "Kind", ColumnKind::Text, true),
    column("people", "People", ColumnKind::Number, true),
    column("consumed", "Assigned", ColumnKind::Number, true),
    column("enabled", "Seats", ColumnKind::Number, true),
    column("warning", "In grace period", ColumnKind::Number, true),
    column("available", "Available", ColumnKind::Number, true),
    column("suspended", "Suspended", ColumnKind::Number, false),
    column("locked_out", "Locked out", ColumnKind::Number, false),
    column("status", "Status", ColumnKind::Text, true),
    column("tenants", "Connections", ColumnKind::Text, true),
];

/// A product of a file.
#[derive(Clone, Debug)]
pub(crate) struct StoredProduct {
    pub(crate) number: i64,
    pub(crate) sku_id: String,
    pub(crate) part_number: Option<String>,
    pub(crate) name: String,
    pub(crate) applies_to: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) seats: Seats,
    pub(crate) consumed: Option<i64>,
    pub(crate) people: u64,
    pub(crate) offer: String,
}

impl Tenant {
    /// Products in the order of their numbers.
    pub(crate) fn products(&self) -> Result<Vec<StoredProduct>, SnapshotError> {
        let read = || -> rusqlite::Result<Vec<StoredProduct>> {
            let mut statement = self.file.connection.prepare_cached(
                "SELECT number, sku_id, part_number, name, applies_to, status, enabled, warning, suspended, locked_out,
                 consumed, people, offer FROM products ORDER BY number",
            )?;
            let rows = statement.query_map([], |row| {
                let consumed: Option<i64> = row.get(10)?;
                Ok(StoredProduct {
                    number: row.get(0)?,
                    sku_id: row.get(1)?,
                    part_number: row.get(2)?,
                    name: row.get(3)?,
                    applies_to: row.get(4)?,
                    status: row.get(5)?,
                    seats: Seats {
                        enabled: row.get(6)?,
                        warning: row.get(7)?,
                        suspended: row.get(8)?,
                        locked_out: row.get(9)?,
                        consumed: consumed.unwrap_or(0),
                    },
                    consumed,
                    people: row.get::<_, i64>(11)?.unsigned_abs(),
                    offer: row.get(12)?,
                })
            })?;
            rows.collect()
        };
        self.file.damaged(read())
    }
}

/// Adds seats of another connection.
pub(crate) fn add(sum: &mut Seats, other: Seats) {
    let pairs = [
        (&mut sum.enabled, other.enabled),
        (&mut sum.warning, other.warning),
        (&mut sum.suspended, other.suspended),
        (&mut sum.locked_out, other.locked_out),
        (&mut sum.consumed, other.consumed),
    ];
    for (sum, other) in pairs {
        *sum = sum.saturating_add(other);
    }
}

/// A product over all connections, and those.
pub(crate) struct ProductSum {
    pub(crate) product: StoredProduct,
    connections: Vec<(String, String)>,
}

/// Sums by id. What differs between connections in words is joined.
pub(crate) fn sums(tenants: &[Tenant]) -> Result<BTreeMap<String, ProductSum>, SnapshotError> {
    let mut sums: BTreeMap<String, ProductSum> = BTreeMap::new();
    for tenant in tenants {
        for product in tenant.products()? {
            let connection = (tenant.connection.clone(), tenant.name.clone());
            match sums.get_mut(&product.sku_id) {
                None => {
                    sums.insert(product.sku_id.clone(), ProductSum { product, connections: vec![connection] });
                }
                Some(sum) => {
                    add(&mut sum.product.seats, product.seats);
                    sum.product.consumed = match (sum.product.consumed, product.consumed) {
                        (Some(one), Some(other)) => Some(one.saturating_add(other)),
                        (one, other) => one.or(other),
                    };
                    sum.product.people += product.people;
                    if let Some(status) = product.status {
                        let known = sum.product.status.get_or_insert_with(|| status.clone());
                        if !known.split(", ").any(|one| one == status) {
                            known.push_str(", ");
                            known.push_str(&status);
                        }
                    }
                    if !sum.product.offer.split(", ").any(|one| one == product.offer) {
                        sum.product.offer.push_str(", ");
                        sum.product.offer.push_str(&product.offer);
                    }
                    sum.connections.push(connection);
                }
            }
        }
    }
    Ok(sums)
}

/// The rows that a question finds.
pub(crate) fn licences(tenants: &[Tenant], question: &Question) -> Result<SmallFound, SnapshotError> {
    let rows = sums(tenants)?.into_iter().map(|(id, ProductSum { product, connections })| {
        let (connection, names) = of_connections(&connections);
        let seats = product.seats;
        let available = seats.enabled.saturating_add(seats.warning).saturating_sub(seats.consumed);
        let cells = COLUMNS.iter().map(|column| match column.id {
            "product_name" => product.name.clone().into(),
            "part_number" => product.part_number.clone().into(),
            "offer" => product.offer.clone().into(),
            "people" => product.people.into(),
            "consumed" => product.consumed.into(),
            "enabled" => seats.enabled.into(),
            "warning" => seats.warning.into(),
            "available" => product.consumed.map(|_| available).into(),
            "suspended" => seats.suspended.into(),
            "locked_out" => seats.locked_out.into(),
            "status" => product.status.clone().into(),
            "tenants" => names.clone(),
            _ => Value::Null,
        });
        [connection, id.into()].into_iter().chain(cells).collect()
    });
    SmallFound::new(question, &COLUMNS, rows.collect())
}
