//! The table `subscriptions`: trials, dates and resellers behind the products. A run can do without it.

use crate::manifest::SUBSCRIPTIONS;
use crate::session::Session;
use beacon_contract::Fail;
use beacon_graph::{Chain, Flag, Guid, Moment, Number, Opaque, Words, read_page};
use beacon_kit::{Column, Rows};
use serde::Deserialize;
use std::borrow::Cow;

const SUBSCRIPTION_ID: Column = Column::of("subscriptions", "subscription_id");
const COMMERCE_SUBSCRIPTION_ID: Column = Column::of("subscriptions", "commerce_subscription_id");
const SKU_ID: Column = Column::of("subscriptions", "sku_id");
const SKU_PART_NUMBER: Column = Column::of("subscriptions", "sku_part_number");
const STATUS: Column = Column::of("subscriptions", "status");
const IS_TRIAL: Column = Column::of("subscriptions", "is_trial");
const TOTAL_LICENSES: Column = Column::of("subscriptions", "total_licenses");
const CREATED_AT: Column = Column::of("subscriptions", "created_at");
const NEXT_LIFECYCLE_AT: Column = Column::of("subscriptions", "next_lifecycle_at");
const OWNER_TENANT_ID: Column = Column::of("subscriptions", "owner_tenant_id");

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Subscription<'a> {
    #[serde(borrow)]
    id: Guid<'a>,
    #[serde(borrow)]
    commerce_subscription_id: Guid<'a>,
    #[serde(borrow)]
    sku_id: Guid<'a>,
    #[serde(borrow)]
    sku_part_number: Words<'a>,
    #[serde(borrow)]
    status: Words<'a>,
    is_trial: Flag,
    total_licenses: Number,
    created_date_time: Moment,
    next_lifecycle_date_time: Moment,
    #[serde(borrow)]
    owner_tenant_id: Guid<'a>,
}

impl Subscription<'_> {
    fn fill(&self, rows: &mut Rows) {
        rows.text(SUBSCRIPTION_ID, self.id.get());
        rows.text(COMMERCE_SUBSCRIPTION_ID, self.commerce_subscription_id.get());
        rows.text(SKU_ID, self.sku_id.get());
        rows.text(SKU_PART_NUMBER, self.sku_part_number.get());
        rows.text(STATUS, self.status.get());
        rows.boolean(IS_TRIAL, self.is_trial.0);
        rows.integer(TOTAL_LICENSES, self.total_licenses.0);
        rows.integer(CREATED_AT, self.created_date_time.0);
        rows.integer(NEXT_LIFECYCLE_AT, self.next_lifecycle_date_time.0);
        rows.text(OWNER_TENANT_ID, self.owner_tenant_id.get());
        rows.end_row();
    }
}

/// Reads all subscriptions.
///
/// # Errors
/// Only by a defect; whatever Graph refuses is the table's own reason.
pub(crate) async fn read(session: &Session<'_>) -> Result<(), Fail> {
    let place = &session.names.subscriptions;
    let mut rows = session.rows(place)?;
    let mut chain = Chain::new(session.run, &session.names.graph, place, session.url(SUBSCRIPTIONS));
    let read = chain
        .read_to_end(|page| {
            let mut nameless = 0;
            let next = read_page(&page.body, |subscription: Opaque<Subscription<'_>>| {
                if subscription.0.id.get().is_some() { subscription.0.fill(&mut rows) } else { nameless += 1 }
            })?;
            session.run.emit(&mut rows);
            session.drop_nameless(place, nameless);
            Ok(next.map(Cow::into_owned))
        })
        .await;
    session.end_optional(&place.table, chain.pages(), read, &session.need_organization());
    Ok(())
}
