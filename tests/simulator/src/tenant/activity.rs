//! When somebody last used what: drawn from seed and position, counted in days before the day the reports describe.

use super::Tenant;
use crate::dice::{Dice, Domain};

/// Days before the refresh date; `None` is never.
pub(crate) type DaysAgo = Option<u16>;

/// The longest anybody has been away, in days.
pub(crate) const LONGEST: u16 = 700;

/// Programs of Microsoft 365 Apps, in the order of the report's columns.
pub(crate) const PROGRAMS: usize = 6;
/// Windows, Mac, mobile, web.
pub(crate) const PLATFORMS: usize = 4;

/// How somebody works with Microsoft 365 as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    Never,
    /// Was there once, more than half a year ago.
    Dormant,
    /// Every few months.
    Seldom,
    Regular,
}

impl Habit {
    pub(super) fn draw(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..8 => Self::Never,
            8..20 => Self::Dormant,
            20..35 => Self::Seldom,
            _ => Self::Regular,
        }
    }

    /// A last use that fits the habit.
    pub(super) fn days(self, dice: &mut Dice) -> DaysAgo {
        let (from, spread) = match self {
            Self::Never => return None,
            Self::Dormant => (180, u64::from(LONGEST) - 180),
            Self::Seldom => (30, 150),
            // Most people were there yesterday; the square makes them.
            Self::Regular => return Some((dice.below(30) * dice.below(30) / 30) as u16),
        };
        Some((from + dice.below(spread)) as u16)
    }

    fn days_with_chance(self, dice: &mut Dice, chance: u64) -> DaysAgo {
        // Both draws always happen, so that one service does not shift the next one's.
        let (uses, days) = (dice.percent(chance), self.days(dice));
        days.filter(|_| uses)
    }
}

/// Last use of each service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) exchange: DaysAgo,
    pub(crate) one_drive: DaysAgo,
    pub(crate) share_point: DaysAgo,
    pub(crate) teams: DaysAgo,
    pub(crate) yammer: DaysAgo,
    /// Chat, Teams, Word, Excel, PowerPoint, Outlook, OneNote, Loop.
    pub(crate) copilot: [DaysAgo; 8],
}

impl Activity {
    /// Last use of Copilot anywhere.
    pub(crate) fn copilot_anywhere(&self) -> DaysAgo {
        self.copilot.iter().flatten().min().copied()
    }
}

/// The later of two days; nothing counts as the earliest.
fn no_later_than(days: DaysAgo, limit: u16) -> DaysAgo {
    days.map(|days| days.max(limit))
}

impl Activity {
    /// Nothing happens after a deletion this many days ago.
    pub(crate) fn ended(mut self, days_ago: u16) -> Self {
        for days in [&mut self.exchange, &mut self.one_drive, &mut self.share_point, &mut self.teams, &mut self.yammer]
            .into_iter()
            .chain(&mut self.copilot)
        {
            *days = no_later_than(*days, days_ago);
        }
        self
    }
}

/// Last use of each program of Microsoft 365 Apps on each platform.
pub(crate) type ProgramUse = [[DaysAgo; PLATFORMS]; PROGRAMS];

impl Tenant {
    pub(super) fn habit(&self, position: u64) -> (Habit, Dice) {
        let mut dice = Dice::new(self.seed, Domain::Usage, position);
        (Habit::draw(&mut dice), dice)
    }

    /// Last use of each service by the person at a position.
    pub(crate) fn activity(&self, position: u64) -> Activity {
        let (habit, mut dice) = self.habit(position);
        let mut days = |chance| habit.days_with_chance(&mut dice, chance);
        Activity {
            exchange: days(96),
            one_drive: days(78),
            share_point: days(60),
            teams: days(90),
            yammer: days(30),
            copilot: [70, 60, 50, 40, 35, 45, 15, 10].map(days),
        }
    }

    /// Last use of each program by the person at a position.
    pub(crate) fn program_use(&self, position: u64) -> ProgramUse {
        let (habit, _) = self.habit(position);
        let mut dice = Dice::new(self.seed, Domain::Usage, position ^ (1 << 63));
        // Two machines are the exception: who has a Mac has no Windows, mostly.
        let mac = dice.percent(20);
        let both = dice.percent(5);
        let chance = |platform: usize| match platform {
            0 if mac && !both => 0,
            1 if !mac && !both => 0,
            0 | 1 => 70,
            2 => 30,
            _ => 45,
        };
        [90, 70, 65, 45, 20, 85].map(|program: u64| {
            [0, 1, 2, 3].map(|platform| habit.days_with_chance(&mut dice, program * chance(platform) / 100))
        })
    }
}
