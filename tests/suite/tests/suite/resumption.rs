//! A run that is killed goes on where it was, without asking again for what it has.

use crate::harness::Scene;
use crate::harness::scene::Import;
use beacon_simulator::{FaultKind, FaultRule};
use std::time::{Duration, Instant};

const LIST: &str = "/v1.0/users";
const USERS: u64 = 5_000;

/// Kills a run while the list waits for its `page`-th page.
fn killed_at(scene: &Scene, page: u64) {
    scene.tenant.clear_requests();
    scene.tenant.add_fault(FaultRule::once(LIST, FaultKind::SlowBody { milliseconds: 60_000 }).on_page(page));
    let running = scene.start(&["--json", "run", "Contoso"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    let asked = || u64::try_from(scene.tenant.asked(LIST)).unwrap_or(u64::MAX) >= page;
    while !asked() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(asked(), "the run never came to page {page}");
    scene.remember(running.kill());
    scene.tenant.clear_faults();
}

#[test]
fn a_killed_run_goes_on_with_what_it_has() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    let undisturbed = scene.import("Contoso");
    for page in [1, 3, 5] {
        killed_at(&scene, page);
        let finished = scene.run("Contoso", &[]).exits(0);
        assert!(finished.errors.is_empty() || finished.errors.contains("interrupted"), "{}", finished.errors);
        let resumed = Import::of(&finished);
        assert_eq!(resumed.package_id(), undisturbed.package_id(), "killed at page {page}");
        assert_eq!(resumed.block()["tables"]["users"]["proof"], "chain");
        // Six pages, and once more the one that was cut off.
        assert_eq!(scene.tenant.asked(LIST), 7, "killed at page {page}");
    }
    let runs = std::fs::read_dir(scene.data().join("runs")).map(Iterator::count).unwrap_or_default();
    assert_eq!(runs, 0, "journals of finished runs are gone");
}

/// What processes that died left about people is gone, and an interrupted run goes on all the same, until its connection
/// is removed.
#[test]
fn nothing_is_left_of_runs_that_cannot_go_on() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    killed_at(&scene, 3);
    let (runs, snapshots) = (scene.data().join("runs"), scene.data().join("snapshots"));
    let nobody = "7f4b3c5e-1111-4222-8333-444455556666";
    std::fs::create_dir_all(&snapshots).expect("a folder");
    std::fs::create_dir(runs.join(nobody)).expect("a folder");
    let left = [
        runs.join(nobody).join("rows"),
        snapshots.join(".snapshot-abc.partial"),
        snapshots.join(format!("{nobody}.sqlite")),
    ];
    left.iter().for_each(|file| std::fs::write(file, "people").expect("a file"));
    scene.beacon(&["connection", "list"]).exits(0);
    let there = |folder| std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default();
    assert_eq!((there(&runs), there(&snapshots)), (1, 0));
    scene.beacon(&["connection", "remove", "Contoso", "--yes"]).exits(0);
    assert_eq!(there(&runs), 0);
}

/// Killed again and again, it still ends, as one run.
#[test]
fn a_run_that_is_killed_twice_is_one_run() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    let undisturbed = scene.import("Contoso");
    killed_at(&scene, 2);
    let pages = scene.tenant.asked(LIST);
    scene.tenant.add_fault(FaultRule::once(LIST, FaultKind::SlowBody { milliseconds: 60_000 }).on_page(4));
    let running = scene.start(&["--json", "run", "Contoso"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while scene.tenant.asked(LIST) < pages + 3 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    scene.remember(running.kill());
    scene.tenant.clear_faults();
    let resumed = Import::of(&scene.run("Contoso", &[]).exits(0));
    assert_eq!(resumed.package_id(), undisturbed.package_id());
    assert_eq!(scene.packages().len(), 2);
    assert_eq!(scene.tenant.asked(LIST), 8, "six pages, and each cut one once more");
}

/// Other settings make another run: nothing of the old one is used.
#[test]
fn a_run_with_other_settings_starts_anew() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    killed_at(&scene, 3);
    let tenant = format!("tenant={}", scene.tenant.tenant_id().to_string().to_uppercase());
    scene.beacon(&["connection", "edit", "Contoso", "--set", &tenant]).exits(0);
    scene.tenant.clear_requests();
    scene.import("Contoso");
    assert_eq!(scene.tenant.asked(LIST), 6, "the whole list");
}

/// A journal that somebody changed is not believed.
#[test]
fn a_damaged_journal_starts_anew() {
    let scene = Scene::of(USERS, 1);
    scene.add_own_app("Contoso");
    killed_at(&scene, 3);
    let runs = std::fs::read_dir(scene.data().join("runs")).expect("the folder of the runs");
    let journal = runs.flatten().map(|run| run.path().join("journal")).find(|path| path.is_file()).expect("a journal");
    let mut bytes = std::fs::read(&journal).expect("the journal");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&journal, bytes).expect("a file of our own");
    let trouble = scene.run("Contoso", &[]).exits(7).error();
    assert_eq!(trouble.code, "run.journal", "{trouble:?}");
    scene.import("Contoso");
}

/// Killed between the package and the note of it, a run counts for what its package says.
#[test]
fn a_run_that_died_behind_its_package_is_the_one_before() {
    let scene = Scene::contoso();
    let first = scene.import("Contoso");
    let database = scene.database();
    let undone = "UPDATE runs SET state = 'running', finished_at = NULL, package_id = NULL";
    assert_eq!(database.execute(undone, []).expect("SQL"), 1);
    drop(database);
    let second = scene.import("Contoso");
    assert_eq!(second.block()["changes"]["based_on_run"], first.block()["run_id"]);
    let database = scene.database();
    let of_first = "SELECT state || ' ' || package_id FROM runs ORDER BY started_at LIMIT 1";
    let told: String = database.query_row(of_first, [], |row| row.get(0)).expect("a run");
    assert_eq!(told, format!("complete {}", first.package_id()));
}
