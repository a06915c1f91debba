//! Products and service plans that a simulated tenant can own. The facts are Microsoft's published ids and names.

mod products;
mod service_plans;

use crate::identifiers::{PlanId, SkuId};
use std::sync::LazyLock;
use uuid::Uuid;

/// A row of the product table as written down: plan names separated by spaces.
struct ProductSource {
    part_number: &'static str,
    id: u128,
    plans: &'static str,
}

/// A service plan inside a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServicePlan {
    /// `servicePlanId`.
    pub id: PlanId,
    /// `servicePlanName`, for example `EXCHANGE_S_ENTERPRISE`.
    pub name: &'static str,
}

impl ServicePlan {
    /// Plans that switch something on for the whole tenant rather than for a person.
    #[must_use]
    pub fn applies_to_company(&self) -> bool {
        matches!(
            self.name,
            "EXCHANGE_S_FOUNDATION"
                | "SHAREPOINTSTORAGE"
                | "M365_LIGHTHOUSE_CUSTOMER_PLAN1"
                | "M365_LIGHTHOUSE_PARTNER_PLAN1"
                | "MICROSOFT_SEARCH"
                | "GRAPH_CONNECTORS_SEARCH_INDEX"
                | "WINDOWSUPDATEFORBUSINESS_DEPLOYMENTSERVICE"
        )
    }

    /// `provisioningStatus` inside a product of this tenant; a few plans wait for somebody.
    #[must_use]
    pub fn provisioning_status(&self) -> &'static str {
        match self.name {
            "INTUNE_O365" | "WINDOWSUPDATEFORBUSINESS_DEPLOYMENTSERVICE" => "PendingActivation",
            "LOCKBOX_ENTERPRISE" => "PendingInput",
            _ => "Success",
        }
    }

    /// The `service` word of `assignedPlans`.
    pub(crate) fn service(&self) -> &'static str {
        const BY_PREFIX: [(&str, &str); 12] = [
            ("EXCHANGE", "exchange"),
            ("SHAREPOINT", "SharePoint"),
            ("TEAMS", "TeamspaceAPI"),
            ("MCO", "MicrosoftCommunicationsOnline"),
            ("OFFICESUB", "MicrosoftOffice"),
            ("AAD_PREMIUM", "AADPremiumService"),
            ("MFA", "MultiFactorService"),
            ("RMS", "RMSOnline"),
            ("INTUNE", "SCO"),
            ("YAMMER", "YammerEnterprise"),
            ("BI_AZURE", "PowerBI"),
            ("FLOW", "ProcessSimple"),
        ];
        BY_PREFIX.iter().find(|(prefix, _)| self.name.starts_with(prefix)).map_or("M365", |(_, service)| service)
    }
}

/// A product as Microsoft sells it.
#[derive(Clone, Debug)]
pub struct Product {
    /// `skuId`.
    pub id: SkuId,
    /// `skuPartNumber`, for example `SPE_E5`.
    pub part_number: &'static str,
    /// Included service plans in the published order.
    pub plans: Vec<ServicePlan>,
}

/// Positions in [`products`], for the generator's licence choices.
pub(crate) mod number {
    pub(crate) const M365_E5: u8 = 0;
    pub(crate) const M365_E3: u8 = 1;
    pub(crate) const OFFICE_E3: u8 = 2;
    pub(crate) const BUSINESS_PREMIUM: u8 = 3;
    pub(crate) const BUSINESS_STANDARD: u8 = 4;
    pub(crate) const EXCHANGE_PLAN_1: u8 = 5;
    pub(crate) const FLOW_FREE: u8 = 6;
    pub(crate) const FABRIC_FREE: u8 = 7;
    pub(crate) const POWER_BI_PRO: u8 = 8;
    pub(crate) const PROJECT_PLAN_3: u8 = 9;
    pub(crate) const VISIO_PLAN_2: u8 = 10;
    pub(crate) const COPILOT: u8 = 11;
    pub(crate) const ENTRA_P2: u8 = 12;
    pub(crate) const EXTRA_STORAGE: u8 = 13;
    pub(crate) const COUNT: usize = 14;
}

/// All products, in the order of [`number`].
#[must_use]
pub fn products() -> &'static [Product] {
    static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| products::PRODUCTS.iter().map(resolve).collect());
    &PRODUCTS
}

/// The product with a number of [`number`]; licence choices hold no others.
#[expect(clippy::indexing_slicing, reason = "numbers are the constants above, and a test holds the table's length")]
pub(crate) fn product(number: u8) -> &'static Product {
    &products()[usize::from(number)]
}

/// The number of a product.
pub(crate) fn number_of(id: SkuId) -> Option<u8> {
    (0..).zip(products()).find(|(_, product)| product.id == id).map(|(number, _)| number)
}

fn resolve(source: &ProductSource) -> Product {
    let plan = |name: &'static str| {
        let found = service_plans::SERVICE_PLANS.iter().find(|(known, _)| *known == name);
        found.map(|(name, id)| ServicePlan { id: PlanId(Uuid::from_u128(*id)), name })
    };
    Product {
        id: SkuId(Uuid::from_u128(source.id)),
        part_number: source.part_number,
        plans: source.plans.split_whitespace().filter_map(plan).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_named_by_a_product_is_known() {
        assert_eq!(products().len(), number::COUNT);
        for (source, product) in products::PRODUCTS.iter().zip(products()) {
            assert_eq!(source.plans.split_whitespace().count(), product.plans.len(), "{}", product.part_number);
        }
    }

    #[test]
    fn the_numbers_point_at_their_products() {
        let named = [
            (number::M365_E5, "SPE_E5"),
            (number::M365_E3, "SPE_E3"),
            (number::OFFICE_E3, "ENTERPRISEPACK"),
            (number::BUSINESS_PREMIUM, "SPB"),
            (number::BUSINESS_STANDARD, "O365_BUSINESS_PREMIUM"),
            (number::EXCHANGE_PLAN_1, "EXCHANGESTANDARD"),
            (number::FLOW_FREE, "FLOW_FREE"),
            (number::FABRIC_FREE, "POWER_BI_STANDARD"),
            (number::POWER_BI_PRO, "POWER_BI_PRO"),
            (number::PROJECT_PLAN_3, "PROJECTPROFESSIONAL"),
            (number::VISIO_PLAN_2, "VISIOCLIENT"),
            (number::COPILOT, "Microsoft_365_Copilot"),
            (number::ENTRA_P2, "AAD_PREMIUM_P2"),
            (number::EXTRA_STORAGE, "SHAREPOINTSTORAGE"),
        ];
        for (number, part_number) in named {
            assert_eq!(product(number).part_number, part_number);
        }
    }
}
