//! Rules of schedules as they are typed.

use crate::arguments::{MissedPolicy, RuleArguments, TimingArguments};
use beacon_operations::Trouble;
use beacon_schedule::{ClockTime, DayOfMonth, Missed, Rule};
use beacon_store::NewSchedule;
use std::collections::BTreeSet;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The rule that was given, if one was.
pub(super) fn rule(arguments: &RuleArguments) -> Result<Option<Rule>, Trouble> {
    let RuleArguments { every_minutes, hourly, daily, weekly, monthly, cron } = arguments;
    Ok(if let Some(minutes) = *every_minutes {
        Some(Rule::Interval { minutes })
    } else if let Some(minute) = *hourly {
        Some(Rule::Hour { minute })
    } else if let Some(text) = daily {
        Some(Rule::Day { at: time(text)? })
    } else if let Some(text) = weekly {
        let (days, at) = pair(text, "--weekly", "Mon,Thu 06:00")?;
        Some(Rule::Week { days: days.split(',').map(weekday).collect::<Result<BTreeSet<u8>, _>>()?, at: time(at)? })
    } else if let Some(text) = monthly {
        let (day, at) = pair(text, "--monthly", "1 06:00 or last 06:00")?;
        Some(Rule::Month { day: day_of_month(day)?, at: time(at)? })
    } else {
        cron.as_ref().map(|expression| Rule::Cron { expression: expression.clone() })
    })
}

/// Changes a plan as far as something was given.
pub(super) fn apply(plan: &mut NewSchedule, arguments: &TimingArguments) -> Result<(), Trouble> {
    if let Some(rule) = rule(&arguments.rule)? {
        plan.rule = rule;
    }
    if let Some(zone) = &arguments.zone {
        plan.zone.clone_from(zone);
    }
    if let Some(missed) = arguments.missed {
        plan.missed = match missed {
            MissedPolicy::RunOnce => Missed::RunOnce,
            MissedPolicy::Skip => Missed::Skip,
        };
    }
    if let Some(minutes) = arguments.jitter {
        plan.jitter_seconds = u32::from(minutes) * 60;
    }
    if let Some(window) = &arguments.window {
        plan.window = Some(window.parse()?);
    }
    if let Some(parallel) = arguments.parallel {
        plan.parallel = parallel;
    }
    Ok(())
}

fn time(text: &str) -> Result<ClockTime, Trouble> {
    Ok(text.parse::<ClockTime>()?)
}

fn pair<'a>(text: &'a str, argument: &str, example: &str) -> Result<(&'a str, &'a str), Trouble> {
    text.trim().rsplit_once(' ').map(|(days, at)| (days.trim(), at)).ok_or_else(|| {
        let title = format!("{argument} needs days and a time, got {text:?}");
        Trouble::settings("schedule.rule", title, format!("Write it like {example}."))
    })
}

fn weekday(text: &str) -> Result<u8, Trouble> {
    let lower = text.trim().to_lowercase();
    let found = (1..).zip(DAYS).find(|(_, short)| lower.len() >= 3 && lower.starts_with(short));
    found.map(|(number, _)| number).ok_or_else(|| {
        let title = format!("{text:?} is no day of the week");
        Trouble::settings("schedule.weekday", title, "Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")
    })
}

fn day_of_month(text: &str) -> Result<DayOfMonth, Trouble> {
    if text.eq_ignore_ascii_case("last") {
        return Ok(DayOfMonth::Last);
    }
    text.parse().map(DayOfMonth::Day).map_err(|_| {
        let title = format!("{text:?} is no day of a month");
        Trouble::settings("schedule.day", title, "Write 1 to 31, or last.")
    })
}
