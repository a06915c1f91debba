//! The tables `products`, `product_plans` and `applications`, all from `/subscribedSkus`.

use crate::applications::Applications;
use crate::manifest::SUBSCRIBED_SKUS;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::Fail;
use beacon_graph::{Chain, Object, Values as _, read_page};
use beacon_kit::{Column, Rows};
use std::borrow::Cow;

const SKU_ID: Column = Column::of("products", "sku_id");
const SKU_PART_NUMBER: Column = Column::of("products", "sku_part_number");
const APPLIES_TO: Column = Column::of("products", "applies_to");
const CAPABILITY_STATUS: Column = Column::of("products", "capability_status");
const ENABLED_UNITS: Column = Column::of("products", "enabled_units");
const WARNING_UNITS: Column = Column::of("products", "warning_units");
const SUSPENDED_UNITS: Column = Column::of("products", "suspended_units");
const LOCKED_OUT_UNITS: Column = Column::of("products", "locked_out_units");
const CONSUMED_UNITS: Column = Column::of("products", "consumed_units");
const SUBSCRIPTION_IDS: Column = Column::of("products", "subscription_ids");

const PLAN_SKU_ID: Column = Column::of("product_plans", "sku_id");
const PLAN_ID: Column = Column::of("product_plans", "plan_id");
const PLAN_CODE: Column = Column::of("product_plans", "plan_code");
const APPLICATION_ID: Column = Column::of("product_plans", "application_id");
const PROVISIONING_STATUS: Column = Column::of("product_plans", "provisioning_status");
const PLAN_APPLIES_TO: Column = Column::of("product_plans", "applies_to");

fn fill(rows: &mut Rows, product: Object<'_>, sku_id: &str) {
    let units = product.object("prepaidUnits");
    let subscriptions: Vec<Cow<'_, str>> = product.guids("subscriptionIds").collect();
    rows.text(SKU_ID, Some(sku_id));
    rows.text(SKU_PART_NUMBER, product.text("skuPartNumber"));
    rows.text(APPLIES_TO, product.text("appliesTo"));
    rows.text(CAPABILITY_STATUS, product.text("capabilityStatus"));
    rows.integer(ENABLED_UNITS, units.number("enabled"));
    rows.integer(WARNING_UNITS, units.number("warning"));
    rows.integer(SUSPENDED_UNITS, units.number("suspended"));
    rows.integer(LOCKED_OUT_UNITS, units.number("lockedOut"));
    rows.integer(CONSUMED_UNITS, product.number("consumedUnits"));
    rows.list(SUBSCRIPTION_IDS, sorted(subscriptions.iter().map(Cow::as_ref)));
    rows.end_row();
}

fn fill_plans(rows: &mut Rows, product: Object<'_>, sku_id: &str, applications: &mut Applications) {
    for plan in product.objects("servicePlans") {
        // A plan without an id cannot be a row, and nothing else refers to it.
        let Some(plan_id) = plan.guid("servicePlanId") else { continue };
        let code = plan.text("servicePlanName");
        rows.text(PLAN_SKU_ID, Some(sku_id));
        rows.text(PLAN_ID, Some(&plan_id));
        rows.text(PLAN_CODE, code);
        rows.text(APPLICATION_ID, code.and_then(|code| applications.add(code, &plan_id)));
        rows.text(PROVISIONING_STATUS, plan.text("provisioningStatus"));
        rows.text(PLAN_APPLIES_TO, plan.text("appliesTo"));
        rows.end_row();
    }
}

/// Reads all products with their plans, and the applications that the plans stand for.
///
/// # Errors
/// The run cannot go on without them.
pub(crate) async fn read(session: &Session<'_>) -> Result<(), Fail> {
    let names = &session.names;
    let (mut products, mut plans) = (session.rows(&names.products)?, session.rows(&names.product_plans)?);
    let mut applications = Applications::default();
    let mut chain = Chain::new(session.run, &names.graph, &names.products, session.url(SUBSCRIBED_SKUS));
    let read = chain
        .read_to_end(|page| {
            if page.first {
                applications = Applications::default();
            }
            let mut nameless = 0;
            let next = read_page(&page.body, |product| match product.guid("skuId") {
                Some(sku_id) => {
                    fill(&mut products, product, &sku_id);
                    fill_plans(&mut plans, product, &sku_id, &mut applications);
                }
                None => nameless += 1,
            })?;
            session.run.emit(&mut products);
            session.run.emit(&mut plans);
            session.drop_nameless(&names.products, nameless);
            Ok(next)
        })
        .await;
    let mut rows = session.rows(&names.applications)?;
    applications.fill(&mut rows);
    session.run.emit(&mut rows);
    let tables = [&names.products, &names.product_plans, &names.applications];
    session.end_mandatory(&tables, chain.pages(), read, &session.need_organization()).map(drop)
}
