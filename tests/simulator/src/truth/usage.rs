//! The truth about use: what the reports of the refresh date say, and when people signed in.

use super::GroundTruth;
use crate::identifiers::UserId;
use crate::reports::{ActivationFact, Period, Report, StorageFact, UnnamedRows, UsageFact};
use crate::tenant::SignInActivity;
use jiff::civil::Date;

/// `signInActivity` of a user who has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInFact {
    /// The user.
    pub user_id: UserId,
    /// Position in the directory's order.
    pub position: u64,
    /// The object.
    pub activity: SignInActivity,
}

impl GroundTruth {
    /// `Report Refresh Date` of every report.
    #[must_use]
    pub fn refreshed_on(&self) -> Date {
        self.issue.refreshed_on()
    }

    /// What every report says about use over each of its periods.
    pub fn usage(&self) -> impl Iterator<Item = UsageFact> + '_ {
        let reports = Report::ALL.into_iter();
        reports.flat_map(move |report| report.periods().iter().flat_map(move |period| self.usage_in(report, *period)))
    }

    /// What one report says about use over one period. Active users: services that the person is licensed for.
    pub fn usage_in(&self, report: Report, period: Period) -> impl Iterator<Item = UsageFact> + '_ {
        self.issue.usage(report, period)
    }

    /// What the report of activations says.
    pub fn activations(&self) -> impl Iterator<Item = ActivationFact> + '_ {
        self.issue.activations()
    }

    /// Mailboxes, then OneDrives.
    pub fn storage(&self) -> impl Iterator<Item = StorageFact> + '_ {
        self.issue.storage()
    }

    /// Sign-ins of today's users; who never tried is left out.
    pub fn sign_ins(&self) -> impl Iterator<Item = SignInFact> + '_ {
        self.tenant.everybody(0).filter_map(|stop| {
            let activity = self.tenant.sign_in_activity(stop.position, self.first_day)?;
            Some(SignInFact { user_id: self.tenant.user_id(stop.position), position: stop.position, activity })
        })
    }

    /// Rows of a report that name nobody.
    #[must_use]
    pub fn unnamed_rows(&self, _report: Report) -> UnnamedRows {
        self.issue.unnamed_rows()
    }
}
