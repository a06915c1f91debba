//! Imports that are killed at seeded random moments, one to three times each: whenever it happened, the run goes on,
//! ends with the package of an undisturbed one, and asks for nothing that its journal holds.
//!
//! `BEACON_KILLS` (6) says how many imports, `BEACON_KILLS_USERS` (2,400) of how many people, and `BEACON_KILLS_SEED`
//! (1) which moments. A case depends on seed and number only: one that failed is had again by `BEACON_KILLS_FIRST`.
//! Of up to 2,500 people the sign-ins are asked for without a pause; a larger import mostly waits for its slow lane.

use crate::harness::numbers::number;
use crate::harness::scene::{Import, manifest};
use crate::harness::{Running, Scene, journal};
use beacon_simulator::{LoggedRequest, Site};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const GOES_ON: &str = "this one goes on where it was";

/// When to kill, as something that can be seen from outside.
#[derive(Clone, Copy, Debug)]
enum What {
    /// This many requests of the process were answered.
    Answered(u64),
    /// The journal has this many bytes.
    Journaled(u64),
    /// The process said that it goes on: it replays.
    GoesOn,
    /// The package in the making has this many files.
    Written(usize),
    /// The process was started.
    Started,
}

/// Something to see, and how much longer to wait then.
#[derive(Clone, Copy, Debug)]
struct Moment {
    what: What,
    then: Duration,
}

/// An undisturbed import: how much there is to interrupt, and what has to come out.
struct Usual {
    package_id: String,
    /// Requests to Graph; each leads to one answer for the module, report files included.
    asked: BTreeMap<String, usize>,
    requests: u64,
    journal_bytes: u64,
    files: usize,
    milliseconds: u64,
}

impl Moment {
    fn draw(draws: &mut StdRng, usual: &Usual, resumed: bool) -> Self {
        let what = match draws.random_range(0..10) {
            0..4 => What::Answered(draws.random_range(1..=usual.requests)),
            4..7 => What::Journaled(draws.random_range(1..=usual.journal_bytes)),
            7 if resumed => What::GoesOn,
            7 => What::Started,
            8 => What::Written(draws.random_range(0..=usual.files)),
            _ => What::Started,
        };
        let longest = match what {
            What::Started => usual.milliseconds * 1_000,
            What::GoesOn => usual.milliseconds * 300,
            _ => 4_000,
        };
        Self { what, then: Duration::from_micros(draws.random_range(0..=longest)) }
    }

    fn is_there(&self, scene: &Scene, running: &Running, asked_before: u64) -> bool {
        match self.what {
            What::Answered(count) => scene.tenant.last_request() >= asked_before + count,
            What::Journaled(bytes) => journal::bytes(scene) >= bytes,
            What::GoesOn => running.has_said(GOES_ON),
            What::Written(files) => partial(scene).is_some_and(|folder| files_in(&folder) >= files),
            What::Started => true,
        }
    }
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// The package in the making.
fn partial(scene: &Scene) -> Option<PathBuf> {
    scene.packages().into_iter().find(|folder| folder.extension().is_some_and(|it| it == "partial"))
}

/// Packages that are finished: a folder has its name, however much lies in one that has not.
fn finished(scene: &Scene) -> BTreeSet<PathBuf> {
    let named = |folder: &PathBuf| folder.extension().is_none_or(|extension| extension != "partial");
    scene.packages().into_iter().filter(named).collect()
}

/// Waits for a moment and kills; `false` if the process ended before.
fn kill_at(scene: &Scene, moment: Moment, mut running: Running, asked_before: u64) -> bool {
    while !moment.is_there(scene, &running, asked_before) {
        if running.has_ended() {
            scene.remember(running.wait()).exits(0);
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let seen = Instant::now();
    while seen.elapsed() < moment.then && !running.has_ended() {
        std::thread::sleep(Duration::from_micros(100));
    }
    let ended = scene.remember(running.kill());
    // No code: the signal ended it, and not the program itself.
    if ended.code.is_some() {
        ended.exits(0);
        return false;
    }
    true
}

/// A request without what tells two readings of one page apart.
fn canonical(request: &LoggedRequest) -> String {
    let parts = request.target.split('&').filter(|part| !part.contains("$skiptoken="));
    format!("{} {}", request.method, parts.collect::<Vec<_>>().join("&"))
}

/// What one process asked Graph: everything after its sign-in, with which every process begins. What comes before
/// belongs to the process that was killed while it waited for these answers.
fn asked_since(scene: &Scene, number: u64) -> Vec<LoggedRequest> {
    let requests = scene.tenant.requests();
    let own = requests.into_iter().filter(|request| request.number > number);
    own.skip_while(|request| request.site != Site::Login).filter(|request| request.site == Site::Graph).collect()
}

fn counted(requests: &[LoggedRequest]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    requests.iter().for_each(|request| *counts.entry(canonical(request)).or_default() += 1);
    counts
}

/// Pages that led to another one: an answer reaches the module only from the journal, so these were journaled.
fn led_on(requests: &[LoggedRequest]) -> BTreeSet<String> {
    let mut latest: BTreeMap<String, &str> = BTreeMap::new();
    let mut led_on = BTreeSet::new();
    for request in requests.iter().filter(|request| !request.target.contains("$count")) {
        if let Some(before) = latest.insert(canonical(request), &request.target)
            && request.target.contains("$skiptoken=")
        {
            led_on.insert(before.to_owned());
        }
    }
    led_on
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    let permissions = std::fs::metadata(from).expect("a folder").permissions();
    std::fs::set_permissions(to, permissions).expect("a folder of our own");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

/// Puts the data folder back as it was before the first import that counts, so that every case starts from the same.
fn begin_anew(scene: &Scene) {
    std::fs::remove_dir_all(scene.data()).expect("a folder of our own");
    copy(&scene.written("before"), &scene.data());
}

fn undisturbed(scene: &Scene) -> Usual {
    let (number, before, started) = (scene.tenant.last_request(), finished(scene), Instant::now());
    let mut running = scene.start(&["--json", "run", "Contoso"]);
    let (mut journal_bytes, mut files) = (0, 0);
    while !running.has_ended() {
        journal_bytes = journal_bytes.max(journal::bytes(scene));
        files = files.max(partial(scene).map_or(0, |folder| files_in(&folder)));
        std::thread::sleep(Duration::from_micros(500));
    }
    let milliseconds = u64::try_from(started.elapsed().as_millis()).expect("less than an age");
    let import = Import::of(&scene.remember(running.wait()).exits(0));
    assert_eq!(finished(scene).len(), before.len() + 1);
    let requests = scene.tenant.last_request() - number;
    let asked = counted(&asked_since(scene, number));
    assert!(asked.keys().any(|target| target.contains("/reports/")) && journal_bytes > 0 && files > 0);
    Usual { package_id: import.package_id(), asked, requests, journal_bytes, files, milliseconds }
}

/// What is known of one import with its kills.
#[derive(Default)]
struct Story {
    moments: Vec<Moment>,
    /// What the processes asked that were killed.
    asked: BTreeMap<String, usize>,
    /// Pages that must not be asked for any more.
    led_on: BTreeSet<String>,
    /// Answers in the journal.
    journaled: usize,
}

impl Story {
    /// Adds what a process asked, which must be none of what was journaled.
    fn add(&mut self, requests: &[LoggedRequest]) {
        let again = requests.iter().find(|request| self.led_on.contains(&request.target));
        assert!(again.is_none(), "asked again although it had led on: {again:?} after {:?}", self.moments);
        self.led_on.extend(led_on(requests));
        for (target, count) in counted(requests) {
            *self.asked.entry(target).or_default() += count;
        }
    }
}

/// One import with one to three kills. Answers how often it was killed; 0 if it was over before the first moment.
fn killed_import(scene: &Scene, usual: &Usual, draws: &mut StdRng) -> usize {
    begin_anew(scene);
    let before = finished(scene);
    let mut story = Story::default();
    for _ in 0..draws.random_range(1..=3) {
        let moment = Moment::draw(draws, usual, !story.moments.is_empty());
        let number = scene.tenant.last_request();
        let running = scene.start(&["--json", "run", "Contoso"]);
        if !kill_at(scene, moment, running, number) {
            break;
        }
        story.moments.push(moment);
        let requests = asked_since(scene, number);
        story.add(&requests);
        if finished(scene) != before {
            break;
        }
        let journaled = journal::answers(scene);
        let most = story.journaled + requests.len();
        assert!(
            (story.journaled..=most).contains(&journaled),
            "{journaled} answers, after {} and {} requests: {:?}",
            story.journaled,
            requests.len(),
            story.moments
        );
        story.journaled = journaled;
    }
    if finished(scene) == before {
        finish(scene, usual, &mut story);
    }
    check_package(scene, usual, &before, &story);
    story.moments.len()
}

/// Lets the run go on to its end: it asks for everything that is not in its journal, and for nothing else.
fn finish(scene: &Scene, usual: &Usual, story: &mut Story) {
    let number = scene.tenant.last_request();
    let ended = scene.run("Contoso", &[]).exits(0);
    let requests = asked_since(scene, number);
    story.add(&requests);
    let moments = &story.moments;
    assert!(ended.errors.contains(GOES_ON) || story.journaled == 0, "it began anew: {moments:?}");
    assert!(journal::runs(scene).is_empty(), "journals of finished runs are gone: {moments:?}");
    let total: usize = usual.asked.values().sum();
    assert_eq!(requests.len() + story.journaled, total, "asked and journaled are everything, once: {moments:?}");
    let last = counted(&requests);
    for (target, count) in &last {
        let usual = usual.asked.get(target).copied().unwrap_or_default();
        assert!(*count <= usual, "{target} was asked {count} times instead of {usual}: {moments:?}");
    }
    for (target, usual) in &usual.asked {
        let ever = story.asked.get(target).copied().unwrap_or_default();
        assert!(ever >= *usual, "{target} was asked {ever} times instead of {usual}: {moments:?}");
    }
}

/// There is exactly one package more, the usual one, and nothing else is left.
#[track_caller]
fn check_package(scene: &Scene, usual: &Usual, before: &BTreeSet<PathBuf>, story: &Story) {
    let after = finished(scene);
    let new: Vec<_> = after.difference(before).collect();
    let [folder] = new.as_slice() else { panic!("{} new packages: {:?}", new.len(), story.moments) };
    let block = &manifest(folder)["beacon"];
    assert_eq!(block["package_id"], usual.package_id, "{:?}", story.moments);
    assert_eq!(block["status"], "complete", "{:?}", story.moments);
    assert_eq!(partial(scene), None, "{:?}", story.moments);
}

#[test]
fn killed_at_random_moments_the_package_is_the_usual_one() {
    let (imports, users) = (number("BEACON_KILLS", 6), number("BEACON_KILLS_USERS", 2_400));
    let seed = number("BEACON_KILLS_SEED", 1);
    let scene = Scene::of(users, seed);
    scene.tenant.permit_everything();
    scene.add_own_app("Contoso");
    // The first import leaves a plan and a package to compare with: from then on imports are alike.
    scene.import("Contoso");
    copy(&scene.data(), &scene.written("before"));
    let usual = undisturbed(&scene);
    let (started, mut packages, mut kills) = (Instant::now(), 0, 0);
    for case in number("BEACON_KILLS_FIRST", 0).. {
        if packages == imports {
            break;
        }
        println!("case {case}, after {packages} packages and {kills} kills");
        let killed = killed_import(&scene, &usual, &mut StdRng::seed_from_u64((seed << 32) | case));
        packages += u64::from(killed > 0);
        kills += killed;
        scene.tenant.clear_requests();
    }
    println!(
        "{packages} imports of {users} users killed {kills} times in {:.0?}; undisturbed: {} ms, {} requests, {} bytes of journal",
        started.elapsed(),
        usual.milliseconds,
        usual.requests,
        usual.journal_bytes
    );
}
