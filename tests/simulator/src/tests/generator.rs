//! What the generator promises, checked over whole tenants.

use crate::reports::{Issue, ReportSettings};
use crate::tenant::AssignmentState;
use crate::{AssignmentSource, GroundTruth, SkuId, Tenant, TenantOptions, UserId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn tenant(seed: u64, users: u64) -> Arc<Tenant> {
    Arc::new(Tenant::new(&TenantOptions { seed, users, ..TenantOptions::default() }))
}

fn truth(seed: u64, users: u64) -> GroundTruth {
    let tenant = tenant(seed, users);
    let now = crate::tenant::REFERENCE_TIME;
    let issue = Issue::at(now, Arc::clone(&tenant), ReportSettings::default(), seed);
    GroundTruth::new(tenant, issue, now)
}

#[test]
fn equal_seeds_give_equal_people_and_other_seeds_others() {
    let people = |seed| truth(seed, 300).users().collect::<Vec<_>>();
    assert_eq!(people(7), people(7));
    assert_ne!(people(7), people(8));
}

#[test]
fn a_larger_tenant_begins_with_the_smaller_one() {
    let small: Vec<_> = truth(3, 50).users().collect();
    let large: Vec<_> = truth(3, 500).users().take(50).collect();
    assert_eq!(small, large);
}

#[test]
fn consumed_units_are_the_people_who_hold_the_product() {
    for (seed, users) in [(1, 10), (2, 5_000)] {
        let truth = truth(seed, users);
        let mut holders: BTreeMap<SkuId, u64> = BTreeMap::new();
        for user in truth.users() {
            for license in &user.assigned_licenses {
                *holders.entry(license.sku_id).or_default() += 1;
            }
        }
        for sku in truth.products() {
            let expected = holders.get(&sku.product.id).copied().unwrap_or_default();
            assert_eq!(sku.consumed_units, expected, "{}", sku.product.part_number);
        }
    }
}

#[test]
fn a_product_is_held_exactly_if_a_source_is_in_force() {
    let truth = truth(4, 5_000);
    let mut seats: BTreeSet<(UserId, SkuId)> = BTreeSet::new();
    let mut keys = BTreeSet::new();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for fact in truth.assignments() {
        assert!(keys.insert((fact.user_id, fact.sku_id, fact.source)), "a source occurs twice");
        if fact.counts_seat {
            seats.insert((fact.user_id, fact.sku_id));
        }
        let kind = match (fact.source, fact.state) {
            (AssignmentSource::Unknown, _) => "unknown",
            (_, Some(AssignmentState::Error)) => "in error",
            (_, Some(AssignmentState::ActiveWithError)) => "active with error",
            (AssignmentSource::Direct, _) => "direct",
            (AssignmentSource::Group(_), _) => "by group",
        };
        *seen.entry(kind).or_default() += 1;
        if !fact.disabled_plans.is_empty() {
            *seen.entry("with disabled plans").or_default() += 1;
        }
    }
    let held: BTreeSet<(UserId, SkuId)> = truth
        .users()
        .flat_map(|user| user.assigned_licenses.clone().into_iter().map(move |license| (user.id, license.sku_id)))
        .collect();
    assert_eq!(held, seats);
    assert_eq!(seen.len(), 6, "some kind of assignment never occurs: {seen:?}");
}

#[test]
fn subscriptions_add_up_to_their_products() {
    let truth = truth(5, 2_000);
    let subscriptions = truth.subscriptions();
    for sku in truth.products() {
        let own = subscriptions.iter().filter(|subscription| subscription.product.id == sku.product.id);
        let total: u64 = own.clone().map(|subscription| subscription.total_licenses).sum();
        let units = sku.prepaid_units;
        assert_eq!(total, units.enabled + units.warning + units.suspended + units.locked_out);
        assert_eq!(sku.subscription_ids, own.map(|subscription| subscription.id).collect::<Vec<_>>());
    }
    assert!(subscriptions.iter().any(|subscription| subscription.is_trial));
    assert!(subscriptions.iter().any(|subscription| subscription.owner_tenant_id.is_some()));
}

#[test]
fn awkward_people_occur() {
    let people: Vec<_> = truth(6, 3_000).users().collect();
    let some = |what: &str, test: &dyn Fn(&crate::UserRecord) -> bool| {
        assert!(people.iter().any(test), "nobody is {what}");
    };
    some("a guest", &|user| user.user_type == crate::UserType::Guest);
    some("disabled", &|user| !user.account_enabled);
    some("a resource", &|user| user.is_resource_account == Some(true));
    some("without a creation date", &|user| user.created_at.is_none());
    some("without a licence", &|user| user.license_assignments.is_empty());
    for character in [',', '"', '\'', '\\', 'ü', '東', '花'] {
        some(&format!("named with {character}"), &|user| {
            let place = user.city.unwrap_or_default();
            user.display_name.contains(character) || place.contains(character)
        });
    }
    let reported: usize =
        people.iter().map(|user| user.license_assignments.iter().filter(|source| source.reported).count()).sum();
    assert!(reported >= 2 * people.len(), "on average fewer than two licence states: {reported}");
}

#[test]
fn the_deleted_group_is_named_but_unknown() {
    let truth = truth(9, 3_000);
    let groups = truth.assigning_groups();
    assert_eq!(groups.values().filter(|name| name.is_none()).count(), 1);
    assert!(groups.len() > 24, "a few dozen groups assign licences, not {}", groups.len());
}

proptest! {
    #[test]
    fn ids_and_names_lead_back_to_the_position(seed: u64, index in 0_u64..1_000_000) {
        let tenant = Tenant::new(&TenantOptions { seed, users: 1_000_000, ..TenantOptions::default() });
        prop_assert_eq!(tenant.index_of(tenant.user_id(index)), Some(index));
        let name = tenant.principal_name(index);
        prop_assert_eq!(tenant.index_of_principal_name(&name.to_uppercase()), Some(index));
        let user = tenant.user(index);
        prop_assert_eq!(user.id, tenant.user_id(index));
        prop_assert_eq!(user.user_principal_name, name);
    }

    #[test]
    fn ids_of_nobody_lead_nowhere(bits: u128) {
        let tenant = Tenant::new(&TenantOptions::default());
        prop_assert_eq!(tenant.index_of(UserId(uuid::Uuid::from_u128(bits))), None);
    }
}
