//! The rows of the matrix: everything that can go wrong, and what it leads to.

use super::outcome::Outcome;
use super::places::{self, Part, Place};
use beacon_simulator::{FaultBody, FaultKind, RetryAfter};

/// What a fault leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// It is overcome.
    Overcome,
    /// What was asked for does not come.
    Lost {
        /// The reason.
        code: &'static str,
        /// Exit code if the run cannot go on.
        exit: i32,
    },
    /// A page of a list came, but the next one cannot: it names an address that is no continuation.
    Astray {
        /// The reason.
        code: &'static str,
    },
    /// As [`Effect::Lost`], by somebody who does not let us in: no mandatory table can be had at all.
    Denied {
        /// The reason.
        code: &'static str,
        /// Exit code if the run cannot go on.
        exit: i32,
    },
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) kind: FaultKind,
    /// At every request instead of the first.
    pub(super) always: bool,
    effect: Effect,
    fits: fn(&Place) -> bool,
    /// Graph says that there is no such thing.
    absent: bool,
    /// Another row has the same end, and the same status where the status decides.
    pub(super) twin: bool,
}

/// For an import of an app that holds every permission.
const PENDING: Effect = Effect::Denied { code: "graph.permission_pending", exit: 4 };
const UNEXPECTED: Effect = Effect::Lost { code: "graph.unexpected_status", exit: 6 };
const REFUSED: Effect = Effect::Denied { code: "graph.token_refused", exit: 4 };
const NOT_LICENSED: Effect = Effect::Denied { code: "graph.not_licensed", exit: 5 };
const NOT_FOUND: Effect = Effect::Lost { code: "graph.not_found", exit: 5 };
const UNAVAILABLE: Effect = Effect::Lost { code: "graph.unavailable", exit: 7 };
const CUT: Effect = Effect::Lost { code: "graph.cut", exit: 7 };
const UNREADABLE: Effect = Effect::Lost { code: "graph.unreadable", exit: 7 };
const PAGE_TOKEN: Effect = Effect::Lost { code: "graph.page_token_expired", exit: 7 };

fn everywhere(_: &Place) -> bool {
    true
}

fn with_body(place: &Place) -> bool {
    !place.redirects()
}

/// Whose body is read by the module and not by the driver.
fn with_read_body(place: &Place) -> bool {
    with_body(place) && place.part != Part::SignIn
}

fn on_graph(place: &Place) -> bool {
    place.is_graph()
}

fn with_more_pages(place: &Place) -> bool {
    place.is_paged() && !matches!(place.part, Part::MandatoryRest | Part::OptionalRest)
}

fn once(name: &str, kind: FaultKind, fits: fn(&Place) -> bool) -> Fault {
    let name = format!("{name}, once");
    Fault { name, kind, always: false, effect: Effect::Overcome, fits, absent: false, twin: false }
}

fn always(name: &str, kind: FaultKind, effect: Effect, fits: fn(&Place) -> bool) -> Fault {
    Fault { name: name.to_owned(), kind, always: true, effect, fits, absent: false, twin: false }
}

fn status(status: u16, retry_after: Option<RetryAfter>, body: FaultBody) -> FaultKind {
    FaultKind::Status { status, retry_after, body }
}

fn error(status: u16, code: &str, message: &str) -> FaultKind {
    FaultKind::GraphError { status, code: code.to_owned(), message: message.to_owned() }
}

/// What a service and the way to it do.
fn of_the_service() -> Vec<Fault> {
    use RetryAfter::{Date, Fraction, Seconds};
    let throttled = |retry_after| status(429, retry_after, FaultBody::Json);
    let origin = "https://collector.example.com".to_owned();
    let mut all = vec![
        once("429, Retry-After in seconds", throttled(Some(Seconds(1))), everywhere),
        once("429, Retry-After as a fraction", throttled(Some(Fraction(0.4))), everywhere),
        once("429, Retry-After as a date", throttled(Some(Date(1))), everywhere),
        once("429 without Retry-After", throttled(None), everywhere),
        always(
            "429, Retry-After of a day",
            throttled(Some(Seconds(86_400))),
            Effect::Lost { code: "graph.throttled", exit: 7 },
            everywhere,
        ),
    ];
    for number in [503, 504] {
        for (body, name) in [(FaultBody::Json, "JSON"), (FaultBody::Html, "HTML"), (FaultBody::Empty, "empty")] {
            all.push(once(&format!("{number}, {name}"), status(number, None, body), everywhere));
        }
    }
    all.extend([
        always("503, HTML", status(503, None, FaultBody::Html), UNAVAILABLE, everywhere),
        once("a cut body", FaultKind::CutBody, with_body),
        always("a cut body", FaultKind::CutBody, CUT, with_read_body),
        once("a slow body", FaultKind::SlowBody { milliseconds: 800 }, with_body),
        once("a length that promises more", FaultKind::WrongContentLength, with_body),
        always("half a body called whole", FaultKind::InvalidJson, UNREADABLE, with_read_body),
        always("a page without its list", FaultKind::MissingValue, UNREADABLE, Place::is_list),
        once("an empty page between others", FaultKind::EmptyPage, Place::is_paged),
        once("somebody on two pages", FaultKind::DuplicateAcrossPages, with_more_pages),
        once("a page token that expired", FaultKind::ExpiredPageToken, Place::is_paged),
        always("a page token that expired", FaultKind::ExpiredPageToken, PAGE_TOKEN, Place::is_paged),
        always(
            "a continuation that never advances",
            FaultKind::StuckLink,
            Effect::Astray { code: "graph.continuation_stuck" },
            with_a_link,
        ),
        always(
            "a continuation to a stranger",
            FaultKind::ForeignLink { origin },
            Effect::Astray { code: "graph.request_forbidden" },
            with_a_link,
        ),
        once("401, the token expired", FaultKind::ExpiredToken, on_graph),
        once("401 with a claims challenge", FaultKind::ClaimsChallenge, on_graph),
        always("401 with a claims challenge", FaultKind::ClaimsChallenge, REFUSED, on_graph),
        once("$count too high", FaultKind::LaggingCount { difference: 7 }, |place| place.name == places::COUNT.name),
        once("$count too low", FaultKind::LaggingCount { difference: -7 }, |place| place.name == places::COUNT.name),
    ]);
    all
}

/// Lists whose pages can name another one: those of one page, and of several all but the last.
fn with_a_link(place: &Place) -> bool {
    place.is_list() && (with_more_pages(place) || !place.is_paged())
}

/// What Graph itself answers.
fn of_graph() -> Vec<Fault> {
    let inner = r#"{"error":{"code":"S2SUnauthorized","message":"Invalid permission."}}"#;
    let segment = "Resource not found for the segment 'x'.";
    let gone = "Resource 'x' does not exist or one of its queried reference-property objects are not present.";
    let premium = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
    let missing = Effect::Denied { code: "graph.permission_missing", exit: 4 };
    let role = Effect::Denied { code: "graph.role_missing", exit: 4 };
    let lasting = [
        (400, "Request_BadRequest", "Invalid syntax.", UNEXPECTED),
        (400, "BadRequest", "Invalid page size specified.", UNEXPECTED),
        (400, "Request_UnsupportedQuery", "Unsupported query.", UNEXPECTED),
        (400, "Directory_ExpiredPageToken", "The page token has expired.", PAGE_TOKEN),
        (400, "BadRequest", segment, UNEXPECTED),
        (401, "InvalidAuthenticationToken", "Access token is empty.", REFUSED),
        (401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", REFUSED),
        (401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.", REFUSED),
        (402, "PaymentRequired", "", NOT_LICENSED),
        (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", PENDING),
        (403, "UnknownError", inner, PENDING),
        (403, "S2SUnauthorized", "Invalid permission.", PENDING),
        (403, "Authentication_MSGraphPermissionMissing", "", missing),
        (403, "Authentication_RequestFromUnsupportedUserRole", "User is not in the allowed roles", role),
        (403, premium, "Neither tenant is B2C or tenant doesn't have premium license", NOT_LICENSED),
        (403, "accessDenied", "", PENDING),
        (404, "Request_ResourceNotFound", gone, NOT_FOUND),
        (404, "ResourceNotFound", "", NOT_FOUND),
        (404, "itemNotFound", "", NOT_FOUND),
        (405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.", UNEXPECTED),
        (406, "NotAcceptable", "", UNEXPECTED),
        (409, "Conflict", "", UNEXPECTED),
        (410, "resyncRequired", "", UNEXPECTED),
        (410, "syncStateNotFound", "", UNEXPECTED),
        (412, "PreconditionFailed", "", UNEXPECTED),
        (413, "RequestEntityTooLarge", "", UNEXPECTED),
        (415, "UnsupportedMediaType", "", UNEXPECTED),
        (424, "FailedDependency", "", UNEXPECTED),
        (429, "activityLimitReached", "", Effect::Lost { code: "graph.throttled", exit: 7 }),
        (500, "InternalServerError", "", UNAVAILABLE),
        (501, "NotImplemented", "This operation target is not yet supported.", UNAVAILABLE),
        (509, "BandwidthLimitExceeded", "", UNAVAILABLE),
        (400, "", "An error without a code.", UNEXPECTED),
    ];
    let mut all: Vec<Fault> = Vec::new();
    for (number, code, message, effect) in lasting {
        let short: String = message.chars().take(24).collect();
        let name = format!("{number} {code} {short}").trim().to_owned();
        let absent = number == 404 || message == segment;
        let is_twin = |other: &Fault| {
            let same_status = matches!(other.kind, FaultKind::GraphError { status, .. } if status == number);
            other.effect == effect && other.absent == absent && (same_status || effect == UNEXPECTED)
        };
        let twin = all.iter().any(is_twin);
        all.push(Fault { absent, twin, ..always(&name, error(number, code, message), effect, on_graph) });
    }
    let passing = [
        (429, "TooManyRequests"),
        (429, "activityLimitReached"),
        (500, "InternalServerError"),
        (500, "generalException"),
        (502, "UnknownError"),
        (503, "serviceNotAvailable"),
        (504, "UnknownError"),
    ];
    let passing = passing.map(|(number, code)| once(&format!("{number} {code}"), error(number, code, ""), on_graph));
    all.extend(passing);
    all
}

/// Every row.
pub(super) fn faults() -> Vec<Fault> {
    [of_the_service(), of_graph()].concat()
}

impl Fault {
    /// Whether it can happen at a place.
    pub(super) fn fits(&self, place: &Place) -> bool {
        (self.fits)(place)
    }

    /// Whether an import overcomes it.
    pub(super) fn passes(&self) -> bool {
        self.effect == Effect::Overcome
    }

    /// Whether it makes an import try again and again, with longer and longer pauses.
    pub(super) fn is_slow(&self) -> bool {
        let transient = |status: u16| matches!(status, 429 | 500 | 502..=504);
        let repeated = match &self.kind {
            FaultKind::GraphError { status, .. } => transient(*status),
            FaultKind::Status { status, retry_after, .. } => transient(*status) && retry_after.is_none(),
            kind => *kind == FaultKind::CutBody,
        };
        self.always && repeated
    }

    /// How the tables of a place must end.
    pub(super) fn expected(&self, place: &Place) -> Outcome {
        let (code, exit) = match self.effect {
            Effect::Overcome => return Outcome::Complete,
            _ if place.part == Part::Aside => return Outcome::Complete,
            // Names of groups are asked for once; the driver sees that an answer named a continuation.
            Effect::Astray { .. } if place.name == places::GROUPS.name => {
                return Outcome::Partial("ledger.continuation_not_followed".to_owned());
            }
            Effect::Astray { code } => return Outcome::Partial(code.to_owned()),
            Effect::Denied { code, exit } | Effect::Lost { code, exit } => (code, exit),
        };
        let code = code.to_owned();
        match place.part {
            Part::SignIn => Outcome::Ended("entra.temporarily_unavailable".to_owned(), 7),
            Part::Mandatory => Outcome::Ended(code, exit),
            Part::MandatoryRest if matches!(self.effect, Effect::Denied { .. }) => Outcome::Ended(code, exit),
            Part::MandatoryRest | Part::OptionalRest => Outcome::Partial(code),
            Part::Optional => Outcome::Skipped(code),
            Part::Reports if self.absent => Outcome::Skipped("microsoft_365.reports_absent".to_owned()),
            Part::Reports => Outcome::Skipped(code),
            Part::OneReport => Outcome::Partial(format!("microsoft_365.reports_missing ({code})")),
            Part::Aside => Outcome::Complete,
        }
    }
}
