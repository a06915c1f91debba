//! What can go wrong, and when.

use crate::request_log::Site;
use crate::tenant::Change;
use serde::{Deserialize, Serialize};

/// `Retry-After` of a refusing answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// Whole seconds.
    Seconds(u64),
    /// Seconds with a fraction, as older Graph samples have it.
    Fraction(f64),
    /// An HTTP date this many seconds ahead of the machine's time.
    Date(u64),
}

/// Body of a refusing answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultBody {
    /// Graph's error object.
    #[default]
    Json,
    /// A gateway's page.
    Html,
    /// Nothing.
    Empty,
}

/// A fault. In JSON: `{"kind": "status", "status": 429, "retry_after": {"seconds": 1}}`, `{"kind": "cut-body"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum FaultKind {
    /// A status such as 429, 503 or 504.
    Status {
        /// HTTP status.
        status: u16,
        /// `Retry-After`; absent when `None`.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
        /// Body.
        #[serde(default)]
        body: FaultBody,
    },
    /// Graph's error object with a status and a code of its own.
    GraphError {
        /// HTTP status.
        status: u16,
        /// For example `Request_ResourceNotFound`.
        code: String,
        /// For people.
        #[serde(default)]
        message: String,
    },
    /// A page without items that has a continuation link; the link leads to the items.
    EmptyPage,
    /// The last item of this page is the first of the next page again.
    DuplicateAcrossPages,
    /// The continuation link leads to this very page.
    StuckLink,
    /// The continuation link leads to another origin.
    ForeignLink {
        /// For example `https://elsewhere.example`.
        origin: String,
    },
    /// 400 `Directory_ExpiredPageToken`.
    ExpiredPageToken,
    /// A page without `value`.
    MissingValue,
    /// 302.
    Redirect {
        /// `Location`.
        to: String,
    },
    /// 401: the access token is said to be expired.
    ExpiredToken,
    /// 401 with a claims challenge (continuous access evaluation).
    ClaimsChallenge,
    /// A report's link is refused: at once on the report site, or handed out dead by Graph.
    ExpiredDownload,
    /// The directory changes just before the request is answered.
    DirectoryChange {
        /// The change.
        change: Change,
    },
    /// `$count`, `@odata.count` and `consumedUnits` are off.
    LaggingCount {
        /// Added to the right number.
        difference: i64,
    },
    /// The connection is cut in the middle of the body.
    CutBody,
    /// The body arrives in ten parts over this time.
    SlowBody {
        /// Total time.
        milliseconds: u64,
    },
    /// A body of this size that never becomes useful.
    OversizedBody {
        /// Bytes on the wire.
        bytes: u64,
    },
    /// A small body that decompresses to this size.
    GzipBomb {
        /// Bytes after decompression.
        bytes: u64,
    },
    /// The body is cut to half and marked as complete.
    InvalidJson,
    /// `Content-Length` promises more than comes.
    WrongContentLength,
    /// Sign-in site: the token call is refused with this AADSTS number.
    SignInError {
        /// For example 50173.
        number: u32,
    },
}

impl FaultKind {
    /// Name in the request log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::GraphError { .. } => "graph-error",
            Self::EmptyPage => "empty-page",
            Self::DuplicateAcrossPages => "duplicate-across-pages",
            Self::StuckLink => "stuck-link",
            Self::ForeignLink { .. } => "foreign-link",
            Self::ExpiredPageToken => "expired-page-token",
            Self::MissingValue => "missing-value",
            Self::Redirect { .. } => "redirect",
            Self::ExpiredToken => "expired-token",
            Self::ClaimsChallenge => "claims-challenge",
            Self::ExpiredDownload => "expired-download",
            Self::DirectoryChange { .. } => "directory-change",
            Self::LaggingCount { .. } => "lagging-count",
            Self::CutBody => "cut-body",
            Self::SlowBody { .. } => "slow-body",
            Self::OversizedBody { .. } => "oversized-body",
            Self::GzipBomb { .. } => "gzip-bomb",
            Self::InvalidJson => "invalid-json",
            Self::WrongContentLength => "wrong-content-length",
            Self::SignInError { .. } => "sign-in-error",
        }
    }
}

/// When a fault happens: to which requests, from which of them on, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Path, where `*` stands for any run of characters: `/v1.0/users`, `*/oauth2/v2.0/token`, `/v1.0/*`.
    pub path: String,
    /// Only if the query, as sent or decoded, contains this text: `$filter=userPrincipalName ge 'k'`.
    #[serde(default)]
    pub query: Option<String>,
    /// Only this site.
    #[serde(default)]
    pub site: Option<Site>,
    /// Only this page of a list, counted from 1.
    #[serde(default)]
    pub page: Option<u64>,
    /// The first matching request it happens to, counted from 1.
    #[serde(default = "one")]
    pub nth: u64,
    /// To how many requests from there on; `None` is for ever.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// What happens.
    pub fault: FaultKind,
}

fn one() -> u64 {
    1
}

#[expect(clippy::unnecessary_wraps, reason = "the shape serde asks for")]
fn once() -> Option<u64> {
    Some(1)
}

impl FaultRule {
    /// Happens to the first request for a path, once.
    #[must_use]
    pub fn once(path: &str, fault: FaultKind) -> Self {
        Self { path: path.to_owned(), query: None, site: None, page: None, nth: 1, times: Some(1), fault }
    }

    /// Only on this page of a list, counted from 1.
    #[must_use]
    pub fn on_page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// Only if the query contains this text.
    #[must_use]
    pub fn with_query(mut self, text: &str) -> Self {
        self.query = Some(text.to_owned());
        self
    }

    /// From the nth matching request on.
    #[must_use]
    pub fn from_nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// To this many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// To every matching request.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }
}

/// Faults that the page builder itself carries out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageFaults {
    pub(crate) empty: bool,
    pub(crate) duplicate: bool,
    pub(crate) stuck: bool,
    pub(crate) foreign_origin: Option<String>,
    pub(crate) expired_token: bool,
    pub(crate) without_value: bool,
    pub(crate) expired_download: bool,
    pub(crate) count_difference: i64,
}

impl PageFaults {
    pub(crate) fn of(faults: &[FaultKind]) -> Self {
        let mut page = Self::default();
        for fault in faults {
            match fault {
                FaultKind::EmptyPage => page.empty = true,
                FaultKind::DuplicateAcrossPages => page.duplicate = true,
                FaultKind::StuckLink => page.stuck = true,
                FaultKind::ForeignLink { origin } => page.foreign_origin = Some(origin.clone()),
                FaultKind::ExpiredPageToken => page.expired_token = true,
                FaultKind::MissingValue => page.without_value = true,
                FaultKind::ExpiredDownload => page.expired_download = true,
                FaultKind::LaggingCount { difference } => page.count_difference = *difference,
                _ => {}
            }
        }
        page
    }
}
