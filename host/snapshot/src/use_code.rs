//! The states of one person and one application for all rules, in one byte.
//!
//! - 0: the application does not concern the person;
//! - 1: holds it, and no report lists the person;
//! - 2: a report lists the person over periods too short to say "never";
//! - 3: never used;
//! - 4 and above: used, with a digit to the base 3 for each rule (before, unclear, within).
//!
//! Which state 1 is, only the application tells: no data, not attributable, or not measured.

use beacon_api::UseState;
use beacon_package::{Recency, UseRow, UseState as Told, use_state};

/// Rules that are prepared, in days.
pub(crate) const RULES: [u16; 4] = [7, 30, 90, 180];

/// The rule if none is named.
pub(crate) const DEFAULT_DAYS: u16 = 90;

/// Holds it; no report lists the person.
pub(crate) const HOLDER: u8 = 1;
const LISTED: u8 = 2;
const NEVER: u8 = 3;
const USED: u8 = 4;

/// Values of a digit.
const RECENCIES: [Recency; 3] = [Recency::Before, Recency::Unclear, Recency::Within];

/// All states in a fixed order: what counts more comes first. Their place is stored.
pub(crate) const STATES: [UseState; 7] = [
    UseState::UsedWithin,
    UseState::UsedUnclear,
    UseState::UsedBefore,
    UseState::NeverUsed,
    UseState::NoData,
    UseState::NotAttributable,
    UseState::NotMeasured,
];

/// Place of a rule in [`RULES`].
pub(crate) fn rule_of(days: u16) -> Option<usize> {
    RULES.iter().position(|known| *known == days)
}

/// Place of a state in [`STATES`].
pub(crate) fn place_of(state: UseState) -> u8 {
    (0..).zip(STATES).find(|(_, known)| *known == state).map_or(u8::MAX, |(place, _)| place)
}

/// Name of a state, as it travels.
pub(crate) const fn name_of(state: UseState) -> &'static str {
    match state {
        UseState::UsedWithin => "used_within",
        UseState::UsedBefore => "used_before",
        UseState::UsedUnclear => "used_unclear",
        UseState::NeverUsed => "never_used",
        UseState::NoData => "no_data",
        UseState::NotAttributable => "not_attributable",
        UseState::NotMeasured => "not_measured",
    }
}

/// What the rows of one name and one application say.
pub(crate) fn code_of(rows: &[UseRow<'_>]) -> u8 {
    let mut code = USED;
    let mut worth = 27;
    for days in RULES {
        match use_state(rows.iter().copied(), days) {
            Told::Used(recency) => {
                let digit = (0..).zip(RECENCIES).find(|(_, known)| *known == recency).map_or(0, |(digit, _)| digit);
                code += digit * worth;
            }
            Told::NeverUsed => return NEVER,
            Told::NoData | Told::NotAttributable | Told::NotMeasured => return LISTED,
        }
        worth /= 3;
    }
    code
}

/// The digit of a rule, for codes of use.
fn digit(code: u8, rule: usize) -> usize {
    let shift = [27, 9, 3, 1].get(rule).copied().unwrap_or(1);
    usize::from(code.saturating_sub(USED) / shift % 3)
}

/// Two names of one person: what counts more, rule by rule.
pub(crate) fn together(one: u8, other: u8) -> u8 {
    if one < USED || other < USED {
        return one.max(other);
    }
    (0..RULES.len()).fold(USED, |code, rule| {
        let worth = [27, 9, 3, 1].get(rule).copied().unwrap_or(1);
        code + u8::try_from(digit(one, rule).max(digit(other, rule))).unwrap_or(0) * worth
    })
}

/// The state for a rule; `None` if the application does not concern the person.
pub(crate) fn state_of(code: u8, rule: usize, unlisted: UseState) -> Option<UseState> {
    Some(match code {
        0 => return None,
        HOLDER => unlisted,
        LISTED => UseState::NoData,
        NEVER => UseState::NeverUsed,
        _ => match RECENCIES.get(digit(code, rule)) {
            Some(Recency::Within) => UseState::UsedWithin,
            Some(Recency::Unclear) => UseState::UsedUnclear,
            _ => UseState::UsedBefore,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(days_ago: i32) -> UseRow<'static> {
        let last_activity_on = Some(20_000 - days_ago);
        UseRow { report: "mail", period_days: 180, last_activity_on, used_in_period: None, refreshed_on: Some(20_000) }
    }

    #[test]
    fn a_code_keeps_the_state_of_every_rule() {
        let cases = [(3, 4), (10, 3), (40, 2), (100, 1), (300, 0)];
        for (days_ago, within) in cases {
            let code = code_of(&[dated(days_ago)]);
            let states: Vec<_> = (0..4).map(|rule| state_of(code, rule, UseState::NoData).unwrap()).collect();
            let expected = |rule| if rule >= 4 - within { UseState::UsedWithin } else { UseState::UsedBefore };
            assert_eq!(states, (0..4).map(expected).collect::<Vec<_>>(), "{days_ago} days ago");
        }
        let never = UseRow { last_activity_on: None, ..dated(0) };
        assert_eq!(state_of(code_of(&[never]), 2, UseState::NoData), Some(UseState::NeverUsed));
        let short = UseRow { period_days: 30, ..never };
        assert_eq!(state_of(code_of(&[short]), 2, UseState::NotMeasured), Some(UseState::NoData));
        assert_eq!(state_of(HOLDER, 2, UseState::NotAttributable), Some(UseState::NotAttributable));
        assert_eq!(state_of(0, 2, UseState::NoData), None);
    }

    #[test]
    fn of_two_names_the_one_that_counts_more_decides() {
        let (lately, long_ago) = (code_of(&[dated(10)]), code_of(&[dated(100)]));
        assert_eq!(together(lately, long_ago), lately);
        assert_eq!(together(long_ago, NEVER), long_ago);
        assert_eq!(together(HOLDER, LISTED), LISTED);
    }
}
