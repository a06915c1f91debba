//! Where things are. A `{…}` is filled with an id; ids are UUIDs, so nothing has to be escaped.

/// Begins every path of the API.
pub const BASE: &str = "/api/v1";
/// GET: [`crate::SessionInfo`], without being signed in. DELETE: signs out.
pub const SESSION: &str = "/api/v1/session";
/// POST [`crate::LinkSignIn`]: the one-time link of the first start or of `beacon admin link`.
pub const SESSION_LINK: &str = "/api/v1/session/link";
/// POST [`crate::SignIn`].
pub const SESSION_SIGN_IN: &str = "/api/v1/session/sign-in";
/// GET: list of [`crate::Account`]. POST [`crate::AccountDraft`]: adds or replaces one. Administrators only.
pub const ACCOUNTS: &str = "/api/v1/accounts";
/// DELETE: removes one by its name.
pub const ACCOUNT: &str = "/api/v1/accounts/{name}";
/// GET [`crate::AuditPage`], with the fields of [`crate::AuditQuery`] as its query. Administrators only.
pub const AUDIT: &str = "/api/v1/audit";
/// GET: the audit trail as a file; `format=csv|json` and the fields of [`crate::AuditQuery`].
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// GET: list of [`crate::SourceType`].
pub const SOURCE_TYPES: &str = "/api/v1/source-types";
/// GET: bytes of a connector module, `application/wasm`, by its SHA-256 in hexadecimal.
pub const MODULE: &str = "/api/v1/modules/{digest}";
/// GET and PUT [`crate::Defaults`]: what the organisation wants filled in for new connections.
pub const DEFAULTS: &str = "/api/v1/defaults";
/// GET: list of [`crate::Connection`], what fails next first; narrowed by `label`, `state` (commas between several) and
/// `name` (a part of it). POST [`crate::ConnectionDraft`]: adds one.
pub const CONNECTIONS: &str = "/api/v1/connections";
/// POST [`crate::ConnectionDraft`]: list of [`crate::FieldProblem`], empty if all is well. Changes nothing.
pub const CONNECTIONS_CHECK: &str = "/api/v1/connections/check";
/// POST [`crate::BulkOrder`] → [`crate::BulkDone`]: the same for many.
pub const CONNECTIONS_BULK: &str = "/api/v1/connections/bulk";
/// GET [`crate::Connection`], PUT [`crate::ConnectionDraft`], DELETE with `?packages=keep|erase` → [`crate::Removed`].
pub const CONNECTION: &str = "/api/v1/connections/{id}";
/// GET: list of [`crate::Run`], newest first. POST: *Execute Now* → [`crate::RunStarted`].
pub const CONNECTION_RUNS: &str = "/api/v1/connections/{id}/runs";
/// POST [`crate::TaskOrder`] → [`crate::TaskState`].
pub const CONNECTION_TASKS: &str = "/api/v1/connections/{id}/tasks";
/// GET [`crate::ConsentBoard`], `?state=` for one state. POST [`crate::InvitationOrder`] → [`crate::InvitationsMade`].
pub const CONSENTS: &str = "/api/v1/consents";
/// POST: makes a link for the person who may consent → [`crate::ConsentLink`]. DELETE: takes it back.
pub const CONSENT_LINKS: &str = "/api/v1/connections/{id}/consent-links";
/// PUT [`crate::ScheduleChoice`]: lets the connection follow a schedule, or none.
pub const CONNECTION_SCHEDULE: &str = "/api/v1/connections/{id}/schedule";
/// PUT [`crate::HoldChoice`] → [`crate::ConnectionHealth`]: pauses the connection, disables it, or lets it run again.
pub const CONNECTION_HOLD: &str = "/api/v1/connections/{id}/hold";
/// GET: list of all labels in use.
pub const LABELS: &str = "/api/v1/labels";
/// GET [`crate::OffboardingPlan`]: what erasing its customer means. POST [`crate::OffboardingOrder`] →
/// [`crate::OffboardingReport`]: erases it.
pub const CONNECTION_OFFBOARDING: &str = "/api/v1/connections/{id}/offboarding";
/// GET [`crate::HealthReport`]: how all connections stand, the worst first; narrowed as [`CONNECTIONS`] are.
pub const HEALTH: &str = "/api/v1/health";
/// GET: list of [`crate::HealthCount`]: how often each state occurs, the worst first.
pub const HEALTH_COUNTS: &str = "/api/v1/health/counts";
/// GET: list of [`crate::CredentialProfile`]. Administrators only.
pub const PROFILES: &str = "/api/v1/profiles";
/// GET: list of [`crate::ExpiringCredential`], the nearest first; narrowed as [`CONNECTIONS`] are.
pub const EXPIRING: &str = "/api/v1/expiring";
/// GET: list of [`crate::Schedule`]. POST [`crate::ScheduleDraft`]: adds one → [`crate::Schedule`].
pub const SCHEDULES: &str = "/api/v1/schedules";
/// POST [`crate::ScheduleDraft`] → [`crate::SchedulePreview`]. Changes nothing.
pub const SCHEDULES_CHECK: &str = "/api/v1/schedules/check";
/// PUT [`crate::ScheduleDraft`] → [`crate::Schedule`]. DELETE → [`crate::ScheduleRemoved`].
pub const SCHEDULE: &str = "/api/v1/schedules/{id}";
/// POST: makes all its connections due now.
pub const SCHEDULE_TRIGGER: &str = "/api/v1/schedules/{id}/trigger";
/// GET and PUT [`crate::RetentionRule`]: which packages go by themselves. Administrators only.
pub const RETENTION: &str = "/api/v1/retention";
/// POST [`crate::RetentionRule`] → [`crate::RetentionPreview`]. Removes nothing.
pub const RETENTION_CHECK: &str = "/api/v1/retention/check";
/// GET [`crate::DefaultProxyFacts`] or `null`, PUT [`crate::ProxyDraft`], DELETE: the default proxy. Administrators only.
pub const DEFAULT_PROXY: &str = "/api/v1/proxy";
/// GET: list of [`crate::Destination`]. POST [`crate::DestinationDraft`]: adds one → [`crate::Destination`].
pub const DESTINATIONS: &str = "/api/v1/destinations";
/// PUT [`crate::DestinationDraft`] → [`crate::Destination`]. DELETE → [`crate::DestinationRemoved`].
pub const DESTINATION: &str = "/api/v1/destinations/{id}";
/// POST: writes a small file there and removes it again → [`crate::DestinationTest`].
pub const DESTINATION_TEST: &str = "/api/v1/destinations/{id}/test";
/// POST: sends everything that waits for it now.
pub const DESTINATION_DELIVER: &str = "/api/v1/destinations/{id}/deliver";
/// POST [`crate::DeliveryGivenUp`]: a package that waits is not sent there any more.
pub const DESTINATION_GIVE_UP: &str = "/api/v1/destinations/{id}/give-up";
/// GET [`crate::TaskState`], DELETE gives it up.
pub const TASK: &str = "/api/v1/tasks/{id}";
/// POST, raw bytes both ways: the wishes of the last poll, answered by the events of the next; 204 when it is over.
pub const TASK_POLL: &str = "/api/v1/tasks/{id}/poll";
/// POST [`crate::PastedAddress`].
pub const TASK_ANSWER: &str = "/api/v1/tasks/{id}/answer";
/// POST: keeps the consent that was shown. With `?second_connection=true` also if the tenant has a connection already.
pub const TASK_CONFIRM: &str = "/api/v1/tasks/{id}/confirm";
/// GET: list of [`crate::Run`] of all connections, newest first; narrowed as [`CONNECTIONS`] are.
pub const RUNS: &str = "/api/v1/runs";
/// GET [`crate::Run`].
pub const RUN: &str = "/api/v1/runs/{id}";
/// GET: list of [`crate::LogLine`]; with `?download` a text file.
pub const RUN_LOG: &str = "/api/v1/runs/{id}/log";
/// GET: list of [`crate::ProductDifference`].
pub const RUN_PRODUCTS: &str = "/api/v1/runs/{id}/products";
/// POST: stops it.
pub const RUN_CANCEL: &str = "/api/v1/runs/{id}/cancel";
/// GET: server-sent events, each a [`crate::Happened`].
pub const EVENTS: &str = "/api/v1/events";
/// GET [`crate::Overview`], `?connection=ID` for one.
pub const OVERVIEW: &str = "/api/v1/data/overview";
/// GET [`crate::Rows`] of a [`crate::View`], with the fields of [`crate::RowQuery`] as its query.
pub const ROWS: &str = "/api/v1/data/rows/{view}";
/// GET: a file with all rows that a query finds; `format=csv|parquet` and the fields of [`crate::RowQuery`].
pub const EXPORT: &str = "/api/v1/data/export/{view}";
/// GET [`crate::PersonPane`], `connection=ID` in the query.
pub const PERSON: &str = "/api/v1/data/people/{user_id}";
/// GET [`crate::ProductPane`], `connection=ID` in the query.
pub const PRODUCT: &str = "/api/v1/data/products/{sku_id}";
/// GET: the OpenAPI description of all this.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Where Microsoft's sign-in page sends the browser back to; a page, not part of the API.
pub const CALLBACK: &str = "/consent/callback";
/// What a person gets who was sent a consent link; a page, not part of the API.
pub const CONSENT_LINK: &str = "/consent/link/{token}";
/// GET, without a session: 200 as long as the process answers; not part of the API.
pub const ALIVE: &str = "/healthz";
/// GET, without a session: 200 if the beacon does its work, else 503 with a code; not part of the API.
pub const READY: &str = "/readyz";
/// GET: what monitoring reads, if the operator lets it; not part of the API.
pub const METRICS: &str = "/metrics";
/// Header that every request but GET must carry, with the value of [`crate::SessionInfo::csrf`].
pub const CSRF_HEADER: &str = "x-beacon-csrf";
/// Name of the browser's channel on which the callback page tells the setup page that an answer came.
pub const CHANNEL: &str = "beacon-consent";

/// Fills the one `{…}` of a path.
#[must_use]
pub fn with(path: &str, value: &str) -> String {
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) if open < close => {
            let (before, after) = (path.get(..open).unwrap_or_default(), path.get(close + 1..).unwrap_or_default());
            format!("{before}{value}{after}")
        }
        _ => path.to_owned(),
    }
}
