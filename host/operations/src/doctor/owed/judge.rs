//! What the facts of the work mean. Pure: time is passed in.

use super::OwedFacts;
use crate::doctor::report::{Cause, Finding};
use crate::expiring::{Expiring, ExpiryLevel};
use crate::health::LATE;
use jiff::Timestamp;
use serde_json::Value;

pub(in crate::doctor) fn judge(facts: &OwedFacts, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![daemon(facts, now)];
    findings.extend(schedules(facts, now));
    findings.extend(deliveries(facts));
    findings.extend(credentials(facts));
    findings
}

fn is_late(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) > LATE
}

fn daemon(facts: &OwedFacts, now: Timestamp) -> Finding {
    let looked_at = "the beacon that serves";
    match &facts.serving {
        Some(serving) => match &serving.trouble {
            Some(trouble) => {
                let title = format!("It cannot keep the schedules. {}", trouble.title);
                Finding::ok(Cause::Daemon, "daemon.trouble", looked_at, title).fails(trouble.advice.clone())
            }
            None if serving.alive => {
                Finding::ok(Cause::Daemon, "daemon.serves", looked_at, "It serves, and keeps the schedules.")
            }
            None => {
                let title = "It serves, and has not looked at its schedules for half a minute.";
                Finding::ok(Cause::Daemon, "daemon.stuck", looked_at, title).fails("Start the beacon again.")
            }
        },
        None => {
            let title = "None serves this data folder.";
            let found = Finding::ok(Cause::Daemon, "daemon.none", looked_at, title);
            let nobody_looked = facts.schedules.iter().any(|(_, open)| open.is_some_and(|open| is_late(open, now)));
            if facts.schedules.is_empty() || !nobody_looked {
                return found;
            }
            found.fails(
                "Start one with `beacon serve` or `beacon service install`, or call `beacon run --due` regularly.",
            )
        }
    }
}

fn schedules(facts: &OwedFacts, now: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts
        .schedules
        .iter()
        .map(|(name, open)| {
            let looked_at = format!("schedule {name}");
            match open.filter(|open| is_late(*open, now)) {
                Some(open) => {
                    let title = format!("Nobody has looked at it since its time of {}.", moment(open));
                    Finding::ok(Cause::Daemon, "daemon.schedule_not_kept", looked_at, title)
                        .fails("See that a beacon serves, or that `beacon run --due` is called.")
                }
                None => Finding::ok(Cause::Daemon, "daemon.schedule_kept", looked_at, "It is kept."),
            }
        })
        .collect();
    findings.extend(facts.owed.iter().filter(|(_, since)| is_late(*since, now)).map(|(name, since)| {
        let title = format!("The run that may start since {} has not begun.", moment(*since));
        let next =
            "See whether others keep it waiting: --parallel-runs, the parallel runs and the window of its schedule.";
        Finding::ok(Cause::Daemon, "daemon.run_late", format!("the owed run of {name}"), title)
            .fails(next)
            .of(vec![name.clone()])
    }));
    findings
}

fn deliveries(facts: &OwedFacts) -> Vec<Finding> {
    if facts.stuck.is_empty() {
        return vec![Finding::ok(Cause::Delivery, "delivery.none_stuck", "packages on their way", "None is stuck.")];
    }
    let text = |error: &Value, member: &str| error.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let stuck = facts.stuck.iter().map(|(name, stuck)| {
        let why = stuck.error.as_ref().map(|error| text(error, "title")).unwrap_or_default();
        let title = format!("They have not arrived at {} since {}. {why}", stuck.destination, moment(stuck.since));
        let next = stuck.error.as_ref().map(|error| text(error, "advice")).filter(|next| !next.is_empty());
        Finding::ok(Cause::Delivery, "delivery.stuck", format!("packages of {name}"), title.trim_end())
            .fails(next.unwrap_or_else(|| "See `beacon delivery list --waiting`.".to_owned()))
            .of(vec![name.clone()])
    });
    stuck.collect()
}

fn credentials(facts: &OwedFacts) -> Vec<Finding> {
    let dying = facts.dying.iter().map(|(Expiring { connections, end, level }, all_held)| {
        let looked_at = match &end.profile {
            Some(profile) => format!("{} of the profile {profile}", end.what.label()),
            None => end.what.label().to_owned(),
        };
        let past = *level == ExpiryLevel::Past;
        let code = if past { "credentials.expired" } else { "credentials.expires" };
        let found = Finding::ok(Cause::Credentials, code, looked_at, end.title()).of(connections.clone());
        // Nothing is imported with it before a person wants that again.
        if past && !all_held { found.fails(end.advice()) } else { found.warns(end.advice()) }
    });
    let without = facts.without_consent.iter().map(|[name, code, title, next]| {
        let looked_at = format!("consent of {name}");
        Finding::ok(Cause::Credentials, code, looked_at, title.as_str()).fails(next.as_str()).of(vec![name.clone()])
    });
    let mut findings: Vec<Finding> = dying.chain(without).collect();
    if findings.is_empty() {
        let title = "None of those whose end is known dies within 30 days.";
        findings.push(Finding::ok(Cause::Credentials, "credentials.live", "credentials in use", title));
    }
    findings
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::doctor::ServingFacts;
    use crate::doctor::owed::OwedFacts;
    use crate::doctor::report::{Cause, Level};
    use crate::expiring::{CredentialEnd, Expiring, ExpiringKind, ExpiryLevel};
    use crate::trouble::Trouble;
    use beacon_store::StuckDelivery;
    use jiff::{SignedDuration, Timestamp};

    fn now() -> Timestamp {
        "2027-05-01T12:00:00Z".parse().unwrap()
    }

    fn quiet() -> OwedFacts {
        OwedFacts {
            serving: None,
            schedules: Vec::new(),
            owed: Vec::new(),
            stuck: Vec::new(),
            dying: Vec::new(),
            without_consent: Vec::new(),
        }
    }

    fn codes(facts: &OwedFacts, level: Level) -> Vec<String> {
        judge(facts, now()).into_iter().filter(|one| one.level == level).map(|one| one.code).collect()
    }

    #[test]
    fn nothing_is_wrong_where_nothing_is_to_be_done() {
        assert!(codes(&quiet(), Level::Failure).is_empty() && codes(&quiet(), Level::Warning).is_empty());
        let serving = |alive, trouble| OwedFacts { serving: Some(ServingFacts { alive, trouble }), ..quiet() };
        assert!(codes(&serving(true, None), Level::Failure).is_empty());
        assert_eq!(codes(&serving(false, None), Level::Failure), ["daemon.stuck"]);
        let trouble = Trouble::settings("store.disk_full", "the disk is full", "Make room.");
        assert_eq!(codes(&serving(true, Some(trouble)), Level::Failure), ["daemon.trouble"]);
    }

    #[test]
    fn what_nobody_looks_at_is_told_after_two_hours() {
        let ago = |hours| now() - SignedDuration::from_hours(hours);
        let facts = |open| OwedFacts { schedules: vec![("Nightly".to_owned(), open)], ..quiet() };
        assert!(codes(&facts(None), Level::Failure).is_empty());
        assert!(codes(&facts(Some(ago(1))), Level::Failure).is_empty());
        assert_eq!(codes(&facts(Some(ago(3))), Level::Failure), ["daemon.none", "daemon.schedule_not_kept"]);
        let owed = |hours| OwedFacts { owed: vec![("Contoso".to_owned(), ago(hours))], ..quiet() };
        assert!(codes(&owed(1), Level::Failure).is_empty());
        assert_eq!(codes(&owed(3), Level::Failure), ["daemon.run_late"]);
    }

    #[test]
    fn credentials_warn_until_they_are_dead_and_stuck_packages_say_why() {
        let dying = |days_left, level, all_held| {
            let on = "2027-05-20".parse().unwrap();
            let end = CredentialEnd { what: ExpiringKind::ClientSecret, profile: None, on, days_left };
            let expiring = Expiring { connections: vec!["Contoso".to_owned()], end, level };
            OwedFacts { dying: vec![(expiring, all_held)], ..quiet() }
        };
        assert_eq!(codes(&dying(19, ExpiryLevel::Days30, false), Level::Warning), ["credentials.expires"]);
        assert_eq!(codes(&dying(-1, ExpiryLevel::Past, false), Level::Failure), ["credentials.expired"]);
        assert_eq!(codes(&dying(-1, ExpiryLevel::Past, true), Level::Warning), ["credentials.expired"]);
        let error = Some(serde_json::json!({ "title": "It answered 403.", "advice": "Let it write." }));
        let stuck = StuckDelivery { destination: "Archive".to_owned(), since: now(), error };
        let found = judge(&OwedFacts { stuck: vec![("Contoso".to_owned(), stuck)], ..quiet() }, now());
        let found = found.iter().find(|one| one.level == Level::Failure).unwrap();
        assert_eq!(
            (found.code.as_str(), found.cause, found.next_step.as_str()),
            ("delivery.stuck", Cause::Delivery, "Let it write.")
        );
        assert!(found.title.contains("Archive") && found.title.ends_with("It answered 403."), "{}", found.title);
    }
}
