//! A directory that changes while it is read: everybody who was there all the time is there exactly once, and each row
//! is one that was true at some moment of the run.
//!
//! `BEACON_MEANWHILE_RUNS` is the number of runs with six changes each, `BEACON_MEANWHILE_SEED` the first of their
//! seeds.

use crate::harness::rows::{Row, Table};
use crate::harness::scene::Import;
use crate::harness::{Scene, truth};
use beacon_simulator::{Change, FaultKind, FaultRule};
use std::collections::{BTreeMap, BTreeSet};

const USERS: u64 = 60;
const PAGE: u64 = 20;
const RUNS: u64 = 5;
const CHANGES: u64 = 6;

/// The first of the directory lead the others, the later created too, so many each: whoever deletes one of them changes
/// their people as well.
const LED: u64 = 8;

/// Before which request something changes: path, what its query says, page.
type Moment = (&'static str, Option<&'static str>, Option<u64>);

const LIST: &str = "/v1.0/users";
const IN_FULL: Option<&str> = Some("userPrincipalName");
const SIGN_INS: Option<&str> = Some("signInActivity");
const MOMENTS: [Moment; 10] = [
    (LIST, IN_FULL, Some(1)),
    (LIST, IN_FULL, Some(2)),
    (LIST, IN_FULL, Some(3)),
    (LIST, SIGN_INS, Some(1)),
    (LIST, SIGN_INS, Some(2)),
    (LIST, SIGN_INS, Some(3)),
    ("/v1.0/subscribedSkus", None, None),
    ("/v1.0/directoryObjects/getByIds", None, None),
    ("/v1.0/reports/getEmailActivityUserDetail*", None, None),
    ("/data/v1.0/download", None, None),
];

/// The tables that tell of the directory.
const TABLES: [&str; 9] =
    ["tenant", "users", "assignments", "products", "product_plans", "subscriptions", "groups", "sign_ins", "usage"];

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// Numbers that look like chance and are the same every time (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

fn tables(scene: &Scene) -> BTreeMap<&'static str, Table> {
    TABLES.iter().map(|name| (*name, truth::table(&scene.tenant, name))).collect()
}

fn ids(table: &Table) -> BTreeSet<&str> {
    table.values().filter_map(|row| row["user_id"].as_str()).collect()
}

/// Whether a row was true at some moment between these two.
fn was_true(table: &str, row: &Row, before: Option<&Row>, after: Option<&Row>) -> bool {
    let is = |state: Option<&Row>, without: &[&str]| {
        let same = |state: &Row| {
            state.len() == row.len()
                && state.iter().all(|(name, value)| without.contains(&name.as_str()) || row[name] == *value)
        };
        state.is_some_and(same)
    };
    match table {
        // Seats are counted anew with each change: within a run they differ by no more than there are changes.
        "products" => {
            let seats = |row: Option<&Row>| row.and_then(|row| row["consumed_units"].as_i64()).unwrap_or_default();
            let most = i64::try_from(CHANGES).expect("a few");
            let between = seats(before) - most..=seats(before) + most;
            is(after, &["consumed_units"]) && between.contains(&seats(Some(row)))
        }
        // Whom a report names is looked up among the people as they were read: who is called otherwise by then is not found.
        "usage" => {
            is(before, &[])
                || is(after, &[])
                || row["user_id"].is_null() && (is(before, &["user_id"]) || is(after, &["user_id"]))
        }
        _ => is(before, &[]) || is(after, &[]),
    }
}

/// Imports while these changes happen, and compares every row with the directory before and after.
#[track_caller]
fn check(scene: &Scene, changes: &[(Moment, Change)]) -> Import {
    let before = tables(scene);
    scene.tenant.clear_requests();
    scene.tenant.disturb(changes.iter().map(|((path, query, page), change)| {
        let rule = FaultRule::once(path, FaultKind::DirectoryChange { change: change.clone() });
        FaultRule { page: *page, query: query.map(str::to_owned), ..rule }
    }));
    let import = scene.import("Contoso");
    let struck: usize = scene.tenant.requests().iter().map(|request| request.faults.len()).sum();
    assert_eq!(struck, changes.len(), "every change happened during the run: {changes:?}");
    let after = tables(scene);
    for table in TABLES {
        assert_eq!(import.block()["tables"][table]["status"], "complete", "{table} with {changes:?}");
        let found = truth::found(&import.folder, table);
        let (before, after) = (&before[table], &after[table]);
        for (key, row) in &found {
            let (was, is) = (before.get(key), after.get(key));
            assert!(
                was_true(table, row, was, is),
                "{table} {key:?} never was {row:?}, but {was:?} and {is:?}: {changes:?}"
            );
        }
        // One row for each key is what reading checks; here nobody may be missing.
        let lost: Vec<_> = before.keys().filter(|key| after.contains_key(*key) && !found.contains_key(*key)).collect();
        assert!(lost.is_empty(), "{table} lost {lost:?}: {changes:?}");
    }
    let (before, after) = (ids(&before["users"]), ids(&after["users"]));
    assert_ne!(before, after, "somebody came or went");
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
    scene.tenant.clear_faults();
    import
}

fn new_name(scene: &Scene, position: u64) -> String {
    let administrator = scene.tenant.administrator();
    let (_, domain) = administrator.split_once('@').expect("an address");
    // Before and behind everybody else in turn.
    format!("{}.moved.{position}@{domain}", if position.is_multiple_of(2) { "aa" } else { "zz" })
}

#[test]
fn nobody_is_lost_and_nothing_is_made_up() {
    let scene = Scene::paged(USERS, PAGE);
    let first_seed = number("BEACON_MEANWHILE_SEED", 1);
    let runs = number("BEACON_MEANWHILE_RUNS", RUNS);
    let leading = (USERS + runs * CHANGES).div_ceil(LED);
    let mut untouched: Vec<u64> = (3..USERS).collect();
    for seed in first_seed..first_seed + runs {
        let mut chance = Chance(seed);
        let mut of_run = Vec::new();
        for number in 0..CHANGES {
            // Each person changes once in a run, so that there is one state before and one after.
            if untouched.is_empty() {
                untouched = (3..USERS).collect();
            }
            let length = u64::try_from(untouched.len()).expect("a few");
            let position = untouched.swap_remove(usize::try_from(chance.below(length)).expect("small"));
            let change = match number % 3 {
                1 if position >= leading => Change::Delete { position },
                0 | 1 => Change::Rename { position, new_upn: new_name(&scene, position) },
                _ => Change::Create { user_principal_name: None },
            };
            let moment = MOMENTS[usize::try_from(chance.below(MOMENTS.len() as u64)).expect("small")];
            of_run.push((moment, change));
        }
        check(&scene, &of_run);
    }
}

/// The same at each moment alone, for the ends of the list.
#[test]
fn each_change_at_the_pages_of_the_people() {
    let scene = Scene::paged(USERS, PAGE);
    for (moment, positions) in MOMENTS.iter().zip([[4, 5], [24, 25], [58, 59]]) {
        let [renamed, deleted] = positions;
        check(
            &scene,
            &[
                (*moment, Change::Rename { position: renamed, new_upn: new_name(&scene, renamed) }),
                (*moment, Change::Delete { position: deleted }),
                (*moment, Change::Create { user_principal_name: None }),
            ],
        );
    }
}
