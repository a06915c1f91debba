//! Everything that can go wrong with a request to Graph: what it is called, and what it asks of the person.

use crate::ErrorBody;
use beacon_contract::{Fail, FailKind, Failed, FailureKind, Reason};
use beacon_entra::{CONSENT_ROLES, Grants, Permission};
use beacon_kit::{Response, failure};

/// What a request needs, so that a refusal can name it.
#[derive(Clone, Copy, Debug)]
pub struct Need<'g> {
    /// The least permission for it.
    pub permission: &'static Permission,
    /// What the token holds, as far as it told.
    pub grants: &'g Grants,
    /// Whether the token belongs to the application instead of a person.
    pub application: bool,
}

impl Need<'_> {
    /// Whether the token told what it holds, and this is not among it.
    #[must_use]
    pub fn is_known_missing(&self) -> bool {
        self.grants.is_known() && !self.grants.include(self.permission)
    }

    /// The trouble of a request that was not sent, because the right for it is known to be missing.
    #[must_use]
    pub fn missing(&self) -> Trouble {
        Trouble::Refused { status: 403, body: ErrorBody::default() }
    }
}

/// Why a list or an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Graph answered with an error.
    Refused {
        /// HTTP status.
        status: u16,
        /// What its body tells.
        body: ErrorBody,
    },
    /// There was no answer.
    Failed(Failed),
    /// An answer of status 2xx that is not what was asked for.
    Unreadable {
        /// Where reading stopped.
        detail: String,
    },
    /// A continuation led to a page that was read before.
    Stuck,
}

impl Trouble {
    /// The trouble of a response that is no success.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        let mut body = ErrorBody::read(&response.body);
        body.request_id = body.request_id.or_else(|| response.header("request-id").map(str::to_owned));
        Self::Refused { status: response.status, body }
    }

    /// Whether the token lacks the right, so that asking again changes nothing before somebody grants it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Refused { status: 401..=403, .. })
    }

    /// Whether there is no such thing at this service, as in clouds that lack a function.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Refused { status, body } => *status == 404 || (*status == 400 && body.message.contains("segment")),
            _ => false,
        }
    }

    /// Whether the address of a page has become too old; its list has to be read from the start.
    #[must_use]
    pub fn is_expired_page(&self) -> bool {
        matches!(self, Self::Refused { status: 400, body } if body.code == "Directory_ExpiredPageToken")
    }

    /// Kind and reason, in the words of `need`.
    #[must_use]
    pub fn explain(&self, need: &Need<'_>) -> (FailKind, Reason) {
        match self {
            Self::Refused { status, body } => refused(*status, body, need),
            Self::Failed(failed) => lost(failed),
            Self::Unreadable { detail } => (FailKind::Retry, Reason::new("graph.unreadable").with("detail", detail)),
            Self::Stuck => (FailKind::Retry, Reason::new("graph.continuation_stuck")),
        }
    }

    /// The reason alone, for a table that is not complete.
    #[must_use]
    pub fn reason(&self, need: &Need<'_>) -> Reason {
        self.explain(need).1
    }

    /// The end of a run.
    #[must_use]
    pub fn fail(&self, need: &Need<'_>) -> Fail {
        let (kind, reason) = self.explain(need);
        failure(kind, reason)
    }
}

fn refused(status: u16, body: &ErrorBody, need: &Need<'_>) -> (FailKind, Reason) {
    let (kind, code) = match (status, body.code.as_str()) {
        (400, "Directory_ExpiredPageToken") => (FailKind::Retry, "graph.page_token_expired"),
        (401, _) => (FailKind::Consent, "graph.token_refused"),
        (402, _) | (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant") => {
            (FailKind::Settings, "graph.not_licensed")
        }
        (403, "Authentication_RequestFromUnsupportedUserRole") => (FailKind::Consent, "graph.role_missing"),
        (403, "Authentication_MSGraphPermissionMissing") => (FailKind::Consent, "graph.permission_missing"),
        // The other bodies do not tell what is missing: what the token says about itself is the best hint there is.
        (403, _) if !need.grants.include(need.permission) => (FailKind::Consent, "graph.permission_missing"),
        (403, _) if need.application => (FailKind::Consent, "graph.permission_pending"),
        (403, _) => (FailKind::Consent, "graph.role_missing"),
        (404, _) => (FailKind::Settings, "graph.not_found"),
        (429, _) => (FailKind::Retry, "graph.throttled"),
        (500.., _) => (FailKind::Retry, "graph.unavailable"),
        _ => (FailKind::Defect, "graph.unexpected_status"),
    };
    let reason = Reason::new(code)
        .with("status", status)
        .with("error", if body.code.is_empty() { "-" } else { &body.code })
        .with("message", if body.message.is_empty() { "-" } else { &body.message })
        .with("request_id", body.request_id.as_deref().unwrap_or("-"))
        .with("permission", need.permission.name)
        .with("lost", need.permission.lost)
        .with("role", need.permission.role)
        .with("granted_by", CONSENT_ROLES);
    (kind, reason)
}

fn lost(failed: &Failed) -> (FailKind, Reason) {
    let (kind, code) = match failed.kind {
        FailureKind::Forbidden => (FailKind::Settings, "graph.request_forbidden"),
        FailureKind::Unreachable => (FailKind::Retry, "graph.unreachable"),
        FailureKind::Tls => (FailKind::Settings, "graph.tls"),
        FailureKind::Proxy => (FailKind::Settings, "graph.proxy"),
        FailureKind::Timeout => (FailKind::Retry, "graph.timeout"),
        FailureKind::Cut => (FailKind::Retry, "graph.cut"),
        FailureKind::Throttled => (FailKind::Retry, "graph.throttled"),
        FailureKind::TooLarge => (FailKind::Retry, "graph.too_large"),
        FailureKind::Malformed => (FailKind::Retry, "graph.malformed"),
        FailureKind::Cancelled => (FailKind::Retry, "kit.cancelled"),
        FailureKind::Other => (FailKind::Retry, "graph.no_answer"),
    };
    // What happened at a proxy has words of the host's own, which say who has to change what.
    let code = if failed.code.starts_with("proxy.") { &failed.code } else { code };
    let message = if failed.message.is_empty() { "-" } else { &failed.message };
    (kind, Reason::new(code).with("cause", &failed.code).with("message", message).with("request_id", "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::RequestId;
    use beacon_entra::permission;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_missing_is_told_from_what_the_token_holds() {
        let users = permission("User.Read.All").expect("known");
        for (code, grants, application, expected) in [
            ("Authorization_RequestDenied", "", false, "graph.permission_missing"),
            ("Authorization_RequestDenied", "Organization.Read.All", true, "graph.permission_missing"),
            ("Authorization_RequestDenied", "User.Read.All", true, "graph.permission_pending"),
            ("S2SUnauthorized", "Directory.Read.All", false, "graph.role_missing"),
            ("Authentication_RequestFromUnsupportedUserRole", "", false, "graph.role_missing"),
            ("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "User.Read.All", false, "graph.not_licensed"),
        ] {
            let grants = Grants::new(grants.split_whitespace());
            let need = Need { permission: users, grants: &grants, application };
            let body = ErrorBody { code: code.to_owned(), ..ErrorBody::default() };
            assert_eq!(Trouble::Refused { status: 403, body }.reason(&need).code, expected, "{code}");
        }
    }

    #[test]
    fn what_happened_at_a_proxy_keeps_its_code() {
        let need = Need {
            permission: permission("User.Read.All").expect("known"),
            grants: &Grants::default(),
            application: true,
        };
        for (kind, code, expected) in [
            (FailureKind::Proxy, "proxy.credentials_refused", (FailKind::Settings, "proxy.credentials_refused")),
            (FailureKind::Unreachable, "proxy.unreachable", (FailKind::Retry, "proxy.unreachable")),
            (FailureKind::Unreachable, "http.unreachable", (FailKind::Retry, "graph.unreachable")),
        ] {
            let (code, message) = (code.to_owned(), "http://proxy.example:3128".to_owned());
            let failed = Failed { id: RequestId(1), kind, code, message, request_sent: false };
            let (kind, reason) = Trouble::Failed(failed).explain(&need);
            assert_eq!((kind, reason.code.as_str()), expected);
            assert_eq!(reason.arguments.get("message").map(String::as_str), Some("http://proxy.example:3128"));
        }
    }

    #[test]
    fn every_trouble_has_a_text_whose_placeholders_are_filled() {
        use FailureKind::*;
        let texts: BTreeMap<_, _> = crate::texts().into_iter().chain(beacon_kit::texts()).collect();
        let grants = Grants::default();
        let need =
            Need { permission: permission("User.Read.All").expect("known"), grants: &grants, application: false };
        let kinds =
            [Forbidden, Unreachable, Tls, Proxy, Timeout, Cut, Throttled, TooLarge, Malformed, Cancelled, Other];
        let failed = kinds.map(|kind| {
            let (code, message) = ("x".to_owned(), "y".to_owned());
            Trouble::Failed(Failed { id: RequestId(1), kind, code, message, request_sent: false })
        });
        let statuses = [400, 401, 402, 403, 404, 410, 418, 429, 500, 503, 302];
        let refused = statuses.map(|status| Trouble::Refused { status, body: ErrorBody::default() });
        let expired = ErrorBody { code: "Directory_ExpiredPageToken".to_owned(), ..ErrorBody::default() };
        let expired = Trouble::Refused { status: 400, body: expired };
        assert!(expired.is_expired_page());
        let others = [expired, Trouble::Stuck, Trouble::Unreadable { detail: "x".to_owned() }];
        for trouble in failed.into_iter().chain(refused).chain(others) {
            let fail = trouble.fail(&need);
            let text = texts.get(fail.code.as_str()).unwrap_or_else(|| panic!("{} has no text", fail.code));
            let filled = text.filled(&fail.arguments);
            assert!(!filled.title.contains('{') && !filled.advice.contains('{'), "{filled:?}");
        }
    }
}
