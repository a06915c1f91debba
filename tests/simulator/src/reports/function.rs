//! Report functions and their parameters.

use crate::tenant::Service;
use serde::{Deserialize, Serialize};

/// A usage report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the functions that function() gives")]
pub enum Report {
    ActiveUsers,
    Activations,
    Apps,
    MailboxUsage,
    EmailActivity,
    OneDriveUsage,
    OneDriveActivity,
    SharePointActivity,
    TeamsActivity,
    VivaEngageActivity,
    Copilot,
}

impl Report {
    /// Every report.
    pub const ALL: [Self; 11] = [
        Self::ActiveUsers,
        Self::Activations,
        Self::Apps,
        Self::MailboxUsage,
        Self::EmailActivity,
        Self::OneDriveUsage,
        Self::OneDriveActivity,
        Self::SharePointActivity,
        Self::TeamsActivity,
        Self::VivaEngageActivity,
        Self::Copilot,
    ];

    /// Name of the function on Graph.
    #[must_use]
    pub fn function(self) -> &'static str {
        match self {
            Self::ActiveUsers => "getOffice365ActiveUserDetail",
            Self::Activations => "getOffice365ActivationsUserDetail",
            Self::Apps => "getM365AppUserDetail",
            Self::MailboxUsage => "getMailboxUsageDetail",
            Self::EmailActivity => "getEmailActivityUserDetail",
            Self::OneDriveUsage => "getOneDriveUsageAccountDetail",
            Self::OneDriveActivity => "getOneDriveActivityUserDetail",
            Self::SharePointActivity => "getSharePointActivityUserDetail",
            Self::TeamsActivity => "getTeamsUserActivityUserDetail",
            Self::VivaEngageActivity => "getYammerActivityUserDetail",
            Self::Copilot => "getMicrosoft365CopilotUsageUserDetail",
        }
    }

    /// Periods that the report is made for; activations have none. Of Copilot's, version 2 has 28 days where version 1
    /// has 30.
    #[must_use]
    pub fn periods(self) -> &'static [Period] {
        const USUAL: [Period; 4] = [Period::D7, Period::D30, Period::D90, Period::D180];
        const COPILOT: [Period; 6] = [Period::D7, Period::D28, Period::D30, Period::D90, Period::D180, Period::All];
        match self {
            Self::Activations => &[],
            Self::Copilot => &COPILOT,
            _ => &USUAL,
        }
    }

    /// Services of which a person must hold one to be in the report.
    pub(crate) fn services(self) -> &'static [Service] {
        use Service::{Apps, Copilot, Exchange, OneDrive, Project, SharePoint, Skype, Teams, Visio, Yammer};
        match self {
            Self::ActiveUsers => &[Exchange, OneDrive, SharePoint, Skype, Yammer, Teams],
            Self::Activations => &[Apps, Project, Visio],
            Self::Apps => &[Apps],
            Self::MailboxUsage | Self::EmailActivity => &[Exchange],
            Self::OneDriveUsage | Self::OneDriveActivity => &[OneDrive],
            Self::SharePointActivity => &[SharePoint],
            Self::TeamsActivity => &[Teams],
            Self::VivaEngageActivity => &[Yammer],
            Self::Copilot => &[Copilot],
        }
    }

    /// Whether the report tells of people who were deleted; the others leave them out.
    pub(crate) fn tells_of_deleted(self) -> bool {
        !matches!(self, Self::Activations | Self::Apps | Self::Copilot)
    }
}

/// How far back a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the values of the parameter")]
pub enum Period {
    D7,
    /// Only in version 2 of the Copilot report.
    D28,
    D30,
    D90,
    D180,
    /// Only Copilot.
    All,
}

impl Period {
    fn parse(text: &str) -> Option<Self> {
        [Self::D7, Self::D28, Self::D30, Self::D90, Self::D180, Self::All]
            .into_iter()
            .find(|period| period.as_str().eq_ignore_ascii_case(text))
    }

    /// The parameter's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::D7 => "D7",
            Self::D28 => "D28",
            Self::D30 => "D30",
            Self::D90 => "D90",
            Self::D180 => "D180",
            Self::All => "ALL",
        }
    }

    /// Days; `None` for all there are.
    #[must_use]
    pub fn days(self) -> Option<u16> {
        match self {
            Self::D7 => Some(7),
            Self::D28 => Some(28),
            Self::D30 => Some(30),
            Self::D90 => Some(90),
            Self::D180 => Some(180),
            Self::All => None,
        }
    }

    /// Whether a day this many days before the refresh date, which itself is the first day, lies within.
    pub(crate) fn holds(self, days_ago: u16) -> bool {
        self.days().is_none_or(|days| days_ago < days)
    }
}

/// A report function with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) report: Report,
    pub(crate) period: Option<Period>,
    /// Version 2 of the Copilot report, with more columns.
    pub(crate) second_version: bool,
}

/// Why a call is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadCall {
    UnknownFunction,
    BadArgument(String),
}

impl Call {
    /// Reads `getX(period='D30')` (already decoded). Copilot's function lives elsewhere than the others.
    pub(crate) fn parse(segment: &str, copilot: bool) -> Result<Self, BadCall> {
        let (name, arguments) = match segment.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or(BadCall::UnknownFunction)?),
            None => (segment, ""),
        };
        let known = Report::ALL.into_iter().filter(|report| (*report == Report::Copilot) == copilot);
        let mut named = known.filter(|report| report.function().eq_ignore_ascii_case(name));
        let report = named.next().ok_or(BadCall::UnknownFunction)?;
        let mut call = Self { report, period: None, second_version: false };
        for argument in arguments.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            let value = value.trim().trim_matches('\'');
            match name.trim() {
                "period" => call.period = Some(Period::parse(value).ok_or_else(|| wrong("period", value))?),
                "version" if copilot && value == "v2" => call.second_version = true,
                "version" if copilot && value == "v1" => {}
                other => return Err(wrong(other, value)),
            }
        }
        let fits = match call.period {
            None => report.periods().is_empty(),
            Some(Period::D28) => call.second_version,
            Some(Period::D30) if call.second_version => false,
            Some(period) => report.periods().contains(&period),
        };
        let given = call.period.map_or("", Period::as_str);
        if fits { Ok(call) } else { Err(wrong("period", given)) }
    }
}

fn wrong(parameter: &str, value: &str) -> BadCall {
    BadCall::BadArgument(format!("Invalid parameter value for parameter '{parameter}': '{value}'."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_with_their_arguments() {
        let call = |report, period, second_version| Ok(Call { report, period, second_version });
        for (segment, copilot, expected) in [
            ("getM365AppUserDetail(period='D90')", false, call(Report::Apps, Some(Period::D90), false)),
            ("getOffice365ActivationsUserDetail", false, call(Report::Activations, None, false)),
            ("getOffice365ActivationsUserDetail()", false, call(Report::Activations, None, false)),
            (
                "getMicrosoft365CopilotUsageUserDetail(period='D28',version='v2')",
                true,
                call(Report::Copilot, Some(Period::D28), true),
            ),
            (
                "getMicrosoft365CopilotUsageUserDetail(period='ALL')",
                true,
                call(Report::Copilot, Some(Period::All), false),
            ),
            ("getMicrosoft365CopilotUsageUserDetail(period='D7')", false, Err(BadCall::UnknownFunction)),
            ("getNothing(period='D7')", false, Err(BadCall::UnknownFunction)),
        ] {
            assert_eq!(Call::parse(segment, copilot), expected, "{segment}");
        }
        for (segment, copilot) in [
            ("getM365AppUserDetail(period='D60')", false),
            ("getM365AppUserDetail(period='ALL')", false),
            ("getM365AppUserDetail(period='D28')", false),
            ("getM365AppUserDetail", false),
            ("getM365AppUserDetail(date=2026-01-01)", false),
            ("getOffice365ActivationsUserDetail(period='D7')", false),
            ("getMicrosoft365CopilotUsageUserDetail(period='D28')", true),
        ] {
            assert!(matches!(Call::parse(segment, copilot), Err(BadCall::BadArgument(_))), "{segment}");
        }
    }
}
