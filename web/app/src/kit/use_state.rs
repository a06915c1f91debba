//! The states of use in words. Only one of them says "never used".

use beacon_api::UseState;

/// Name of a state, short enough for a cell.
pub(crate) const fn use_word(state: UseState) -> &'static str {
    match state {
        UseState::UsedWithin => "Used within the days",
        UseState::UsedBefore => "Used before",
        UseState::UsedUnclear => "Used, date unknown",
        UseState::NeverUsed => "Never used",
        UseState::NoData => "No data",
        UseState::NotAttributable => "Concealed",
        UseState::NotMeasured => "Not measured",
    }
}

/// Its name in the API and in the stylesheet.
pub(crate) const fn use_name(state: UseState) -> &'static str {
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

/// All states, in the order in which they are drawn.
pub(crate) const USE_STATES: [UseState; 7] = [
    UseState::UsedWithin,
    UseState::UsedBefore,
    UseState::UsedUnclear,
    UseState::NeverUsed,
    UseState::NoData,
    UseState::NotAttributable,
    UseState::NotMeasured,
];
