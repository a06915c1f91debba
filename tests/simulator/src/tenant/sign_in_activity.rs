//! `signInActivity`: when somebody tried to sign in, and when it worked.

use super::Tenant;
use super::activity::Habit;
use crate::dice::{Dice, Domain};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// A value of `signInActivity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInTime {
    /// A moment.
    At(Timestamp),
    /// `0001-01-01T00:00:00Z`, which stands for never.
    Never,
}

impl SignInTime {
    /// The moment; `None` for never.
    #[must_use]
    pub fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }
}

/// The object on a user. The first two count attempts that failed as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInActivity {
    /// Last interactive attempt.
    pub last_interactive_attempt: SignInTime,
    /// Last attempt of a program on somebody's behalf.
    pub last_non_interactive_attempt: SignInTime,
    /// Last success; absent for who has not signed in since it is recorded (December 2023).
    pub last_successful: Option<SignInTime>,
    pub(crate) request_id: Uuid,
}

/// 2023-12-01T00:00:00Z: `lastSuccessfulSignInDateTime` is not filled for earlier sign-ins.
const SUCCESS_IS_RECORDED_SINCE: Timestamp = Timestamp::constant(1_701_388_800, 0);

impl Tenant {
    /// The sign-ins of the person at a position, seen from the start of the day `today`; `None` for who never tried.
    #[must_use]
    pub fn sign_in_activity(&self, position: u64, today: Timestamp) -> Option<SignInActivity> {
        let (habit, _) = self.habit(position);
        let mut dice = Dice::new(self.seed, Domain::SignIn, position);
        let tried_in_vain = dice.percent(30);
        if habit == Habit::Never && !tried_in_vain {
            return None;
        }
        let ancient = habit == Habit::Dormant && dice.percent(30);
        let attempt = |dice: &mut Dice| {
            let days = match (habit, ancient) {
                (_, true) => 1_500 + dice.below(400) as i64,
                (Habit::Never, _) => 1 + dice.below(300) as i64,
                _ => 1 + i64::from(habit.days(dice).unwrap_or_default()),
            };
            let before = SignedDuration::from_secs(days * 86_400 - dice.below(86_400) as i64);
            today.saturating_sub(before).unwrap_or(today)
        };
        let (interactive, background) = (attempt(&mut dice), attempt(&mut dice));
        let no_background = dice.percent(25);
        let failed_later = dice.percent(15);
        let latest = if no_background { interactive } else { interactive.max(background) };
        let earlier = SignedDuration::from_secs(60 + dice.below(40 * 86_400) as i64);
        let success = match (habit, failed_later) {
            (Habit::Never, _) => SignInTime::Never,
            (_, true) => SignInTime::At(latest.saturating_sub(earlier).unwrap_or(latest)),
            (_, false) => SignInTime::At(latest),
        };
        let recorded = match success {
            SignInTime::At(at) => at >= SUCCESS_IS_RECORDED_SINCE,
            // Both forms of "never" occur.
            SignInTime::Never => dice.percent(50),
        };
        Some(SignInActivity {
            last_interactive_attempt: SignInTime::At(interactive),
            last_non_interactive_attempt: if no_background { SignInTime::Never } else { SignInTime::At(background) },
            last_successful: recorded.then_some(success),
            request_id: dice.guid(),
        })
    }
}
