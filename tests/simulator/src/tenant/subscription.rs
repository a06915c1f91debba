//! Products with their unit counts, and the commercial subscriptions those add up from.

use super::Tenant;
use super::licensing::Source;
use super::person::days_back;
use crate::catalog::{self, Product, number};
use crate::dice::{Dice, Domain};
use crate::identifiers::{SubscriptionId, TenantId};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

/// `capabilityStatus` of a product, `status` of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CapabilityStatus {
    /// In force.
    Enabled,
    /// Expired, still usable for a while.
    Warning,
    /// Cancelled; recoverable, not assignable.
    Suspended,
    /// Cancelled by the customer.
    LockedOut,
}

impl CapabilityStatus {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Warning => "Warning",
            Self::Suspended => "Suspended",
            Self::LockedOut => "LockedOut",
        }
    }
}

/// `prepaidUnits`: the units of a product's subscriptions by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the statuses of CapabilityStatus")]
pub struct PrepaidUnits {
    pub enabled: u64,
    pub warning: u64,
    pub suspended: u64,
    pub locked_out: u64,
}

/// A product owned by the tenant (`subscribedSku`).
#[derive(Clone, Debug)]
pub struct SubscribedSku {
    /// Its entry in the catalogue.
    pub product: &'static Product,
    /// `false`: for the tenant as a whole (`appliesTo` = `Company`).
    pub applies_to_user: bool,
    /// Status of the product.
    pub capability_status: CapabilityStatus,
    /// People who hold it.
    pub consumed_units: u64,
    /// Units by status, summed over the subscriptions.
    pub prepaid_units: PrepaidUnits,
    /// Its subscriptions.
    pub subscription_ids: Vec<SubscriptionId>,
}

/// A commercial subscription (`companySubscription`).
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Directory id.
    pub id: SubscriptionId,
    /// Id in commerce.
    pub commerce_subscription_id: uuid::Uuid,
    /// The product.
    pub product: &'static Product,
    /// Status.
    pub status: CapabilityStatus,
    /// A trial.
    pub is_trial: bool,
    /// Units.
    pub total_licenses: u64,
    /// Start.
    pub created_at: Timestamp,
    /// When the status moves on unless renewed; free products have none.
    pub next_lifecycle_at: Option<Timestamp>,
    /// The partner that sold it.
    pub owner_tenant_id: Option<TenantId>,
}

/// How a product was bought: status, share of the need in percent, trial, sold by a partner.
type Deal = (CapabilityStatus, u64, bool, bool);

fn deals(product: u8) -> &'static [Deal] {
    use CapabilityStatus::{Enabled, LockedOut, Suspended, Warning};
    match product {
        number::M365_E5 => &[(Enabled, 80, false, false), (Enabled, 25, false, true), (Enabled, 5, true, false)],
        number::M365_E3 => &[(Enabled, 70, false, false), (Enabled, 25, false, true)],
        number::BUSINESS_STANDARD => &[(Suspended, 110, false, false)],
        number::EXCHANGE_PLAN_1 => &[(Enabled, 110, false, false), (LockedOut, 20, false, true)],
        number::VISIO_PLAN_2 => &[(Enabled, 90, false, true), (Warning, 30, false, true)],
        number::PROJECT_PLAN_3 => &[(Warning, 110, false, false)],
        number::COPILOT => &[(Enabled, 115, false, false), (Enabled, 5, true, false)],
        _ => &[(Enabled, 110, false, false)],
    }
}

fn add(counts: &mut [u64; number::COUNT], product: u8, difference: i64) {
    if let Some(count) = counts.get_mut(usize::from(product)) {
        *count = count.saturating_add_signed(difference);
    }
}

/// Every product that these sources of one person hold, once.
fn for_each_product(sources: &[Source], mut found: impl FnMut(u8)) {
    for (position, source) in sources.iter().enumerate() {
        let mut earlier = sources.iter().take(position);
        if source.holds() && !earlier.any(|other| other.holds() && other.product == source.product) {
            found(source.product);
        }
    }
}

impl Tenant {
    /// People per product, counted once over the whole directory on first use (about 0.2 s for a million users).
    fn consumed_at_first(&self) -> &[u64; number::COUNT] {
        self.consumed.get_or_init(|| {
            let mut counts = [0; number::COUNT];
            for index in 0..self.generated_count() {
                for_each_product(&self.generated_sources(index), |product| add(&mut counts, product, 1));
            }
            counts
        })
    }

    /// People per product now: what was bought does not follow, as in life.
    fn consumed(&self) -> [u64; number::COUNT] {
        let mut counts = *self.consumed_at_first();
        let changes = self.changes();
        let generated = self.generated_count();
        for index in changes.counted_anew(generated) {
            if index < generated {
                for_each_product(&self.generated_sources(index), |product| add(&mut counts, product, -1));
            }
            if !changes.is_deleted(index) {
                for_each_product(&self.sources_with(&changes, index), |product| add(&mut counts, product, 1));
            }
        }
        counts
    }

    /// Every subscription, grouped by product in catalogue order.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Subscription> {
        let mut subscriptions = Vec::new();
        for (product, consumed) in (0..).zip(self.consumed_at_first()) {
            for (position, deal) in (0..).zip(deals(product)) {
                subscriptions.push(self.subscription(product, *consumed, position, deal));
            }
        }
        subscriptions
    }

    fn subscription(&self, product: u8, consumed: u64, position: u64, deal: &Deal) -> Subscription {
        let (status, share, is_trial, by_partner) = *deal;
        let mut dice = Dice::new(self.seed, Domain::Subscription, u64::from(product) * 16 + position);
        let free = matches!(product, number::FLOW_FREE | number::FABRIC_FREE);
        let created_at = days_back(&mut dice, 1_000);
        let years_and_days = |days: u64| created_at.checked_add((days as i64 * 24).hours()).unwrap_or(created_at);
        Subscription {
            id: SubscriptionId(dice.guid()),
            commerce_subscription_id: dice.guid(),
            product: catalog::product(product),
            status,
            is_trial,
            total_licenses: match product {
                number::FABRIC_FREE => 1_000_000.max(consumed),
                number::FLOW_FREE => 10_000.max(consumed),
                number::EXTRA_STORAGE => 500,
                _ if is_trial => 25,
                _ => (consumed * share / 100).max(1).next_multiple_of(5),
            },
            created_at,
            next_lifecycle_at: (!free).then(|| years_and_days(if is_trial { 1_030 } else { 1_460 })),
            owner_tenant_id: by_partner.then(|| TenantId(Dice::new(self.seed, Domain::Tenant, 7).guid())),
        }
    }

    /// Every product the tenant owns, in catalogue order.
    #[must_use]
    pub fn subscribed_skus(&self) -> Vec<SubscribedSku> {
        let subscriptions = self.subscriptions();
        let sku = |(product, consumed): (&'static Product, u64)| {
            let mut prepaid_units = PrepaidUnits::default();
            let mut subscription_ids = Vec::new();
            for subscription in subscriptions.iter().filter(|subscription| subscription.product.id == product.id) {
                let units = match subscription.status {
                    CapabilityStatus::Enabled => &mut prepaid_units.enabled,
                    CapabilityStatus::Warning => &mut prepaid_units.warning,
                    CapabilityStatus::Suspended => &mut prepaid_units.suspended,
                    CapabilityStatus::LockedOut => &mut prepaid_units.locked_out,
                };
                *units += subscription.total_licenses;
                subscription_ids.push(subscription.id);
            }
            SubscribedSku {
                product,
                applies_to_user: product.id != catalog::product(number::EXTRA_STORAGE).id,
                capability_status: match prepaid_units {
                    PrepaidUnits { enabled: 1.., .. } => CapabilityStatus::Enabled,
                    PrepaidUnits { warning: 1.., .. } => CapabilityStatus::Warning,
                    PrepaidUnits { suspended: 1.., .. } => CapabilityStatus::Suspended,
                    PrepaidUnits { .. } => CapabilityStatus::LockedOut,
                },
                consumed_units: consumed,
                prepaid_units,
                subscription_ids,
            }
        };
        catalog::products().iter().zip(self.consumed()).map(sku).collect()
    }
}
