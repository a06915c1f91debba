//! Who gets which product from where: the cheap half of a person, computed without building the record.

use super::group;
use super::person::Kind;
use crate::catalog::number;
use crate::dice::{Dice, Domain};
use serde::Serialize;

/// `state` of an entry of `licenseAssignmentStates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AssignmentState {
    /// In force.
    Active,
    /// In force, although something about it failed.
    ActiveWithError,
    /// Not in force.
    Error,
}

impl AssignmentState {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::ActiveWithError => "ActiveWithError",
            Self::Error => "Error",
        }
    }
}

/// `error` of an entry of `licenseAssignmentStates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AssignmentError {
    /// No unit was left.
    CountViolation,
    /// Another product holds a plan that excludes this one.
    MutuallyExclusiveViolation,
    /// A plan needs another plan.
    DependencyViolation,
    /// Not sold in the person's country.
    ProhibitedInUsageLocationViolation,
    /// An address exists twice.
    UniquenessViolation,
    /// Anything else.
    Other,
}

impl AssignmentError {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CountViolation => "CountViolation",
            Self::MutuallyExclusiveViolation => "MutuallyExclusiveViolation",
            Self::DependencyViolation => "DependencyViolation",
            Self::ProhibitedInUsageLocationViolation => "ProhibitedInUsageLocationViolation",
            Self::UniquenessViolation => "UniquenessViolation",
            Self::Other => "Other",
        }
    }
}

/// One way in which a person got (or failed to get) a product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) product: u8,
    /// Position in the group list; `None` is a direct assignment.
    pub(crate) group: Option<u8>,
    pub(crate) state: AssignmentState,
    pub(crate) error: Option<AssignmentError>,
    /// Bit n switches off the n-th entry of [`SWITCHABLE_PLANS`].
    pub(crate) disabled: u8,
    /// `false`: the licence is held but `licenseAssignmentStates` does not tell from where.
    pub(crate) reported: bool,
}

impl Source {
    /// Whether this source alone would give the person the product.
    pub(crate) fn holds(&self) -> bool {
        self.state != AssignmentState::Error
    }
}

/// Positions in a suite's plan list that administrators of this tenant switch off.
pub(crate) const SWITCHABLE_PLANS: [usize; 3] = [2, 7, 11];

const ERRORS: [AssignmentError; 6] = [
    AssignmentError::CountViolation,
    AssignmentError::MutuallyExclusiveViolation,
    AssignmentError::DependencyViolation,
    AssignmentError::ProhibitedInUsageLocationViolation,
    AssignmentError::UniquenessViolation,
    AssignmentError::Other,
];

/// All licence sources of a person, suites first.
pub(crate) fn sources(seed: u64, index: u64, kind: Kind) -> Vec<Source> {
    let mut draft = Draft { dice: Dice::new(seed, Domain::Licences, index), sources: Vec::with_capacity(6) };
    match kind {
        Kind::Member => draft.member(),
        Kind::Leaver if draft.dice.percent(60) => draft.member(),
        Kind::SharedMailbox if draft.dice.percent(20) => draft.direct(number::EXCHANGE_PLAN_1),
        Kind::Guest if draft.dice.percent(8) => draft.direct(number::FABRIC_FREE),
        Kind::Leaver | Kind::SharedMailbox | Kind::Guest | Kind::Room | Kind::Service => {}
    }
    draft.sources
}

struct Draft {
    dice: Dice,
    sources: Vec<Source>,
}

impl Draft {
    fn member(&mut self) {
        let suite = match self.dice.below(100) {
            0..44 => Some(number::M365_E5),
            44..72 => Some(number::M365_E3),
            72..86 => Some(number::OFFICE_E3),
            86..91 => Some(number::BUSINESS_PREMIUM),
            91..93 => Some(number::BUSINESS_STANDARD),
            93..97 => Some(number::EXCHANGE_PLAN_1),
            _ => None,
        };
        let Some(suite) = suite else { return };
        match self.dice.below(100) {
            0..55 => self.inherited(suite),
            55..80 => self.direct(suite),
            80..96 => {
                self.direct(suite);
                self.inherited(suite);
            }
            96..98 => {
                self.inherited(suite);
                self.inherited(suite);
            }
            _ => self.unreported(suite),
        }
        const EXTRAS: [(u8, u64, bool); 7] = [
            (number::FLOW_FREE, 55, false),
            (number::FABRIC_FREE, 50, true),
            (number::POWER_BI_PRO, 14, true),
            (number::PROJECT_PLAN_3, 8, true),
            (number::VISIO_PLAN_2, 6, true),
            (number::COPILOT, 18, true),
            (number::ENTRA_P2, 5, false),
        ];
        for (product, chance, by_group) in EXTRAS {
            if self.dice.percent(chance) {
                if by_group && self.dice.percent(50) { self.inherited(product) } else { self.direct(product) }
            }
        }
    }

    fn direct(&mut self, product: u8) {
        // Products without a group come here twice when both ways were drawn.
        if self.sources.iter().any(|source| source.product == product && source.group.is_none()) {
            return;
        }
        let disabled = self.disabled(product, 8);
        let (state, error) = match self.dice.below(200) {
            0 => (AssignmentState::ActiveWithError, Some(AssignmentError::DependencyViolation)),
            1 => (AssignmentState::Error, Some(AssignmentError::CountViolation)),
            _ => (AssignmentState::Active, None),
        };
        self.sources.push(Source { product, group: None, state, error, disabled, reported: true });
    }

    fn inherited(&mut self, product: u8) {
        let Some((first, count)) = group::assigning(product) else { return self.direct(product) };
        let group = first + self.dice.below(u64::from(count)) as u8;
        if self.sources.iter().any(|source| source.product == product && source.group == Some(group)) {
            return;
        }
        let disabled = self.disabled(product, 12);
        let (state, error) = match self.dice.below(100) {
            0..4 => (AssignmentState::Error, Some(self.dice.pick(&ERRORS))),
            _ => (AssignmentState::Active, None),
        };
        self.sources.push(Source { product, group: Some(group), state, error, disabled, reported: true });
    }

    fn unreported(&mut self, product: u8) {
        let disabled = self.disabled(product, 8);
        let (state, error) = (AssignmentState::Active, None);
        self.sources.push(Source { product, group: None, state, error, disabled, reported: false });
    }

    /// Only suites have plans that anybody switches off.
    fn disabled(&mut self, product: u8, chance: u64) -> u8 {
        if product <= number::BUSINESS_STANDARD && self.dice.percent(chance) { 1 + self.dice.below(7) as u8 } else { 0 }
    }
}
