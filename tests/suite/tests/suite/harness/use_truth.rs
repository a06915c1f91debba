//! Who uses what, as the generator of the simulated tenant knows it.

use super::{Tenant, truth};
use beacon_simulator::{Period, Report, UsageFact};
use std::collections::BTreeMap;

/// What the generator knows of one person and application: days since the last dated use, and the periods of the
/// report that says yes or no only.
#[derive(Default)]
pub(crate) struct Known {
    days_ago: Option<i32>,
    yes: BTreeMap<u16, bool>,
}

impl Known {
    /// `within`, `before`, `unclear` or `never`, for a rule of so many days.
    pub(crate) fn state(&self, days: u16) -> &'static str {
        let dated = self.days_ago.map(|ago| if ago < i32::from(days) { "within" } else { "before" });
        let yes = self.yes.iter().find(|(_, yes)| **yes).map(|(period, _)| *period);
        let no = self.yes.iter().rfind(|(_, yes)| !**yes).map_or(0, |(period, _)| *period);
        let told = match yes {
            None => None,
            Some(yes) if yes <= days => Some("within"),
            Some(_) if no >= days => Some("before"),
            Some(_) => Some("unclear"),
        };
        let known = [dated, told];
        let is = |state: &&str| known.contains(&Some(state));
        ["within", "unclear", "before"].into_iter().find(is).unwrap_or("never")
    }
}

/// By application and person.
pub(crate) fn known(tenant: &Tenant) -> BTreeMap<(String, String), Known> {
    let truth = tenant.truth();
    let mut known: BTreeMap<(String, String), Known> = BTreeMap::new();
    let mut take = |fact: UsageFact, period: Period| {
        let Some(user) = fact.user_id else { return };
        let person = known.entry((truth::application(fact.application).to_owned(), user.to_string())).or_default();
        if let Some(last) = fact.last_activity_on {
            let ago = last.until(truth.refreshed_on()).expect("a span").get_days();
            person.days_ago = Some(person.days_ago.map_or(ago, |known| known.min(ago)));
        }
        if let Some(used) = fact.used_in_period {
            *person.yes.entry(period.days().expect("a period of days")).or_default() |= used;
        }
    };
    for report in Report::ALL {
        let periods =
            if report == Report::Apps { &[Period::D30, Period::D90, Period::D180][..] } else { &[Period::D180] };
        for period in periods {
            truth.usage_in(report, *period).for_each(|fact| take(fact, *period));
        }
    }
    known
}
