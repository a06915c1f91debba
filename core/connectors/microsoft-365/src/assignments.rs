//! The table `assignments`: who holds which product, and from where.
//!
//! A person holds a product if it stands in `assignedLicenses`: one seat, however many sources. Sources come from
//! `licenseAssignmentStates`, which may miss some and may hold rows in error. `counts_seat` says that a source
//! contributes a valid assignment of a product that is held; a person has one seat of a product if any row counts.
//! If no source does, a row with the source `unknown` stands for it, so that the seat is never lost.

use crate::sorted::sorted;
use beacon_graph::{Guid, List, Moment, Opaque, Words};
use beacon_kit::{Column, Rows};
use serde::Deserialize;
use std::collections::BTreeSet;

const USER_ID: Column = Column::of("assignments", "user_id");
const SKU_ID: Column = Column::of("assignments", "sku_id");
const SOURCE: Column = Column::of("assignments", "source");
const COUNTS_SEAT: Column = Column::of("assignments", "counts_seat");
const STATE: Column = Column::of("assignments", "state");
const ERROR: Column = Column::of("assignments", "error");
const DISABLED_PLANS: Column = Column::of("assignments", "disabled_plans");
const LAST_UPDATED_AT: Column = Column::of("assignments", "last_updated_at");

/// An entry of `assignedLicenses`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct License<'a> {
    #[serde(borrow)]
    sku_id: Guid<'a>,
    #[serde(borrow)]
    disabled_plans: List<Guid<'a>>,
}

/// An entry of `licenseAssignmentStates`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct AssignmentState<'a> {
    #[serde(borrow)]
    sku_id: Guid<'a>,
    #[serde(borrow)]
    assigned_by_group: Guid<'a>,
    #[serde(borrow)]
    disabled_plans: List<Guid<'a>>,
    #[serde(borrow)]
    state: Words<'a>,
    #[serde(borrow)]
    error: Words<'a>,
    last_updated_date_time: Moment,
}

fn plans<'l>(disabled: &'l List<Guid<'_>>) -> Vec<&'l str> {
    sorted(disabled.0.iter().filter_map(Guid::get))
}

/// Adds the rows of one person, and the groups among their sources to `groups`.
pub(crate) fn fill(
    rows: &mut Rows,
    groups: &mut BTreeSet<String>,
    user_id: &str,
    held: &[Opaque<License<'_>>],
    states: &[Opaque<AssignmentState<'_>>],
) {
    let mut explained = vec![false; held.len()];
    for Opaque(source) in states {
        let Some(sku_id) = source.sku_id.get() else { continue };
        let group = source.assigned_by_group.get();
        if let Some(group) = group.filter(|group| !groups.contains(*group)) {
            groups.insert(group.to_owned());
        }
        let holding = held.iter().position(|license| license.0.sku_id.get() == Some(sku_id));
        let counts = holding.is_some() && source.state.get() != Some("Error");
        if let Some(explained) = holding.filter(|_| counts).and_then(|at| explained.get_mut(at)) {
            *explained = true;
        }
        rows.text(USER_ID, Some(user_id));
        rows.text(SKU_ID, Some(sku_id));
        rows.text(SOURCE, Some(group.unwrap_or("direct")));
        rows.boolean(COUNTS_SEAT, Some(counts));
        rows.text(STATE, source.state.get());
        rows.text(ERROR, source.error.get().filter(|error| *error != "None"));
        rows.list(DISABLED_PLANS, plans(&source.disabled_plans));
        rows.integer(LAST_UPDATED_AT, source.last_updated_date_time.0);
        rows.end_row();
    }
    for (Opaque(license), explained) in held.iter().zip(explained) {
        let Some(sku_id) = license.sku_id.get().filter(|_| !explained) else { continue };
        rows.text(USER_ID, Some(user_id));
        rows.text(SKU_ID, Some(sku_id));
        rows.text(SOURCE, Some("unknown"));
        rows.boolean(COUNTS_SEAT, Some(true));
        rows.list(DISABLED_PLANS, plans(&license.disabled_plans));
        rows.end_row();
    }
}
