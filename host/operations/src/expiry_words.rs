//! What a person is told about a credential that dies.

use crate::expiring::ExpiringKind;

impl ExpiringKind {
    /// What a person calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ClientSecret => "client secret",
            Self::Certificate => "certificate",
            Self::RefreshToken => "refresh token",
        }
    }
}

/// What happens, and when.
pub(crate) fn title(what: ExpiringKind, profile: Option<&str>, days_left: i32) -> String {
    let what = match profile {
        Some(profile) => format!("{} of the profile {profile}", what.label()),
        None => what.label().to_owned(),
    };
    match days_left {
        ..-1 => format!("The {what} expired {} days ago.", days_left.unsigned_abs()),
        -1 => format!("The {what} expired yesterday."),
        0 => format!("The {what} expires today."),
        1 => format!("The {what} expires tomorrow."),
        days => format!("The {what} expires in {days} days."),
    }
}

/// The next step.
pub(crate) fn advice(what: ExpiringKind, shared: bool) -> &'static str {
    match (what, shared) {
        (ExpiringKind::ClientSecret, false) => {
            "Make a new secret in the app registration, under Certificates & secrets, and store it here with the day on \
             which it expires."
        }
        (ExpiringKind::ClientSecret, true) => {
            "Make a new secret in the app registration, under Certificates & secrets, and store it with `beacon profile \
             edit`: all connections of the profile use it then."
        }
        (ExpiringKind::Certificate, false) => {
            "Make a new one with `beacon connection new-certificate` and upload its public part to the app \
             registration; the old one stays in use until the new one works."
        }
        (ExpiringKind::Certificate, true) => {
            "Make a new one with `beacon profile new-certificate` and upload its public part to the app registration; \
             the old one stays in use until the new one works."
        }
        (ExpiringKind::RefreshToken, _) => {
            "It was not used for long. Run the connection once; if that is refused, sign in and consent again."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpiringKind, title};

    #[test]
    fn a_title_says_what_and_when() {
        let said = |days_left, profile| title(ExpiringKind::ClientSecret, profile, days_left);
        assert_eq!(said(12, None), "The client secret expires in 12 days.");
        assert_eq!(said(1, None), "The client secret expires tomorrow.");
        assert_eq!(said(0, Some("Partner")), "The client secret of the profile Partner expires today.");
        assert_eq!(said(-1, None), "The client secret expired yesterday.");
        assert_eq!(said(-30, None), "The client secret expired 30 days ago.");
    }
}
