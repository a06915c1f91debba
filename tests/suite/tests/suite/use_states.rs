//! Who uses what, in the five states of the dataset: from a package of a simulated tenant, compared with the generator.

use crate::harness::rows::{Row, read_file};
use crate::harness::scene::Import;
use crate::harness::{Scene, use_truth};
use beacon_simulator::ReportsState;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const USERS: u64 = 400;

fn scene() -> Scene {
    let scene = Scene::of(USERS, 1);
    scene.tenant.permit_everything();
    scene.add_own_app("Contoso");
    scene
}

/// What the command says about each application.
#[track_caller]
fn told(scene: &Scene, import: &Import, days: u16) -> BTreeMap<String, Value> {
    let folder = import.folder.display().to_string();
    let report = scene.beacon(&["--json", "package", "use", &folder, "--days", &days.to_string()]).exits(0).json();
    let applications = report["applications"].as_array().expect("a list").iter();
    applications.map(|it| (it["application_id"].as_str().expect("an id").to_owned(), it.clone())).collect()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Who holds a plan of each application, from the tables as an analyst would.
fn holders(import: &Import) -> BTreeMap<String, BTreeSet<String>> {
    let read = |table: &str| read_file(&import.folder.join(format!("{table}.parquet")));
    let text = |row: &Row, column: &str| row[column].as_str().unwrap_or_default().to_owned();
    let mut off: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in read("assignments").iter().filter(|row| row["counts_seat"] == true) {
        let disabled = texts(&row["disabled_plans"]);
        let known = off.entry((text(row, "user_id"), text(row, "sku_id"))).or_insert_with(|| disabled.clone());
        known.retain(|plan| disabled.contains(plan));
    }
    let plans: BTreeSet<_> =
        read("product_plans").iter().map(|row| (text(row, "sku_id"), text(row, "plan_id"))).collect();
    let held = |plan_ids: &BTreeSet<String>| {
        let holds = |((_, sku), off): &(&(String, String), &BTreeSet<String>)| {
            plan_ids.iter().any(|plan| !off.contains(plan) && plans.contains(&(sku.clone(), plan.clone())))
        };
        off.iter().filter(holds).map(|((user, _), _)| user.clone()).collect()
    };
    read("applications").iter().map(|row| (text(row, "application_id"), held(&texts(&row["plan_ids"])))).collect()
}

#[test]
fn everybody_is_in_the_state_that_the_generator_knows() {
    let scene = scene();
    let import = scene.import("Contoso");
    let (holders, known) = (holders(&import), use_truth::known(&scene.tenant));
    let mut seen = BTreeSet::new();
    for days in [30, 60, 90, 180] {
        for (id, told) in told(&scene, &import, days) {
            if id == "microsoft_365_apps" {
                // The sum over the programs, which the generator has no fact of.
                continue;
            }
            let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
            let mut people = holders.get(&id).cloned().unwrap_or_default();
            for ((_, user), known) in known.iter().filter(|((application, _), _)| *application == id) {
                *expected.entry(known.state(days)).or_default() += 1;
                people.remove(user);
            }
            let count = |name: &str| told[name].as_u64().unwrap_or_default();
            let states = [
                ("used_within", "within"),
                ("used_before", "before"),
                ("used_unclear", "unclear"),
                ("never_used", "never"),
            ];
            for (name, state) in states {
                assert_eq!(count(name), expected.get(state).copied().unwrap_or_default(), "{id}, {days} days: {told}");
                if count(name) > 0 {
                    seen.insert(name);
                }
            }
            assert_eq!(count("no_data") + count("not_measured"), people.len() as u64, "{id}: {told}");
            for name in ["no_data", "not_measured"] {
                if count(name) > 0 {
                    seen.insert(name);
                }
            }
        }
    }
    assert_eq!(seen.len(), 6, "every state but one occurs: {seen:?}");
    let told = told(&scene, &import, 90);
    for id in ["visio", "project", "power_bi", "intune", "entra_id"] {
        if let Some(told) = told.get(id) {
            assert_eq!(told["not_measured"], told["people"], "{told}");
        }
    }
    let shown = scene.beacon(&["package", "use", &import.folder.display().to_string()]).exits(0).output;
    assert!(shown.contains("LAST 90 DAYS") && shown.contains("Exchange"), "{shown}");
}

/// Concealed, or without any report: whatever is not known is never "never used".
#[test]
fn what_is_not_known_is_not_unused() {
    let scene = scene();
    scene.tenant.set_concealed(true);
    let concealed = told(&scene, &scene.import("Contoso"), 90);
    scene.tenant.set_concealed(false);
    scene.tenant.set_reports(ReportsState::Empty);
    let empty = told(&scene, &scene.import("Contoso"), 90);
    for (applications, state) in [(concealed, "not_attributable"), (empty, "no_data")] {
        let exchange = &applications["exchange"];
        assert!(exchange["people"].as_u64() > Some(100), "{exchange}");
        assert_eq!(exchange[state], exchange["people"], "{exchange}");
        for told in applications.values() {
            for wrong in ["used_within", "used_before", "used_unclear", "never_used"] {
                assert_eq!(told[wrong], 0, "{told}");
            }
        }
    }
}
