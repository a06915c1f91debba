//! Everything that can be asked for: one table for the router, the roles and the OpenAPI description.

use crate::acting;
use crate::app::App;
use crate::cookie::Cookie;
use crate::problem::Refusal;
use crate::routes::{
    accounts, audit, bulk, connections, consents, credentials, data, destinations, events, health, offboarding, proxy,
    retention, runs, schedules, session, source_types, tasks,
};
use crate::sessions::Signed;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use beacon_api::{
    Account, AccountDraft, AuditPage, BulkDone, BulkOrder, Connection, ConnectionDraft, ConnectionHealth, ConsentBoard,
    ConsentLink, CredentialProfile, DefaultProxyFacts, Defaults, DeliveryGivenUp, Destination, DestinationDraft,
    DestinationRemoved, DestinationTest, ExpiringCredential, FieldProblem, Happened, HealthCount, HealthReport,
    HoldChoice, InvitationOrder, InvitationsMade, LinkSignIn, LogLine, OffboardingOrder, OffboardingPlan,
    OffboardingReport, Overview, PastedAddress, PersonPane, ProductDifference, ProductPane, ProxyDraft, Removed,
    RetentionPreview, RetentionRule, Role, Rows, Run, RunStarted, Schedule, ScheduleChoice, ScheduleDraft,
    SchedulePreview, ScheduleRemoved, SessionInfo, SignIn, SourceType, TaskOrder, TaskState, paths,
};
use beacon_operations::{Installation, acting_as};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// A body of JSON is never longer.
const BODY_BYTES: usize = 256 << 10;

/// Wishes of one poll are never longer: the contract's own cap, and some room.
const WISHES_BYTES: usize = 33 << 20;

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Anyone,
    Reader,
    Administrator,
}

/// A type of a body, for the description.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) list: bool,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

fn shape<T: ToSchema>(list: bool) -> Option<Shape> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    Some(Shape { name: T::name().into_owned(), list, schemas })
}

fn one<T: ToSchema>() -> Option<Shape> {
    shape::<T>(false)
}

fn list<T: ToSchema>() -> Option<Shape> {
    shape::<T>(true)
}

/// One entry.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) summary: &'static str,
    pub(crate) takes: Option<Shape>,
    pub(crate) gives: Option<Shape>,
    handler: MethodRouter<Arc<App>>,
}

fn route(
    handler: (Method, MethodRouter<Arc<App>>),
    path: &'static str,
    access: Access,
    summary: &'static str,
    takes: Option<Shape>,
    gives: Option<Shape>,
) -> Route {
    let (method, handler) = handler;
    Route { method, path, access, summary, takes, gives, handler }
}

macro_rules! on {
    (GET $handler:path) => {
        (Method::GET, get($handler))
    };
    (POST $handler:path) => {
        (Method::POST, post($handler))
    };
    (PUT $handler:path) => {
        (Method::PUT, put($handler))
    };
    (DELETE $handler:path) => {
        (Method::DELETE, delete($handler))
    };
}

/// The table.
#[rustfmt::skip]
pub(crate) fn route_table() -> Vec<Route> {
    use Access::{Administrator, Anyone, Reader};
    vec![
        route(on!(GET session::info), paths::SESSION, Anyone, "How the session stands", None, one::<SessionInfo>()),
        route(on!(DELETE session::sign_out), paths::SESSION, Reader, "Sign out", None, None),
        route(on!(POST session::by_link), paths::SESSION_LINK, Anyone, "Set the administrator's password by a one-time link", one::<LinkSignIn>(), one::<SessionInfo>()),
        route(on!(POST session::sign_in), paths::SESSION_SIGN_IN, Anyone, "Sign in", one::<SignIn>(), one::<SessionInfo>()),
        route(on!(GET accounts::all), paths::ACCOUNTS, Administrator, "Accounts of the page", None, list::<Account>()),
        route(on!(POST accounts::put), paths::ACCOUNTS, Administrator, "Add an account, or give one a new role and password", one::<AccountDraft>(), None),
        route(on!(DELETE accounts::remove), paths::ACCOUNT, Administrator, "Remove an account", None, None),
        route(on!(GET audit::page), paths::AUDIT, Administrator, "Who changed what, newest first", None, one::<AuditPage>()),
        route(on!(GET audit::export), paths::AUDIT_EXPORT, Administrator, "A file with all entries that a query finds", None, None),
        route(on!(GET source_types::all), paths::SOURCE_TYPES, Administrator, "What a new connection can be", None, list::<SourceType>()),
        route(on!(GET source_types::module), paths::MODULE, Administrator, "Bytes of a connector module", None, None),
        route(on!(GET source_types::defaults), paths::DEFAULTS, Administrator, "What is filled in for new connections", None, one::<Defaults>()),
        route(on!(PUT source_types::set_defaults), paths::DEFAULTS, Administrator, "Change what is filled in", one::<Defaults>(), None),
        route(on!(GET connections::all), paths::CONNECTIONS, Reader, "Connections, what fails next first", None, list::<Connection>()),
        route(on!(POST connections::add), paths::CONNECTIONS, Administrator, "Add a connection", one::<ConnectionDraft>(), one::<Connection>()),
        route(on!(POST connections::check), paths::CONNECTIONS_CHECK, Administrator, "Check a connection without storing it", one::<ConnectionDraft>(), list::<FieldProblem>()),
        route(on!(POST bulk::order), paths::CONNECTIONS_BULK, Administrator, "Do the same with many connections", one::<BulkOrder>(), one::<BulkDone>()),
        route(on!(GET connections::one), paths::CONNECTION, Reader, "One connection", None, one::<Connection>()),
        route(on!(PUT connections::change), paths::CONNECTION, Administrator, "Change a connection", one::<ConnectionDraft>(), one::<Connection>()),
        route(on!(DELETE connections::remove), paths::CONNECTION, Administrator, "Remove a connection; packages=keep or erase", None, one::<Removed>()),
        route(on!(GET runs::of_connection), paths::CONNECTION_RUNS, Reader, "Runs of a connection, newest first", None, list::<Run>()),
        route(on!(POST runs::start), paths::CONNECTION_RUNS, Administrator, "Execute now", None, one::<RunStarted>()),
        route(on!(POST tasks::start), paths::CONNECTION_TASKS, Administrator, "Start a consent, a test or a preview", one::<TaskOrder>(), one::<TaskState>()),
        route(on!(GET consents::board), paths::CONSENTS, Reader, "The consent board; state for one state", None, one::<ConsentBoard>()),
        route(on!(POST consents::invite), paths::CONSENTS, Administrator, "Make links for several connections, or all that need a consent", one::<InvitationOrder>(), one::<InvitationsMade>()),
        route(on!(POST consents::invite_one), paths::CONSENT_LINKS, Administrator, "Make a link for the person who may consent", None, one::<ConsentLink>()),
        route(on!(DELETE consents::withdraw), paths::CONSENT_LINKS, Administrator, "Take a link back, and stop whoever signs in by it", None, None),
        route(on!(PUT schedules::choose), paths::CONNECTION_SCHEDULE, Administrator, "Let a connection follow a schedule, or none", one::<ScheduleChoice>(), None),
        route(on!(PUT health::hold), paths::CONNECTION_HOLD, Administrator, "Pause a connection, disable it, or let it run again", one::<HoldChoice>(), one::<ConnectionHealth>()),
        route(on!(GET health::counts), paths::HEALTH_COUNTS, Reader, "How many connections are in which state", None, list::<HealthCount>()),
        route(on!(GET offboarding::look), paths::CONNECTION_OFFBOARDING, Administrator, "What erasing the customer of a connection means", None, one::<OffboardingPlan>()),
        route(on!(POST offboarding::erase), paths::CONNECTION_OFFBOARDING, Administrator, "Erase the customer of a connection everywhere here", one::<OffboardingOrder>(), one::<OffboardingReport>()),
        route(on!(GET connections::all_labels), paths::LABELS, Reader, "All labels in use", None, None),
        route(on!(GET health::all), paths::HEALTH, Reader, "How all connections stand, the worst first", None, one::<HealthReport>()),
        route(on!(GET credentials::profiles), paths::PROFILES, Administrator, "Credential profiles, by name", None, list::<CredentialProfile>()),
        route(on!(GET credentials::expiring), paths::EXPIRING, Reader, "Credentials that die within thirty days, the nearest first", None, list::<ExpiringCredential>()),
        route(on!(GET schedules::all), paths::SCHEDULES, Reader, "Schedules, by name", None, list::<Schedule>()),
        route(on!(POST schedules::add), paths::SCHEDULES, Administrator, "Add a schedule", one::<ScheduleDraft>(), one::<Schedule>()),
        route(on!(POST schedules::check), paths::SCHEDULES_CHECK, Administrator, "Next times of a schedule that is not stored yet", one::<ScheduleDraft>(), one::<SchedulePreview>()),
        route(on!(PUT schedules::change), paths::SCHEDULE, Administrator, "Change a schedule and who follows it", one::<ScheduleDraft>(), one::<Schedule>()),
        route(on!(DELETE schedules::remove), paths::SCHEDULE, Administrator, "Remove a schedule; its connections are not scheduled any more", None, one::<ScheduleRemoved>()),
        route(on!(POST schedules::trigger), paths::SCHEDULE_TRIGGER, Administrator, "Make all connections of a schedule due now", None, None),
        route(on!(GET retention::rule), paths::RETENTION, Administrator, "Which packages go by themselves", None, one::<RetentionRule>()),
        route(on!(PUT retention::set_rule), paths::RETENTION, Administrator, "Change which packages go by themselves", one::<RetentionRule>(), None),
        route(on!(POST retention::check), paths::RETENTION_CHECK, Administrator, "What a rule would remove now", one::<RetentionRule>(), one::<RetentionPreview>()),
        route(on!(GET proxy::default), paths::DEFAULT_PROXY, Administrator, "The default proxy, or null", None, one::<DefaultProxyFacts>()),
        route(on!(PUT proxy::set_default), paths::DEFAULT_PROXY, Administrator, "Set the default proxy", one::<ProxyDraft>(), one::<DefaultProxyFacts>()),
        route(on!(DELETE proxy::remove_default), paths::DEFAULT_PROXY, Administrator, "Remove the default proxy and its password", None, None),
        route(on!(GET destinations::all), paths::DESTINATIONS, Reader, "Destinations of packages and how they stand, by name", None, list::<Destination>()),
        route(on!(POST destinations::add), paths::DESTINATIONS, Administrator, "Add a destination: it gets the packages of imports that end from now on", one::<DestinationDraft>(), one::<Destination>()),
        route(on!(PUT destinations::change), paths::DESTINATION, Administrator, "Change a destination; what waits for it goes to where it leads from now on", one::<DestinationDraft>(), one::<Destination>()),
        route(on!(DELETE destinations::remove), paths::DESTINATION, Administrator, "Remove a destination with its secret and what waits for it", None, one::<DestinationRemoved>()),
        route(on!(POST destinations::test), paths::DESTINATION_TEST, Administrator, "Try a destination out with a small file", None, one::<DestinationTest>()),
        route(on!(POST destinations::deliver), paths::DESTINATION_DELIVER, Administrator, "Send everything that waits for a destination now", None, None),
        route(on!(POST destinations::give_up), paths::DESTINATION_GIVE_UP, Administrator, "Give up a package that waits for a destination", one::<DeliveryGivenUp>(), None),
        route(on!(GET tasks::one), paths::TASK, Administrator, "How a task stands", None, one::<TaskState>()),
        route(on!(DELETE tasks::give_up), paths::TASK, Administrator, "Give a task up", None, None),
        route(on!(POST tasks::poll), paths::TASK_POLL, Administrator, "Wishes of a module in the page; answered by its next events", None, None),
        route(on!(POST tasks::answer), paths::TASK_ANSWER, Administrator, "The address that the sign-in page led to", one::<PastedAddress>(), None),
        route(on!(POST tasks::confirm), paths::TASK_CONFIRM, Administrator, "Keep the consent that was shown", None, one::<TaskState>()),
        route(on!(GET runs::all), paths::RUNS, Reader, "Runs of all connections, newest first", None, list::<Run>()),
        route(on!(GET runs::one), paths::RUN, Reader, "One run", None, one::<Run>()),
        route(on!(GET runs::log), paths::RUN_LOG, Reader, "Log of a run; with download a text file", None, list::<LogLine>()),
        route(on!(GET runs::products), paths::RUN_PRODUCTS, Reader, "Products whose seats are counted differently", None, list::<ProductDifference>()),
        route(on!(POST runs::cancel), paths::RUN_CANCEL, Administrator, "Stop a run", None, None),
        route(on!(GET events::stream), paths::EVENTS, Reader, "Server-sent events", None, one::<Happened>()),
        route(on!(GET data::overview), paths::OVERVIEW, Reader, "Counts of one connection's data, or of all", None, one::<Overview>()),
        route(on!(GET data::rows), paths::ROWS, Reader, "Rows of a view", None, one::<Rows>()),
        route(on!(GET data::export), paths::EXPORT, Reader, "A file with all rows that a query finds", None, None),
        route(on!(GET data::person), paths::PERSON, Reader, "Everything about one person", None, one::<PersonPane>()),
        route(on!(GET data::product), paths::PRODUCT, Reader, "Everything about one product", None, one::<ProductPane>()),
        route(on!(GET crate::openapi::description), paths::OPENAPI, Anyone, "This description", None, None),
    ]
}

/// The router of the API.
pub(crate) fn api(app: &Arc<App>) -> Router<Arc<App>> {
    let mut router = Router::new();
    for route in route_table() {
        let limit = if route.path == paths::TASK_POLL { WISHES_BYTES } else { BODY_BYTES };
        let gate = middleware::from_fn_with_state((Arc::clone(app), route.access), admit);
        router = router.route(route.path, route.handler.layer(DefaultBodyLimit::max(limit)).layer(gate));
    }
    router
}

/// Lets a request through whose session may what it asks for.
async fn admit(
    State((app, access)): State<(Arc<App>, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if access == Access::Anyone {
        return Ok(acting_as(acting::somebody(&request), next.run(request)).await);
    }
    let signed = signed_in(&app, request.headers()).ok_or_else(Refusal::signed_out)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let given = request.headers().get(paths::CSRF_HEADER).and_then(|value| value.to_str().ok());
        if given != Some(signed.csrf.as_str()) {
            return Err(Refusal::forbidden(
                "request.csrf",
                "The request does not carry the session's own mark.",
                "Reload the page and try again.",
            ));
        }
    }
    if access == Access::Administrator && signed.role != Role::Administrator {
        return Err(Refusal::forbidden(
            "session.role",
            "This account may read, and not do that.",
            "Ask an administrator of this beacon.",
        ));
    }
    let actor = acting::account(&request, &signed.account);
    request.extensions_mut().insert(signed);
    Ok(acting_as(actor, next.run(request)).await)
}

/// Who sent a request.
pub(crate) fn signed_in(app: &App, headers: &HeaderMap) -> Option<Signed> {
    let token = Cookie::Session.read(headers, app.address.port)?;
    app.sessions.find(token, Installation::now())
}
