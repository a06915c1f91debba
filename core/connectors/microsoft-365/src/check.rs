//! The task `check`: the rules between fields. What the form says about single fields the host checks by itself.

use crate::rules::broken_rules;
use beacon_contract::Done;
use beacon_kit::{Run, Settled};

pub(crate) fn check(run: &Run) -> Settled {
    run.field_errors(broken_rules(run.settings()));
    Ok(Done::default())
}
