//! The table `assignments`: who holds which product, and from where.
//!
//! A person holds a product if it stands in `assignedLicenses`: one seat, however many sources. Sources come from
//! `licenseAssignmentStates`, which may miss some and may hold rows in error. `counts_seat` says that a source
//! contributes a valid assignment of a product that is held; a person has one seat of a product if any row counts.
//! If no source does, a row with the source `unknown` stands for it, so that the seat is never lost.

use crate::sorted::sorted;
use beacon_graph::{Object, Values as _};
use beacon_kit::{Column, Rows};
use std::borrow::Cow;
use std::collections::BTreeSet;

const USER_ID: Column = Column::of("assignments", "user_id");
const SKU_ID: Column = Column::of("assignments", "sku_id");
const SOURCE: Column = Column::of("assignments", "source");
const COUNTS_SEAT: Column = Column::of("assignments", "counts_seat");
const STATE: Column = Column::of("assignments", "state");
const ERROR: Column = Column::of("assignments", "error");
const DISABLED_PLANS: Column = Column::of("assignments", "disabled_plans");
const LAST_UPDATED_AT: Column = Column::of("assignments", "last_updated_at");

/// The plans that are switched off.
fn plans(source: Object<'_>) -> Vec<Cow<'_, str>> {
    source.guids("disabledPlans").collect()
}

fn list_plans(rows: &mut Rows, plans: &[Cow<'_, str>]) {
    rows.list(DISABLED_PLANS, sorted(plans.iter().map(Cow::as_ref)));
}

/// Adds the rows of one person, and the groups among their sources to `groups`.
pub(crate) fn fill(rows: &mut Rows, groups: &mut BTreeSet<String>, user_id: &str, user: Object<'_>) {
    // What is held, and whether a source explains it.
    let held = user.objects("assignedLicenses");
    let mut held: Vec<_> = held.filter_map(|license| Some((license.guid("skuId")?, license, false))).collect();
    for source in user.objects("licenseAssignmentStates") {
        let Some(sku_id) = source.guid("skuId") else { continue };
        // Asked for in the order in which Graph sends them.
        let plans = plans(source);
        let group = source.guid("assignedByGroup");
        if let Some(group) = group.as_deref().filter(|group| !groups.contains(*group)) {
            groups.insert(group.to_owned());
        }
        let state = source.text("state");
        let holding = held.iter_mut().find(|(held, ..)| *held == sku_id).filter(|_| state != Some("Error"));
        rows.text(USER_ID, Some(user_id));
        rows.text(SKU_ID, Some(&sku_id));
        rows.text(SOURCE, Some(group.as_deref().unwrap_or("direct")));
        rows.boolean(COUNTS_SEAT, Some(holding.is_some()));
        rows.text(STATE, state);
        rows.text(ERROR, source.text("error").filter(|error| *error != "None"));
        list_plans(rows, &plans);
        rows.integer(LAST_UPDATED_AT, source.moment("lastUpdatedDateTime"));
        rows.end_row();
        if let Some((.., explained)) = holding {
            *explained = true;
        }
    }
    for (sku_id, license, _) in held.iter().filter(|(.., explained)| !explained) {
        rows.text(USER_ID, Some(user_id));
        rows.text(SKU_ID, Some(sku_id));
        rows.text(SOURCE, Some("unknown"));
        rows.boolean(COUNTS_SEAT, Some(true));
        list_plans(rows, &plans(*license));
        rows.end_row();
    }
}
