//! Many tenants due at one moment on one host: until everything is delivered, what it takes, and whether the limits hold.

use crate::beacon::{Beacon, Serving};
use crate::import::bound;
use crate::meter::{Taken, own_processor};
use crate::simulated::Simulated;
use anyhow::{Context as _, ensure};
use beacon_driver::{Clock as _, SystemClock};
use beacon_package::{Summary, read_summary, verify};
use beacon_simulator::{SimulatorOptions, TenantOptions};
use clap::Args;
use jiff::{Timestamp, ToSpan as _, Unit};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Peak memory that the beacon may take, MB.
const MOST_MEMORY: f64 = 500.0;

/// Between two looks at what has arrived.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// The fewest people of a tenant.
const FEWEST: f64 = 10.0;

/// Long enough for the beacon to start before the moment at which everything is due.
const BEFORE: i64 = 10;

#[derive(Args)]
pub(crate) struct Choices {
    /// Tenants, each with a connection of its own
    #[arg(long, default_value_t = 500)]
    tenants: u64,
    /// People of the largest; the others have between 10 and this, as many small ones as large ones by magnitude
    #[arg(long, default_value_t = 5_000)]
    users: u64,
    /// Imports at a time
    #[arg(long, default_value_t = 8)]
    parallel: u64,
    /// How often the beacon is killed while it works
    #[arg(long, default_value_t = 0)]
    kills: u64,
    /// Of the sizes and of the moments at which it is killed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn measure(choices: &Choices) -> anyhow::Result<()> {
    let mut draws = StdRng::seed_from_u64(choices.seed);
    let sizes = sizes(choices, &mut draws);
    let tenants = Simulated::several(sizes.iter().zip(1..).map(|(users, seed)| SimulatorOptions {
        tenant: TenantOptions { users: *users, seed, ..TenantOptions::default() },
        quotas: true,
        latency: Some(bound::LATENCY),
        ..SimulatorOptions::default()
    }))?;
    let beacon = Beacon::empty()?;
    let inbox = beacon.path("inbox");
    fs::create_dir(&inbox)?;
    beacon.order(&[&["destination", "add", "Inbox", "--folder", &inbox.display().to_string()]])?;
    let names: Vec<String> = (1..=tenants.len()).map(|number| format!("Tenant {number}")).collect();
    for (name, tenant) in names.iter().zip(&tenants) {
        beacon.add(name, &tenant.simulator.describe())?;
    }
    let people: u64 = sizes.iter().sum();
    println!("daemon     {} tenants with {people} people, {} imports at a time", names.len(), choices.parallel);
    let due = due(&beacon, &names, choices.parallel)?;
    let simulating = own_processor();
    let taken = work(&beacon, &inbox, choices, names.len(), &mut draws)?;
    let wall = last_arrival(&inbox)?.duration_since(due).as_secs_f64();
    let simulating = own_processor() - simulating;

    let latency: f64 = sizes.iter().map(|users| bound::of_people(*users, 0)).sum::<f64>() / choices.parallel as f64;
    let processors = std::thread::available_parallelism()?.get() as f64;
    let processor = (taken.processor + simulating) / processors;
    println!(
        "wall       {wall:.1} s, {:.2} × bound {:.1} s (latency {latency:.1} s, processors {processor:.1} s: beacon {:.1} s and simulated tenants {simulating:.1} s on {processors})",
        wall / latency.max(processor),
        latency.max(processor),
        taken.processor,
    );
    println!("peak       {:.0} MB (below {MOST_MEMORY})", taken.peak);
    let summaries = summaries(&inbox)?;
    let most = most_at_once(&summaries);
    println!("at once    {most} (at most {})", choices.parallel);
    let mut by_connection = BTreeMap::<&str, u64>::new();
    for summary in &summaries {
        *by_connection.entry(&summary.connection).or_default() += 1;
    }
    let once = by_connection.values().filter(|packages| **packages == 1).count();
    println!(
        "complete   {once} of {} tenants exactly once, each package verified, {} kills",
        names.len(),
        choices.kills
    );
    ensure!(once == names.len() && summaries.len() == names.len(), "{} packages arrived", summaries.len());
    ensure!(most <= choices.parallel, "more imports at a time than allowed");
    Ok(())
}

/// How many people each tenant has; the logarithm is evenly spread.
fn sizes(choices: &Choices, draws: &mut StdRng) -> Vec<u64> {
    let most = (choices.users as f64).max(FEWEST);
    let draw = |_| draws.random_range(FEWEST.ln()..=most.ln()).exp().round() as u64;
    (0..choices.tenants).map(draw).collect()
}

/// Makes everything due at the next full minute, and says when that is.
fn due(beacon: &Beacon, names: &[String], parallel: u64) -> anyhow::Result<Timestamp> {
    let connections: Vec<&str> = names.iter().flat_map(|name| ["--connection", name]).collect();
    let parallel = parallel.to_string();
    let minute = SystemClock.now() + BEFORE.seconds() + 59.seconds();
    let minute = Timestamp::from_second(minute.as_second() / 60 * 60)?;
    let at = minute.strftime("%H:%M").to_string();
    let add = ["schedule", "add", "Mornings", "--daily", &at, "--zone", "UTC", "--parallel", &parallel];
    beacon.order(&[&add, &connections])?;
    Ok(minute.round(Unit::Minute)?)
}

/// Serves until everything has arrived; gives what all its processes took together, and the peak of the greediest.
fn work(beacon: &Beacon, inbox: &Path, choices: &Choices, wanted: usize, draws: &mut StdRng) -> anyhow::Result<Taken> {
    let parallel = choices.parallel.to_string();
    let serve = || beacon.serve(&["--parallel-runs", &parallel]);
    let mut serving = serve()?;
    let mut all = Taken::default();
    let end = |serving: Serving, all: &mut Taken| {
        let taken = serving.taken();
        *all = Taken { processor: all.processor + taken.processor, peak: all.peak.max(taken.peak) };
    };
    for kill in 0..choices.kills {
        // The first as soon as anything may be at work, the others over the whole.
        let done = (kill * choices.tenants / choices.kills) as usize;
        wait(inbox, done.max(1), &serving)?;
        std::thread::sleep(Duration::from_millis(draws.random_range(0..1500)));
        end(serving, &mut all);
        serving = serve()?;
    }
    wait(inbox, wanted, &serving)?;
    end(serving, &mut all);
    Ok(all)
}

fn wait(inbox: &Path, wanted: usize, serving: &Serving) -> anyhow::Result<()> {
    while arrived(inbox)?.len() < wanted {
        ensure!(serving.taken().peak > 0.0, "the beacon ended by itself");
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// Folders of packages that are whole.
fn arrived(inbox: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folders = fs::read_dir(inbox)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(folders.into_iter().filter(|folder| folder.join("datapackage.json").is_file()).collect())
}

fn last_arrival(inbox: &Path) -> anyhow::Result<Timestamp> {
    let times = arrived(inbox)?.into_iter().map(|folder| Ok(Timestamp::try_from(fs::metadata(folder)?.modified()?)?));
    let times = times.collect::<anyhow::Result<Vec<_>>>()?;
    times.into_iter().max().context("nothing has arrived")
}

/// What all packages say of themselves, after each was checked.
fn summaries(inbox: &Path) -> anyhow::Result<Vec<Summary>> {
    let read = |folder: PathBuf| {
        let report = verify(&folder)?;
        ensure!(report.findings.is_empty(), "{}: {:?}", folder.display(), report.findings);
        Ok(read_summary(&folder)?)
    };
    arrived(inbox)?.into_iter().map(read).collect()
}

/// The most imports that were at work at one moment.
fn most_at_once(summaries: &[Summary]) -> u64 {
    let at = |moment: &String| {
        summaries.iter().filter(|other| other.started_at <= *moment && *moment < other.finished_at).count() as u64
    };
    summaries.iter().map(|summary| at(&summary.started_at)).max().unwrap_or(0)
}
