use std::str::FromStr;

use crate::InvalidInput;

macro_rules! actions {
    ($($action:ident = $code:literal, $words:literal;)+) => {
        /// What was done: a closed list. A code never changes its meaning, and none is used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $words] $action,)+
        }

        impl Action {
            /// All of them, in the order in which a list offers them.
            pub const ALL: &[Self] = &[$(Self::$action,)+];

            /// The code, as stored and as scripts read it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$action => $code,)+
                }
            }

            /// What a person reads.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$action => $words,)+
                }
            }
        }
    };
}

actions! {
    ConnectionAdded = "connection.added", "A connection was added";
    ConnectionChanged = "connection.changed", "A connection was changed";
    ConnectionRemoved = "connection.removed", "A connection was removed";
    ConnectionPaused = "connection.paused", "A connection was paused";
    ConnectionDisabled = "connection.disabled", "A connection was disabled";
    ConnectionResumed = "connection.resumed", "A connection was let run again";
    ConnectionScheduled = "connection.scheduled", "A connection was given a schedule, or none";
    ConnectionTested = "connection.tested", "A connection was tested";
    ConnectionPreviewed = "connection.previewed", "A sample of a connection's data was asked for";
    SecretSet = "secret.set", "A secret was entered";
    SecretReplaced = "secret.replaced", "A secret was replaced";
    SecretRemoved = "secret.removed", "A secret was removed";
    CertificateTried = "certificate.tried", "A new certificate was tried";
    ConsentStarted = "consent.started", "A consent was begun";
    ConsentLinkMade = "consent.link_made", "A link for a consent was made";
    ConsentLinkOpened = "consent.link_opened", "A link for a consent was opened";
    ConsentLinkUsed = "consent.link_used", "A link for a consent was used";
    ConsentLinkWithdrawn = "consent.link_withdrawn", "A link for a consent was taken back";
    ConsentGranted = "consent.granted", "A consent came back from Microsoft";
    ConsentConfirmed = "consent.confirmed", "A consent was kept";
    ConsentRejected = "consent.rejected", "A consent was discarded";
    ConsentFailed = "consent.failed", "A consent failed";
    ProfileAdded = "profile.added", "A credential profile was added";
    ProfileChanged = "profile.changed", "A credential profile was changed";
    ProfileRemoved = "profile.removed", "A credential profile was removed";
    ScheduleAdded = "schedule.added", "A schedule was added";
    ScheduleChanged = "schedule.changed", "A schedule was changed";
    ScheduleRemoved = "schedule.removed", "A schedule was removed";
    ScheduleTriggered = "schedule.triggered", "A schedule was triggered";
    RunStarted = "run.started", "An import was started";
    RunStopped = "run.stopped", "An import was stopped";
    RunLogExported = "run.log_exported", "The log of an import was downloaded";
    DestinationAdded = "destination.added", "A destination was added";
    DestinationChanged = "destination.changed", "A destination was changed";
    DestinationRemoved = "destination.removed", "A destination was removed";
    DestinationTested = "destination.tested", "A destination was tested";
    DeliveryStarted = "delivery.started", "Sending packages was asked for";
    DeliveryGivenUp = "delivery.given_up", "A delivery was given up";
    RetentionChanged = "retention.changed", "Which packages go by themselves was changed";
    PackagesRemoved = "packages.removed", "Old packages were removed";
    ProxyChanged = "proxy.changed", "The default proxy was changed";
    ProxyRemoved = "proxy.removed", "The default proxy was removed";
    NotificationAdded = "notification.added", "A notification was added";
    NotificationRemoved = "notification.removed", "A notification was removed";
    NotificationTested = "notification.tested", "A notification was tested";
    DefaultsChanged = "defaults.changed", "What is filled in for new connections was changed";
    AccountAdded = "account.added", "An account was added";
    AccountChanged = "account.changed", "An account was changed";
    AccountRemoved = "account.removed", "An account was removed";
    SignedIn = "sign_in.done", "Somebody signed in";
    SignInRefused = "sign_in.refused", "A sign-in was refused";
    SignedOut = "sign_in.ended", "Somebody signed out";
    LinkMade = "sign_in.link_made", "A one-time link to the page was made";
    KeysRotated = "keys.rotated", "The keys of the secrets were rotated";
    KeysRekeyed = "keys.rekeyed", "The keys of the secrets moved to another provider";
    KeysExported = "keys.exported", "All secrets were exported";
    KeysReset = "keys.reset", "All secrets were forgotten";
    ConfigurationExported = "configuration.exported", "The configuration was exported";
    ConfigurationImported = "configuration.imported", "A configuration was imported";
    LegacyImported = "configuration.legacy_imported", "Connections of an older beacon were imported";
    TableImported = "configuration.table_imported", "Connections of a table were added";
    ModuleChanged = "module.changed", "Another version of a connector module is used";
    ModuleUntrusted = "module.untrusted", "A connector module that nobody vouches for was used";
    NamesInstalled = "names.installed", "Names of products were installed";
    UsageImported = "usage.imported", "Figures of use were imported from a file";
    UsageRemoved = "usage.removed", "Imported figures of use were removed";
    DataExported = "data.exported", "Data was exported";
    DiagnosticsExported = "diagnostics.exported", "A bundle for whoever helps was written";
    CustomerErased = "customer.erased", "A customer was erased";
    PersonOpened = "person.opened", "Somebody looked at everything about one person";
    AuditExported = "audit.exported", "The audit trail was exported";
    AuditForgotten = "audit.forgotten", "Old entries of the audit trail were forgotten";
    AuditResent = "audit.resent", "The syslog server had entries that are not in the audit trail";
    AuditErased = "audit.erased", "What the audit trail held of a customer was erased";
}

impl FromStr for Action {
    type Err = InvalidInput;

    fn from_str(code: &str) -> Result<Self, InvalidInput> {
        let found = Self::ALL.iter().copied().find(|action| action.as_str() == code);
        found.ok_or_else(|| InvalidInput::new("action", "must be a known one", code))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Action;

    #[test]
    fn every_code_is_one_of_a_kind_and_found_again() {
        let codes: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
            let (of, what) = action.as_str().split_once('.').unwrap();
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(plain(of) && plain(what), "{}", action.as_str());
        }
        assert!("connection.vanished".parse::<Action>().is_err());
    }
}
