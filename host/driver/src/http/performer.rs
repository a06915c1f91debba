//! Performing one request to its end: policy on every hop, credential, repetitions, redirects, unpacking.

use crate::clock::Clock;
use crate::egress::{EgressPolicy, Hop};
use crate::grant::Tokens;
use crate::http::body::{Body, BodyLimits};
use crate::http::governor::Governor;
use crate::http::retry::{RetryBudget, RetryPolicy, is_transient, retry_after};
use crate::http::transport::{RawResponse, SendError, Transport, TransportRequest};
use beacon_contract::{FailureKind, Method, SlotName};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tracing::debug;
use url::Url;
use zeroize::Zeroizing;

/// Headers that a module may send; everything else is the driver's.
const REQUEST_HEADERS: [&str; 5] = ["accept", "consistencylevel", "content-type", "if-none-match", "prefer"];

/// Headers that a module may see. `location` and cookies are credentials, so they are not among them.
const RESPONSE_HEADERS: [&str; 14] = [
    "client-request-id",
    "content-length",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "odata-version",
    "request-id",
    "retry-after",
    "x-ms-ags-diagnostic",
    "x-ms-resource-unit",
    "x-ms-throttle-information",
    "x-ms-throttle-limit-percentage",
    "x-ms-throttle-scope",
];

/// Redirects followed for one request. A report needs one; a loop must end.
const REDIRECTS: u32 = 5;

/// What is sent.
pub(crate) struct Order {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) slot: Option<SlotName>,
    pub(crate) body: Option<Vec<u8>>,
    /// Lane of the list that it is a page of, in place of its rule's.
    pub(crate) lane: Option<String>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Only those a module may see.
    pub headers: Vec<(String, String)>,
    /// Whole, unpacked.
    pub body: Body,
    /// The body as it was sent, if that was packed by gzip and the body is in memory.
    pub gzip: Vec<Bytes>,
}

/// No answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For decisions.
    pub kind: FailureKind,
    /// Stable code.
    pub code: &'static str,
    /// One sentence without secrets.
    pub message: String,
    /// Whether the other side may have seen the request.
    pub request_sent: bool,
}

/// What one request cost, for the package's manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResponseFacts {
    /// Repetitions.
    pub(crate) retries: u64,
    /// Time spent waiting because the service asked for it or failed.
    pub(crate) throttled_ms: u64,
}

/// Sums over all requests of a run.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Exchanges on the wire, repetitions and redirects included.
    pub exchanges: AtomicU64,
    /// Repetitions.
    pub retries: AtomicU64,
    /// Bytes of unpacked bodies.
    pub bytes: AtomicU64,
}

/// Performs requests of one run.
pub struct Performer {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) policy: EgressPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) governor: Governor,
    pub(crate) body: BodyLimits,
    pub(crate) statistics: Statistics,
    /// Told whenever a request starts to wait, so that a person sees why nothing moves.
    pub(crate) waiting: Box<dyn Fn(Duration) + Send + Sync>,
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        Self { kind: error.kind, code: error.code, message: error.message, request_sent: error.request_sent }
    }
}

fn failure(kind: FailureKind, code: &'static str, message: impl ToString, request_sent: bool) -> Failure {
    Failure { kind, code, message: message.to_string(), request_sent }
}

/// What one exchange led to.
enum Turn {
    Finished(Answer),
    Again { pause: Duration },
    Redirected(Url),
    Unauthorized(Answer),
}

impl Performer {
    /// Whether the module's request is allowed at all; whether it may be repeated, and its lane.
    fn admit(&self, order: &Order, hop: Hop) -> Result<(bool, String), Failure> {
        let refuse = |refusal: crate::egress::Refusal| failure(FailureKind::Forbidden, refusal.code(), &refusal, false);
        if let Some((name, _)) = order.headers.iter().find(|(name, _)| !REQUEST_HEADERS.contains(&name.as_str())) {
            let message = format!("the header {name:?} is the driver's");
            return Err(failure(FailureKind::Forbidden, "egress.header", message, false));
        }
        let rule = self.policy.check(order.method, &order.url, hop).map_err(refuse)?;
        if let Some(slot) = &order.slot {
            self.policy.check_slot(slot, &order.url).map_err(refuse)?;
        }
        let lane = order.lane.as_ref().filter(|_| hop == Hop::First).or(rule.lane.as_ref()).cloned();
        Ok((rule.repeatable, lane.unwrap_or_else(|| crate::egress::origin(&order.url))))
    }

    /// Sends a request of the module until there is a whole answer or a reason to stop.
    pub(crate) async fn perform(&self, mut order: Order, tokens: &Tokens) -> (Result<Answer, Failure>, ResponseFacts) {
        let mut facts = ResponseFacts::default();
        let result = self.turns(&mut order, tokens, &mut facts).await;
        (result, facts)
    }

    async fn turns(&self, order: &mut Order, tokens: &Tokens, facts: &mut ResponseFacts) -> Result<Answer, Failure> {
        let mut hop = Hop::First;
        let (mut repeatable, mut lane) = self.admit(order, hop)?;
        let (mut next_try, mut redirects, mut renewed) = (2, 0, false);
        loop {
            let held = self.governor.pass(&lane).await;
            facts.throttled_ms += u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
            let credential = match &order.slot {
                Some(slot) => Some(
                    tokens
                        .bearer(slot)
                        .await
                        .map_err(|message| failure(FailureKind::Other, "grant.no_token", message, false))?,
                ),
                None => None,
            };
            let generation = credential.as_ref().map(|(_, generation)| *generation);
            let authorization = credential.map(|(value, _)| value);
            let first = hop == Hop::First;
            match self.exchange(order, authorization, repeatable, next_try, &lane, first).await? {
                Turn::Finished(answer) => return Ok(answer),
                Turn::Again { pause } => {
                    if !self.budget.take(pause) {
                        let message = "the run has used up its budget of waiting and repeating";
                        return Err(failure(FailureKind::Throttled, "http.budget", message, true));
                    }
                    next_try += 1;
                    facts.retries += 1;
                    facts.throttled_ms += u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                    self.statistics.retries.fetch_add(1, Ordering::Relaxed);
                    debug!(lane, seconds = pause.as_secs_f64(), "a request waits to be sent again");
                    (self.waiting)(pause);
                    tokio::time::sleep(pause).await;
                }
                Turn::Redirected(target) => {
                    redirects += 1;
                    if order.method != Method::Get {
                        let message = "a query was redirected, and its body goes nowhere else";
                        return Err(failure(FailureKind::Forbidden, "egress.redirected_query", message, true));
                    }
                    if redirects > REDIRECTS {
                        return Err(failure(FailureKind::Malformed, "http.redirects", "too many redirects", true));
                    }
                    order.url = target;
                    order.slot = order.slot.take().filter(|slot| self.policy.check_slot(slot, &order.url).is_ok());
                    hop = Hop::Redirect;
                    (repeatable, lane) = self.admit(order, hop)?;
                }
                // One refresh, one replay; a second 401 is the module's to read.
                Turn::Unauthorized(answer) => match (&order.slot, generation) {
                    (Some(slot), Some(generation)) if !renewed => {
                        renewed = true;
                        if tokens.renew(slot, generation).await.is_err() {
                            return Ok(answer);
                        }
                        facts.retries += 1;
                    }
                    _ => return Ok(answer),
                },
            }
        }
    }

    async fn exchange(
        &self,
        order: &Order,
        authorization: Option<Zeroizing<String>>,
        repeatable: bool,
        next_try: u32,
        lane: &str,
        first: bool,
    ) -> Result<Turn, Failure> {
        self.statistics.exchanges.fetch_add(1, Ordering::Relaxed);
        let request = TransportRequest {
            method: order.method,
            url: order.url.clone(),
            headers: order.headers.clone(),
            authorization,
            body: order.body.clone().map(Zeroizing::new),
        };
        // Where a redirect leads is a credential; a query may name people. Neither is told.
        let (host, began) = (order.url.host_str().unwrap_or_default(), std::time::Instant::now());
        let path = if first { order.url.path() } else { "(redirected)" };
        let again = |asked| if repeatable { self.retry.pause(next_try, asked, rand::random()) } else { None };
        let response = match self.transport.send(request).await {
            Ok(response) => response,
            Err(error) => {
                debug!(method = order.method.name(), host, path, code = error.code, "no answer");
                return match again(None).filter(|_| error.may_pass()) {
                    Some(pause) => Ok(Turn::Again { pause }),
                    None => Err(error.into()),
                };
            }
        };
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        debug!(method = order.method.name(), host, path, status = response.status, milliseconds, "answered");
        let share = response.header("x-ms-throttle-limit-percentage").and_then(|share| share.parse().ok());
        self.governor.answered(lane, share);
        if is_transient(response.status) {
            let asked = response.header("retry-after").and_then(|value| retry_after(value, self.clock.now()));
            if let Some(pause) = again(asked) {
                if response.status == 429 {
                    self.governor.pause(lane, pause, tokio::time::Instant::now());
                }
                return Ok(Turn::Again { pause });
            }
        }
        if let Some(target) = redirect_target(&order.url, &response) {
            return Ok(Turn::Redirected(target?));
        }
        match self.whole(response).await {
            Ok(answer) if answer.status == 401 => Ok(Turn::Unauthorized(answer)),
            Ok(answer) => Ok(Turn::Finished(answer)),
            Err(error) => match again(None).filter(|_| matches!(error.kind, FailureKind::Cut | FailureKind::Timeout)) {
                Some(pause) => Ok(Turn::Again { pause }),
                None => Err(error),
            },
        }
    }

    pub(crate) async fn whole(&self, mut response: RawResponse) -> Result<Answer, Failure> {
        let status = response.status;
        let packed = response.header("content-encoding").is_some();
        let visible = |name: &str| RESPONSE_HEADERS.contains(&name) && !(packed && name == "content-length");
        let headers = response.headers.iter().filter(|(name, _)| visible(name)).cloned().collect();
        // The unpacked length is not known to anybody yet; the packed one only sizes our own buffer.
        response.headers.retain(|(name, _)| matches!(name.as_str(), "content-encoding" | "content-length"));
        let (body, gzip) = Body::receive_both(response, &self.body)
            .await
            .map_err(|error| failure(error.kind(), error.code(), &error, true))?;
        self.statistics.bytes.fetch_add(body.len(), Ordering::Relaxed);
        Ok(Answer { status, headers, body, gzip })
    }
}

/// Where a redirect leads. The target is a credential (RFC 6750 section 5.3 in spirit: a report's address carries its
/// own permission), so it appears in no message.
fn redirect_target(from: &Url, response: &RawResponse) -> Option<Result<Url, Failure>> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = response.header("location").and_then(|location| from.join(location).ok());
    Some(target.ok_or_else(|| failure(FailureKind::Malformed, "http.location", "the redirect names no address", true)))
}
