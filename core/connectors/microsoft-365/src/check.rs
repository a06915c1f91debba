//! The task `check`: are the settings fit for use, without asking anybody.

use crate::form::form;
use crate::names::defect;
use crate::rules::broken_rules;
use beacon_contract::Done;
use beacon_kit::{Run, Settled};

pub(crate) fn check(run: &Run) -> Settled {
    let form = form().map_err(|error| defect(&error))?;
    let settings = form.effective(run.settings());
    let rules = broken_rules(&form, &settings);
    let mut errors = form.check(run.settings(), run.configured());
    // A rule knows more than the characters of a value: its sentence replaces the general one.
    errors.retain(|error| rules.iter().all(|rule| rule.field != error.field));
    errors.extend(rules);
    run.field_errors(errors);
    Ok(Done::default())
}
