//! A simulated year in two zones, north and south: changes of the clock, ends of months, a leap day, a host that sleeps
//! for a week, a clock that is set back. What comes out is compared with what a calendar says, minute by minute.
//!
//! The steps are those of a beacon that serves (decide, run what may start, wait for the next moment), with time passed
//! in. Each wakes up to four minutes late, drawn from a seed.

use crate::harness::stored::store_connection;
use beacon_operations::scheduling::{decide, next_moment, startable};
use beacon_schedule::{DayOfMonth, Missed, Rule};
use beacon_store::{ConnectionId, NewSchedule, OccasionOutcome, RunId, RunOutcome, RunState, ScheduleId, Store};
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::collections::{BTreeMap, BTreeSet};
use tempfile::TempDir;
use uuid::Uuid;

const BEGIN: &str = "2027-11-01T00:00:00Z";
const END: &str = "2028-11-01T00:00:00Z";

/// The host sleeps from here for a week.
const SLEEP: &str = "2028-06-10T11:07:00Z";

/// Here the clock is set back by forty minutes.
const BACK: &str = "2028-08-15T04:05:00Z";

const BERLIN: &str = "Europe/Berlin";
const SYDNEY: &str = "Australia/Sydney";

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// Whether a calendar says that a rule means this minute of the wall.
type Says = fn(DateTime) -> bool;

/// Rules, and what each means, said by itself.
fn rules() -> Vec<(&'static str, Rule, bool, Says)> {
    let at = |time: &str| time.parse().expect("a time of day");
    let cron = |expression: &str| Rule::Cron { expression: expression.to_owned() };
    vec![
        ("daily", Rule::Day { at: at("02:30") }, false, |wall| (wall.hour(), wall.minute()) == (2, 30)),
        ("weekly", Rule::Week { days: BTreeSet::from([1, 7]), at: at("02:00") }, false, |wall| {
            matches!(wall.weekday(), Weekday::Monday | Weekday::Sunday) && (wall.hour(), wall.minute()) == (2, 0)
        }),
        ("monthly", Rule::Month { day: DayOfMonth::Day(31), at: at("23:59") }, false, |wall| {
            wall.date().days_in_month() == wall.day() && (wall.hour(), wall.minute()) == (23, 59)
        }),
        ("last", Rule::Month { day: DayOfMonth::Last, at: at("00:00") }, false, |wall| {
            wall.date().days_in_month() == wall.day() && (wall.hour(), wall.minute()) == (0, 0)
        }),
        ("leap", cron("15 6 29 2 *"), false, |wall| {
            (wall.month(), wall.day(), wall.hour(), wall.minute()) == (2, 29, 6, 15)
        }),
        ("workdays", cron("45 2 * * 1-5"), false, |wall| {
            !matches!(wall.weekday(), Weekday::Saturday | Weekday::Sunday) && (wall.hour(), wall.minute()) == (2, 45)
        }),
        ("hourly", Rule::Hour { minute: 20 }, true, |wall| wall.minute() == 20),
        ("quarters", cron("*/15 1-3 * * 7"), true, |wall| {
            wall.weekday() == Weekday::Sunday && (1..=3).contains(&wall.hour()) && wall.minute() % 15 == 0
        }),
    ]
}

/// Every moment of the year at which a rule fires, from the calendar: minute by minute. What follows the clock fires
/// whenever the wall shows it. What means one moment of a day fires at the first showing, and where the wall leaves it
/// out, at that time by the offset from before.
fn calendar(zone: &TimeZone, follows: bool, says: Says) -> BTreeSet<Timestamp> {
    let (begin, end) = (moment(BEGIN), moment(END));
    let minute = SignedDuration::from_mins(1);
    let mut found = BTreeSet::new();
    // The wall goes on but for an hour that it shows again.
    let mut latest = DateTime::MIN;
    let mut before: Option<DateTime> = None;
    let mut now = begin;
    while now < end {
        let wall = zone.to_datetime(now);
        let first = wall > latest;
        latest = latest.max(wall);
        if says(wall) && (follows || first) {
            found.insert(now);
        }
        if !follows && let Some(before) = before {
            // What the wall left out since the minute before.
            let mut missing = before.checked_add(1.minute()).expect("a minute");
            let mut later = SignedDuration::ZERO;
            while missing < wall {
                if says(missing) {
                    found.insert(now.checked_add(later).expect("a moment"));
                }
                (missing, later) = (missing.checked_add(1.minute()).expect("a minute"), later + minute);
            }
        }
        (before, now) = (Some(wall), now.checked_add(minute).expect("a moment"));
    }
    found
}

/// What happened to a connection: when it was due, and when that was seen.
type Ran = BTreeMap<String, Vec<(Timestamp, Timestamp)>>;

/// A connection that follows a schedule.
fn follow(store: &mut Store, schedule: ScheduleId, id: ConnectionId, name: &str, since: Timestamp) {
    store_connection(store, id, name, since);
    store.assign_schedule(id, Some(schedule)).expect("assigned");
}

struct World {
    store: Store,
    names: BTreeMap<ConnectionId, String>,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        // In memory where there is such a folder: a year has ten thousand transactions, each of them synced.
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder");
        let mut store = Store::open(&folder.path().join("data")).expect("a store");
        let mut names = BTreeMap::new();
        for zone in [BERLIN, SYDNEY] {
            for missed in [Missed::RunOnce, Missed::Skip] {
                for (rule_name, rule, _, _) in rules() {
                    let name = name(zone, missed, rule_name);
                    let plan = NewSchedule {
                        name: name.parse().expect("a name"),
                        rule,
                        zone: zone.to_owned(),
                        missed,
                        jitter_seconds: 0,
                        window: None,
                        parallel: 1,
                    };
                    let before = moment(BEGIN).checked_sub(SignedDuration::from_secs(1)).expect("a moment");
                    let schedule = store.insert_schedule(plan, before).expect("a schedule");
                    let id = ConnectionId::from(Uuid::new_v4());
                    follow(&mut store, schedule.id, id, &name, before);
                    names.insert(id, name);
                }
            }
        }
        Self { store, names, _folder: folder }
    }

    /// One look at the clock, as a beacon that serves does it; what is due runs and ends in no time.
    fn look(&mut self, now: Timestamp, ran: &mut Ran) {
        decide(&mut self.store, now).expect("decided");
        for one in startable(&self.store, now, &BTreeSet::new(), usize::MAX).expect("startable") {
            let run = RunId::from(Uuid::new_v4());
            self.store.insert_due_run(run, &one.due, now, None).expect("begun");
            let outcome = RunOutcome {
                state: RunState::Complete,
                finished_at: now,
                package_id: None,
                package_dir: None,
                summary: None,
                error: None,
            };
            self.store.finish_run(run, &outcome).expect("ended");
            ran.entry(self.names[&one.connection.id].clone()).or_default().push((one.due.fired_at, now));
        }
    }
}

fn name(zone: &str, missed: Missed, rule: &str) -> String {
    let zone = zone.rsplit('/').next().unwrap_or(zone);
    format!("{zone} {} {rule}", missed.as_str())
}

fn last_before(times: &BTreeSet<Timestamp>, end: Timestamp) -> Option<Timestamp> {
    times.range(..=end).next_back().copied()
}

#[test]
fn a_year_goes_by_as_the_calendar_says() {
    let mut draws = StdRng::seed_from_u64(20_280_229);
    let mut world = World::new();
    let mut ran = Ran::new();
    let (end, sleep, back) = (moment(END), moment(SLEEP), moment(BACK));
    let wake = sleep.checked_add(SignedDuration::from_hours(7 * 24)).expect("a moment");
    let (mut slept, mut set_back) = (false, false);
    let mut now = moment(BEGIN);
    while now < end {
        world.look(now, &mut ran);
        let next = next_moment(&world.store, now).expect("a plan").expect("something planned");
        let late = SignedDuration::from_secs(draws.random_range(0..240));
        now = next.max(now).checked_add(late).expect("a moment");
        if !slept && now >= sleep {
            (slept, now) = (true, wake);
        }
        if !set_back && now >= back {
            world.look(now, &mut ran);
            (set_back, now) = (true, now.checked_sub(SignedDuration::from_mins(40)).expect("a moment"));
        }
    }
    for zone_name in [BERLIN, SYDNEY] {
        let zone = TimeZone::get(zone_name).expect("a zone");
        for (rule, _, follows, says) in rules() {
            let all = calendar(&zone, follows, says);
            let slept_through: BTreeSet<_> = all.range(sleep..=wake).copied().collect();
            // Within five minutes of waking up a time is kept as if nothing had been.
            let noticed = wake.checked_sub(SignedDuration::from_mins(5)).expect("a moment");
            for missed in [Missed::RunOnce, Missed::Skip] {
                let mut expected: BTreeSet<_> = all.difference(&slept_through).copied().collect();
                let newest = last_before(&slept_through, wake);
                if missed == Missed::RunOnce || newest.is_some_and(|newest| newest >= noticed) {
                    expected.extend(newest);
                }
                let name = name(zone_name, missed, rule);
                let got = ran.remove(&name).unwrap_or_default();
                let fired: Vec<_> = got.iter().map(|(fired_at, _)| *fired_at).collect();
                let expected: Vec<_> = expected.into_iter().filter(|at| *at < end).collect();
                // The last of the year may be seen only after its end.
                let shown = fired.iter().filter(|at| **at < end).count();
                assert_eq!(fired[..shown], expected[..shown], "{name}");
                assert!(expected.len() - shown <= 1, "{name}: {} of {}", shown, expected.len());
            }
        }
    }
    assert!(ran.is_empty(), "{ran:?}");
}

#[test]
fn changes_of_the_clock_are_as_documented() {
    let cases = [
        // Berlin leaves out 02:00 to 03:00 on 26 March 2028: 02:30 by the offset from before is 03:30.
        (Rule::Day { at: "02:30".parse().expect("a time") }, BERLIN, "2028-03-25T12:00:00Z", "2028-03-26T01:30:00Z"),
        // Berlin shows 02:00 to 03:00 twice on 29 October 2028: the first one counts, and no other.
        (Rule::Day { at: "02:30".parse().expect("a time") }, BERLIN, "2028-10-28T12:00:00Z", "2028-10-29T00:30:00Z"),
        (Rule::Day { at: "02:30".parse().expect("a time") }, BERLIN, "2028-10-29T00:30:00Z", "2028-10-30T01:30:00Z"),
        // Sydney leaves out 02:00 to 03:00 on 1 October 2028, and shows it twice on 2 April.
        (Rule::Day { at: "02:30".parse().expect("a time") }, SYDNEY, "2028-09-30T12:00:00Z", "2028-09-30T16:30:00Z"),
        (Rule::Day { at: "02:30".parse().expect("a time") }, SYDNEY, "2028-04-01T12:00:00Z", "2028-04-01T15:30:00Z"),
        // Hourly follows the clock: both hours count, and the one that is left out does not.
        (Rule::Hour { minute: 30 }, BERLIN, "2028-10-29T00:30:00Z", "2028-10-29T01:30:00Z"),
        (Rule::Hour { minute: 30 }, BERLIN, "2028-03-26T00:30:00Z", "2028-03-26T01:30:00Z"),
        // An interval is real time, whatever clocks do.
        (Rule::Interval { minutes: 60 }, BERLIN, "2028-03-26T00:30:00Z", "2028-03-26T01:00:00Z"),
        // A shorter month takes its last day.
        (
            Rule::Month { day: DayOfMonth::Day(31), at: "12:00".parse().expect("a time") },
            "UTC",
            "2028-02-01T00:00:00Z",
            "2028-02-29T12:00:00Z",
        ),
    ];
    for (rule, zone, after, next) in cases {
        let plan = NewSchedule {
            name: "A".parse().expect("a name"),
            rule: rule.clone(),
            zone: zone.to_owned(),
            missed: Missed::Skip,
            jitter_seconds: 0,
            window: None,
            parallel: 1,
        };
        let found = plan.timing().expect("a timing").next_after(moment(after));
        assert_eq!(found, Some(moment(next)), "{rule} in {zone} after {after}");
    }
}

/// A plan of one schedule with one connection, to look at single moments.
fn single(change: impl FnOnce(&mut NewSchedule), since: &str) -> (World, ScheduleId) {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(&folder.path().join("data")).expect("a store");
    let mut plan = NewSchedule {
        name: "Nightly".parse().expect("a name"),
        rule: Rule::Day { at: "06:00".parse().expect("a time") },
        zone: "UTC".to_owned(),
        missed: Missed::RunOnce,
        jitter_seconds: 0,
        window: None,
        parallel: 1,
    };
    change(&mut plan);
    let schedule = store.insert_schedule(plan, moment(since)).expect("a schedule");
    let mut names = BTreeMap::new();
    for number in 1..=3 {
        let id = ConnectionId::from(Uuid::from_u128(number));
        let name = format!("Tenant {number}");
        follow(&mut store, schedule.id, id, &name, moment(since));
        names.insert(id, name);
    }
    (World { store, names, _folder: folder }, schedule.id)
}

#[test]
fn a_clock_that_was_far_ahead_begins_the_schedule_anew() {
    let (mut world, schedule) = single(|_| {}, "2028-01-01T00:00:00Z");
    let mut ran = Ran::new();
    // Somebody typed the wrong year.
    world.look(moment("2029-01-01T06:00:10Z"), &mut ran);
    // It is corrected; without more ado the schedule would be silent for a year.
    world.look(moment("2028-01-01T05:59:00Z"), &mut ran);
    let outcomes = world.store.occasions(schedule, 10).expect("occasions");
    assert_eq!(outcomes[0].outcome, OccasionOutcome::ClockSetBack);
    ran.clear();
    world.look(moment("2028-01-01T06:00:10Z"), &mut ran);
    assert_eq!(ran["Tenant 1"], [(moment("2028-01-01T06:00:00Z"), moment("2028-01-01T06:00:10Z"))]);
}

#[test]
fn a_window_lets_what_is_due_wait_until_it_opens() {
    let window = |plan: &mut NewSchedule| {
        plan.rule = Rule::Hour { minute: 0 };
        plan.window = Some("22:00-02:00".parse().expect("a window"));
    };
    let (mut world, _) = single(window, "2028-01-01T11:30:00Z");
    let mut ran = Ran::new();
    for hour in 12..22 {
        world.look(moment(&format!("2028-01-01T{hour}:00:01Z")), &mut ran);
        assert!(ran.is_empty(), "{hour}: {ran:?}");
    }
    let opening = next_moment(&world.store, moment("2028-01-01T12:00:01Z")).expect("a plan").expect("a moment");
    assert!(opening <= moment("2028-01-01T22:00:00Z"), "{opening}");
    for _ in 0..3 {
        world.look(moment("2028-01-01T22:00:02Z"), &mut ran);
    }
    // Ten times came, and each connection owes one run: the newest.
    let newest = (moment("2028-01-01T22:00:00Z"), moment("2028-01-01T22:00:02Z"));
    for tenant in ["Tenant 1", "Tenant 2", "Tenant 3"] {
        assert_eq!(ran[tenant], [newest], "{tenant}");
    }
}

#[test]
fn connections_run_one_after_the_other_unless_the_schedule_says_more() {
    let (mut world, _) = single(|plan| plan.parallel = 2, "2028-01-01T05:00:00Z");
    let now = moment("2028-01-01T06:00:00Z");
    decide(&mut world.store, now).expect("decided");
    let first = startable(&world.store, now, &BTreeSet::new(), 8).expect("startable");
    assert_eq!(first.len(), 2);
    let busy: BTreeSet<_> = first.iter().map(|one| one.connection.id).collect();
    assert!(startable(&world.store, now, &busy, 8).expect("startable").is_empty(), "two run already");
    let one_busy = BTreeSet::from([first[0].connection.id]);
    let more = startable(&world.store, now, &one_busy, 8).expect("startable");
    assert_eq!(more.len(), 1, "room for one more");
    assert!(startable(&world.store, now, &one_busy, 1).expect("startable").is_empty(), "the beacon's own limit");
}

#[test]
fn jitter_spreads_the_starts_and_is_the_same_every_time() {
    let (mut world, _) = single(|plan| plan.jitter_seconds = 1800, "2028-01-01T05:00:00Z");
    decide(&mut world.store, moment("2028-01-01T06:00:00Z")).expect("decided");
    let starts: BTreeSet<_> = world.store.due().expect("due").into_iter().map(|due| due.starts_at).collect();
    assert_eq!(starts.len(), 3, "{starts:?}");
    let limit = moment("2028-01-01T06:30:00Z");
    assert!(starts.iter().all(|at| *at >= moment("2028-01-01T06:00:00Z") && *at <= limit), "{starts:?}");
    // Decided again elsewhere, it is the same.
    let (mut again, _) = single(|plan| plan.jitter_seconds = 1800, "2028-01-01T05:00:00Z");
    decide(&mut again.store, moment("2028-01-01T06:00:30Z")).expect("decided");
    let same: BTreeSet<_> = again.store.due().expect("due").into_iter().map(|due| due.starts_at).collect();
    assert_eq!(starts, same);
}
