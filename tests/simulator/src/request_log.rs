//! What was asked, without what must not be remembered: no body, no header, and no credential in an address.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Which site was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Site {
    /// Entra ID.
    Login,
    /// Microsoft Graph.
    Graph,
    /// Where report files are fetched from.
    Reports,
}

/// One answered request.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedRequest {
    /// Counts from 1 and never restarts.
    pub number: u64,
    /// Simulated time of the answer.
    pub at: jiff::Timestamp,
    /// The site.
    pub site: Site,
    /// HTTP method.
    pub method: String,
    /// `Host`, port included.
    pub host: String,
    /// Path and query; values of credentials are replaced by `***`.
    pub target: String,
    /// `grant_type` of a token request.
    pub grant: Option<String>,
    /// HTTP status of the answer; of an answer cut short, the status it began with.
    pub status: u16,
    /// The report site was sent an `Authorization` header, which must never happen.
    pub leaked_authorization: bool,
    /// Names of the faults that were applied.
    pub faults: Vec<&'static str>,
}

/// How often something was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    /// All requests.
    pub total: u64,
    /// By `METHOD /path` (no query).
    pub by_path: BTreeMap<String, u64>,
    /// By status.
    pub by_status: BTreeMap<u16, u64>,
}

#[derive(Debug, Default)]
struct Entries {
    requests: Vec<LoggedRequest>,
    last_number: u64,
}

/// The list of answered requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

impl RequestLog {
    pub(crate) fn record(&self, mut request: LoggedRequest) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.last_number += 1;
        request.number = entries.last_number;
        entries.requests.push(request);
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }

    pub(crate) fn last_number(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last_number
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests.clear();
    }

    pub(crate) fn counts(&self) -> RequestCounts {
        let mut counts = RequestCounts::default();
        for request in &self.0.lock().unwrap_or_else(PoisonError::into_inner).requests {
            let path = request.target.split('?').next().unwrap_or_default();
            counts.total += 1;
            *counts.by_path.entry(format!("{} {path}", request.method)).or_default() += 1;
            *counts.by_status.entry(request.status).or_default() += 1;
        }
        counts
    }
}

const CREDENTIALS: [&str; 13] = [
    "code",
    "client_secret",
    "client_assertion",
    "refresh_token",
    "device_code",
    "user_code",
    "password",
    "code_verifier",
    "access_token",
    "id_token",
    "state",
    "flow",
    "token",
];

/// The target with the values of credentials replaced.
pub(crate) fn scrubbed(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let scrub = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if CREDENTIALS.iter().any(|known| known.eq_ignore_ascii_case(name)) => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    format!("{path}?{}", query.split('&').map(scrub).collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_an_address_are_not_remembered() {
        let cases = [
            ("/v1.0/users?$top=5&$skiptoken=abc", "/v1.0/users?$top=5&$skiptoken=abc"),
            ("/x?code=1.A&state=s&a=b", "/x?code=***&state=***&a=b"),
            ("/x?Client_Secret=p", "/x?Client_Secret=***"),
            ("/data/v1.0/download?token=abc", "/data/v1.0/download?token=***"),
            ("/x", "/x"),
        ];
        for (target, expected) in cases {
            assert_eq!(scrubbed(target), expected);
        }
    }
}
