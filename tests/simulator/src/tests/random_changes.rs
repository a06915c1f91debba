//! Changes drawn from a seed, and the list of what they changed.

use crate::{Change, DifferenceKind, Simulator, SimulatorOptions, TenantOptions};
use std::collections::{BTreeMap, BTreeSet};

async fn simulator(seed: u64) -> Simulator {
    let tenant = TenantOptions { seed, users: 1_500, ..TenantOptions::default() };
    Simulator::start(SimulatorOptions { tenant, ..SimulatorOptions::default() }).await.unwrap()
}

fn kind(change: &Change) -> &'static str {
    match change {
        Change::Rename { .. } => "rename",
        Change::Delete { .. } => "delete",
        Change::Create { .. } => "create",
        Change::Restore { .. } => "restore",
        Change::Disable { .. } => "disable",
        Change::Enable { .. } => "enable",
        Change::AssignLicense { .. } => "assign",
        Change::RemoveLicense { .. } => "remove",
        Change::JoinGroup { .. } => "join",
        Change::LeaveGroup { .. } => "leave",
    }
}

#[tokio::test]
async fn every_kind_of_change_is_drawn_and_seats_follow() {
    for seed in 1..=3 {
        let simulator = simulator(seed).await;
        let before = simulator.ground_truth().kept();
        let people_before: Vec<_> = before.users().collect();
        let made = simulator.change_randomly(seed, 400);
        assert_eq!(made.len(), 400);
        assert_eq!(made.iter().map(kind).collect::<BTreeSet<_>>().len(), 10, "some kind is missing");
        assert_eq!(before.users().collect::<Vec<_>>(), people_before, "what was kept has changed");

        let truth = simulator.ground_truth();
        let mut holders: BTreeMap<_, u64> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for fact in truth.assignments() {
            assert!(keys.insert((fact.user_id, fact.sku_id, fact.source)), "a source occurs twice");
        }
        for license in truth.users().flat_map(|user| user.assigned_licenses) {
            *holders.entry(license.sku_id).or_default() += 1;
        }
        for sku in truth.products() {
            let expected = holders.get(&sku.product.id).copied().unwrap_or_default();
            assert_eq!(sku.consumed_units, expected, "seed {seed}: {}", sku.product.part_number);
        }
    }
}

#[tokio::test]
async fn equal_seeds_make_equal_changes_and_nothing_changed_is_an_empty_list() {
    let [one, other] = [simulator(1).await, simulator(1).await];
    assert_eq!(one.change_randomly(7, 100), other.change_randomly(7, 100));
    assert_ne!(one.change_randomly(8, 100), other.change_randomly(9, 100));
    let truth = one.ground_truth();
    assert_eq!(truth.changes_since(&truth.kept()), []);
}

/// Each change by itself, with what it has to lead to.
#[tokio::test]
async fn one_change_leads_to_the_differences_it_should() {
    let simulator = simulator(1).await;
    let user = simulator
        .ground_truth()
        .users()
        .skip(3)
        .find(|user| {
            let by_group = |group: &crate::LicenseAssignment| {
                group.assigned_by_group.is_some_and(|id| simulator.tenant().group(id).is_some())
            };
            user.account_enabled && user.mail.is_some() && user.license_assignments.iter().any(by_group)
        })
        .unwrap();
    let position = user.index;
    let told = |change: Change| {
        let before = simulator.ground_truth().kept();
        simulator.change(change).unwrap();
        let differences = simulator.ground_truth().changes_since(&before);
        let own = differences.into_iter().filter(|it| it.key.starts_with(&user.id.to_string()));
        own.map(|it| (it.table, it.kind, it.columns.into_iter().collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let changed = |table, columns: &[&'static str]| (table, DifferenceKind::Changed, columns.to_vec());
    assert_eq!(told(Change::Disable { position }), [changed("users", &["account_enabled"])]);
    assert_eq!(told(Change::Disable { position }), []);
    let sources = user.license_assignments.len();
    let removed = told(Change::Delete { position });
    assert_eq!(removed.len(), 1 + sources);
    assert!(removed.iter().all(|(_, kind, _)| *kind == DifferenceKind::Removed));
    let restored = told(Change::Restore { position });
    assert!(restored.len() == 1 + sources && restored.iter().all(|(_, kind, _)| *kind == DifferenceKind::Added));
    assert!(!simulator.tenant().user(position).account_enabled, "comes back as it went");
    let new_upn = "another.name@contoso.example".to_owned();
    let renamed = changed("users", &["alternate_addresses", "mail", "user_principal_name"]);
    assert_eq!(told(Change::Rename { position, new_upn }), [renamed]);
    let group_id = user.license_assignments.iter().find_map(|it| it.assigned_by_group).unwrap();
    let left = told(Change::LeaveGroup { position, group_id });
    assert_eq!(left, [("assignments", DifferenceKind::Removed, vec![])]);
    let joined = told(Change::JoinGroup { position, group_id });
    assert_eq!(joined, [("assignments", DifferenceKind::Added, vec![])]);
    assert!(simulator.change(Change::Restore { position }).is_err(), "nobody was deleted there");
}
