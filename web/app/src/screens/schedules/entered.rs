//! What is entered in the dialog of a schedule.

use beacon_api::{MissedRuns, Schedule, ScheduleDraft, ScheduleRule};
use js_sys::{Array, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast as _, JsValue};

/// Kinds of rules, as the choice shows them.
pub(super) const KINDS: [(&str, &str); 6] = [
    ("day", "Daily"),
    ("week", "Weekly"),
    ("month", "Monthly"),
    ("hour", "Hourly"),
    ("interval", "Every so many minutes"),
    ("cron", "By a cron expression"),
];

/// What is entered: each field by itself, so that nothing is lost when the kind is changed back.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    pub(super) name: RwSignal<String>,
    pub(super) kind: RwSignal<String>,
    pub(super) minutes: RwSignal<String>,
    pub(super) minute: RwSignal<String>,
    pub(super) at: RwSignal<String>,
    pub(super) days: RwSignal<BTreeSet<u8>>,
    /// A number, or `last`.
    pub(super) day: RwSignal<String>,
    pub(super) expression: RwSignal<String>,
    pub(super) zone: RwSignal<String>,
    pub(super) skip: RwSignal<bool>,
    pub(super) jitter: RwSignal<String>,
    pub(super) windowed: RwSignal<bool>,
    pub(super) from: RwSignal<String>,
    pub(super) until: RwSignal<String>,
    pub(super) parallel: RwSignal<String>,
    pub(super) connections: RwSignal<BTreeSet<String>>,
}

impl Entered {
    /// Filled in from a schedule, or with what most people want: each night, in the reader's own zone.
    pub(super) fn new(schedule: Option<&Schedule>) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let entered = Self {
            name: text(""),
            kind: text("day"),
            minutes: text("60"),
            minute: text("0"),
            at: text("06:00"),
            days: RwSignal::new(BTreeSet::from([1])),
            day: text("1"),
            expression: text("0 6 * * 1-5"),
            zone: RwSignal::new(own_zone()),
            skip: RwSignal::new(false),
            jitter: text("0"),
            windowed: RwSignal::new(false),
            from: text("20:00"),
            until: text("06:00"),
            parallel: text("1"),
            connections: RwSignal::default(),
        };
        if let Some(schedule) = schedule {
            entered.take(&schedule.draft);
        }
        entered
    }

    fn take(self, draft: &ScheduleDraft) {
        self.name.set(draft.name.clone());
        self.zone.set(draft.zone.clone());
        self.skip.set(draft.missed == MissedRuns::Skip);
        self.jitter.set(draft.jitter_minutes.to_string());
        self.parallel.set(draft.parallel.to_string());
        self.connections.set(draft.connections.clone());
        if let Some((from, until)) = draft.window.as_deref().and_then(|window| window.split_once('-')) {
            self.windowed.set(true);
            self.from.set(from.to_owned());
            self.until.set(until.to_owned());
        }
        let kind = match &draft.rule {
            ScheduleRule::Interval { minutes } => {
                self.minutes.set(minutes.to_string());
                "interval"
            }
            ScheduleRule::Hour { minute } => {
                self.minute.set(minute.to_string());
                "hour"
            }
            ScheduleRule::Day { at } => {
                self.at.set(at.clone());
                "day"
            }
            ScheduleRule::Week { days, at } => {
                self.days.set(days.clone());
                self.at.set(at.clone());
                "week"
            }
            ScheduleRule::Month { day, at } => {
                self.day.set(day.map_or_else(|| "last".to_owned(), |day| day.to_string()));
                self.at.set(at.clone());
                "month"
            }
            ScheduleRule::Cron { expression } => {
                self.expression.set(expression.clone());
                "cron"
            }
        };
        self.kind.set(kind.to_owned());
    }

    /// What is entered now. A number that is none is sent as one that the host refuses, with its own words.
    pub(super) fn draft(self) -> ScheduleDraft {
        let at = self.at.get();
        let rule = match self.kind.get().as_str() {
            "interval" => ScheduleRule::Interval { minutes: self.minutes.get().trim().parse().unwrap_or(0) },
            "hour" => ScheduleRule::Hour { minute: self.minute.get().trim().parse().unwrap_or(u8::MAX) },
            "week" => ScheduleRule::Week { days: self.days.get(), at },
            "month" => {
                let day = self.day.get();
                ScheduleRule::Month { day: (day != "last").then(|| day.parse().unwrap_or(0)), at }
            }
            "cron" => ScheduleRule::Cron { expression: self.expression.get() },
            _ => ScheduleRule::Day { at },
        };
        ScheduleDraft {
            name: self.name.get(),
            rule,
            zone: self.zone.get(),
            missed: if self.skip.get() { MissedRuns::Skip } else { MissedRuns::RunOnce },
            jitter_minutes: self.jitter.get().trim().parse().unwrap_or(u16::MAX),
            window: self.windowed.get().then(|| format!("{}-{}", self.from.get(), self.until.get())),
            parallel: self.parallel.get().trim().parse().unwrap_or(0),
            connections: self.connections.get(),
        }
    }
}

/// The reader's time zone, by its name.
fn own_zone() -> String {
    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    let zone = Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone"));
    zone.ok().and_then(|zone| zone.as_string()).unwrap_or_else(|| "UTC".to_owned())
}

/// All time zones that the browser knows; none where it does not tell.
pub(super) fn zones() -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl"));
    let values = intl.and_then(|intl| {
        let values: Function = Reflect::get(&intl, &JsValue::from_str("supportedValuesOf"))?.dyn_into()?;
        values.call1(&intl, &JsValue::from_str("timeZone"))
    });
    let zones: Vec<String> = values.map_or_else(
        |_| Vec::new(),
        |values| Array::from(&values).iter().filter_map(|zone| zone.as_string()).collect(),
    );
    // Not every browser lists it, and servers love it.
    let utc = (!zones.iter().any(|zone| zone == "UTC")).then(|| "UTC".to_owned());
    utc.into_iter().chain(zones).collect()
}
