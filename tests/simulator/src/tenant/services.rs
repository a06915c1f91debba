//! Which services somebody may use: what their products hold, less the plans that every source switches off.

use super::licensing::{SWITCHABLE_PLANS, Source};
use crate::catalog::{self, number};
use std::sync::LazyLock;

/// A service that usage reports are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Exchange = 1,
    OneDrive = 2,
    SharePoint = 4,
    Teams = 8,
    Yammer = 16,
    Skype = 32,
    Apps = 64,
    Copilot = 128,
    Project = 256,
    Visio = 512,
    Archive = 1_024,
}

/// A set of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Services(u16);

impl Services {
    pub(crate) const EVERYTHING: Self = Self(u16::MAX);

    pub(crate) fn has(self, service: Service) -> bool {
        self.0 & service as u16 != 0
    }

    pub(crate) fn has_any(self, services: &[Service]) -> bool {
        services.iter().any(|service| self.has(*service))
    }

    fn of_plan(name: &str) -> Self {
        use Service::{Apps, Archive, Copilot, Exchange, OneDrive, Project, SharePoint, Skype, Teams, Visio, Yammer};
        let services: &[Service] = match name {
            "EXCHANGE_S_ENTERPRISE" => &[Exchange, Archive],
            "EXCHANGE_S_STANDARD" => &[Exchange],
            "EXCHANGE_S_ARCHIVE_ADDON" => &[Archive],
            // OneDrive comes with SharePoint; there is no plan of its own in suites.
            "SHAREPOINTENTERPRISE" | "SHAREPOINTSTANDARD" => &[SharePoint, OneDrive],
            "ONEDRIVE_BASIC" => &[OneDrive],
            "TEAMS1" => &[Teams],
            "YAMMER_ENTERPRISE" => &[Yammer],
            "MCOSTANDARD" => &[Skype],
            "OFFICESUBSCRIPTION" | "OFFICE_BUSINESS" => &[Apps],
            "M365_COPILOT_APPS" => &[Copilot],
            "PROJECT_CLIENT_SUBSCRIPTION" => &[Project],
            "VISIO_CLIENT_SUBSCRIPTION" => &[Visio],
            _ => &[],
        };
        Self(services.iter().fold(0, |set, service| set | *service as u16))
    }
}

/// Ways of switching plans off: a bit for each entry of [`SWITCHABLE_PLANS`].
const WAYS: usize = 1 << SWITCHABLE_PLANS.len();

/// Services of each product for each way of switching plans off.
static BY_PRODUCT: LazyLock<[[u16; WAYS]; number::COUNT]> = LazyLock::new(|| {
    let mut table = [[0; WAYS]; number::COUNT];
    for (ways, product) in table.iter_mut().zip(catalog::products()) {
        for (way, services) in ways.iter_mut().enumerate() {
            let on = |position: &usize| {
                let switch = SWITCHABLE_PLANS.iter().position(|switchable| switchable == position);
                switch.is_none_or(|bit| way & (1 << bit) == 0)
            };
            let plans = product.plans.iter().enumerate().filter(|(position, _)| on(position));
            *services = plans.fold(0, |set, (_, plan)| set | Services::of_plan(plan.name).0);
        }
    }
    table
});

fn of_product(product: u8, off: u8) -> u16 {
    let ways = BY_PRODUCT.get(usize::from(product));
    ways.and_then(|ways| ways.get(usize::from(off) % WAYS)).copied().unwrap_or_default()
}

/// Services of somebody with these licence sources.
pub(super) fn of_sources(sources: &[Source]) -> Services {
    let mut services = 0;
    for (position, source) in sources.iter().enumerate().filter(|(_, source)| source.holds()) {
        let same = |other: &&Source| other.holds() && other.product == source.product;
        if !sources.iter().take(position).any(|other| same(&other)) {
            let off = sources.iter().filter(same).fold(u8::MAX, |off, other| off & other.disabled);
            services |= of_product(source.product, off);
        }
    }
    Services(services)
}

/// Numbers in the catalogue of the products held by these sources, each once.
pub(super) fn products_of(sources: &[Source]) -> Vec<u8> {
    let mut products: Vec<u8> = sources.iter().filter(|source| source.holds()).map(|source| source.product).collect();
    products.sort_unstable();
    products.dedup();
    products
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tenant, TenantOptions};

    #[test]
    fn services_agree_with_the_plans_of_the_whole_record() {
        let tenant = Tenant::new(&TenantOptions { users: 3_000, ..TenantOptions::default() });
        let mut switched_off = 0;
        for user in (0..3_000).map(|index| tenant.user(index)) {
            let has = |names: &[&str]| {
                user.assigned_licenses.iter().any(|license| {
                    let product = catalog::products().iter().find(|product| product.id == license.sku_id).unwrap();
                    let mut plans = product.plans.iter().filter(|plan| names.contains(&plan.name));
                    plans.any(|plan| !license.disabled_plans.contains(&plan.id))
                })
            };
            let services = of_sources(&tenant.sources_with(&tenant.changes(), user.index));
            assert_eq!(services.has(Service::Teams), has(&["TEAMS1"]));
            assert_eq!(services.has(Service::Exchange), has(&["EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD"]));
            assert_eq!(services.has(Service::SharePoint), has(&["SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD"]));
            assert_eq!(services.has(Service::Copilot), has(&["M365_COPILOT_APPS"]));
            switched_off += usize::from(services.has(Service::Exchange) && !services.has(Service::Teams));
        }
        assert!(switched_off > 0, "nobody has Exchange without Teams");
    }
}
