//! The table `subscriptions`: trials, dates and resellers behind the products. A run can do without it.

use crate::manifest::SUBSCRIPTIONS;
use crate::session::Session;
use beacon_contract::Fail;
use beacon_graph::{Object, Values as _};
use beacon_kit::{Column, Rows};

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

fn fill(rows: &mut Rows, subscription: Object<'_>, id: &str) {
    rows.text(SUBSCRIPTION_ID, Some(id));
    rows.text(COMMERCE_SUBSCRIPTION_ID, subscription.guid("commerceSubscriptionId").as_deref());
    rows.text(SKU_ID, subscription.guid("skuId").as_deref());
    rows.text(SKU_PART_NUMBER, subscription.text("skuPartNumber"));
    rows.text(STATUS, subscription.text("status"));
    rows.boolean(IS_TRIAL, subscription.flag("isTrial"));
    rows.integer(TOTAL_LICENSES, subscription.number("totalLicenses"));
    rows.integer(CREATED_AT, subscription.moment("createdDateTime"));
    rows.integer(NEXT_LIFECYCLE_AT, subscription.moment("nextLifecycleDateTime"));
    rows.text(OWNER_TENANT_ID, subscription.guid("ownerTenantId").as_deref());
    rows.end_row();
}

/// Reads all subscriptions.
///
/// # Errors
/// Only by a defect; whatever Graph refuses is the table's own reason.
pub(crate) async fn read(session: &Session<'_>) -> Result<(), Fail> {
    let need = session.need_organization();
    session.read_list(&session.names.subscriptions, SUBSCRIPTIONS, &need, fill).await
}
