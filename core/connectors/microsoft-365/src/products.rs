//! The tables `products`, `product_plans` and `applications`, all from `/subscribedSkus`.

use crate::applications::Applications;
use crate::manifest::SUBSCRIBED_SKUS;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::Fail;
use beacon_graph::{Chain, Guid, List, Number, Opaque, Words, read_page};
use beacon_kit::{Column, Rows};
use serde::Deserialize;
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

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Product<'a> {
    #[serde(borrow)]
    sku_id: Guid<'a>,
    #[serde(borrow)]
    sku_part_number: Words<'a>,
    #[serde(borrow)]
    applies_to: Words<'a>,
    #[serde(borrow)]
    capability_status: Words<'a>,
    prepaid_units: Opaque<Units>,
    consumed_units: Number,
    #[serde(borrow)]
    subscription_ids: List<Guid<'a>>,
    #[serde(borrow)]
    service_plans: List<Opaque<Plan<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Units {
    enabled: Number,
    warning: Number,
    suspended: Number,
    locked_out: Number,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Plan<'a> {
    #[serde(borrow)]
    service_plan_id: Guid<'a>,
    #[serde(borrow)]
    service_plan_name: Words<'a>,
    #[serde(borrow)]
    provisioning_status: Words<'a>,
    #[serde(borrow)]
    applies_to: Words<'a>,
}

impl Product<'_> {
    fn fill(&self, rows: &mut Rows, sku_id: &str) {
        let units = &self.prepaid_units.0;
        let subscriptions = sorted(self.subscription_ids.0.iter().filter_map(Guid::get));
        rows.text(SKU_ID, Some(sku_id));
        rows.text(SKU_PART_NUMBER, self.sku_part_number.get());
        rows.text(APPLIES_TO, self.applies_to.get());
        rows.text(CAPABILITY_STATUS, self.capability_status.get());
        rows.integer(ENABLED_UNITS, units.enabled.0);
        rows.integer(WARNING_UNITS, units.warning.0);
        rows.integer(SUSPENDED_UNITS, units.suspended.0);
        rows.integer(LOCKED_OUT_UNITS, units.locked_out.0);
        rows.integer(CONSUMED_UNITS, self.consumed_units.0);
        rows.list(SUBSCRIPTION_IDS, subscriptions);
        rows.end_row();
    }

    fn fill_plans(&self, rows: &mut Rows, sku_id: &str, applications: &mut Applications) {
        for Opaque(plan) in &self.service_plans.0 {
            // A plan without an id cannot be a row, and nothing else refers to it.
            let Some(plan_id) = plan.service_plan_id.get() else { continue };
            let code = plan.service_plan_name.get();
            rows.text(PLAN_SKU_ID, Some(sku_id));
            rows.text(PLAN_ID, Some(plan_id));
            rows.text(PLAN_CODE, code);
            rows.text(APPLICATION_ID, code.and_then(|code| applications.add(code, plan_id)));
            rows.text(PROVISIONING_STATUS, plan.provisioning_status.get());
            rows.text(PLAN_APPLIES_TO, plan.applies_to.get());
            rows.end_row();
        }
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
            let next = read_page(&page.body, |Opaque(product): Opaque<Product<'_>>| match product.sku_id.get() {
                Some(sku_id) => {
                    product.fill(&mut products, sku_id);
                    product.fill_plans(&mut plans, sku_id, &mut applications);
                }
                None => nameless += 1,
            })?;
            session.run.emit(&mut products);
            session.run.emit(&mut plans);
            session.drop_nameless(&names.products, nameless);
            Ok(next.map(Cow::into_owned))
        })
        .await;
    let mut rows = session.rows(&names.applications)?;
    applications.fill(&mut rows);
    session.run.emit(&mut rows);
    let tables = [&names.products, &names.product_plans, &names.applications];
    session.end_mandatory(&tables, chain.pages(), read, &session.need_organization())
}
