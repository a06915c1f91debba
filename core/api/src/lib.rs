//! What the page and the host say to each other over HTTP.
//!
//! **What it is.** The JSON bodies of `/api/v1`, the same types on both sides. Paths and methods are in
//! [`paths`]; which role may use a route is the server's business and stands in its OpenAPI description.
//!
//! **What it must never do.** Hold a secret that travels from the host to the page: secrets go one way, in
//! [`SecretInput`]. Do I/O of any kind.
//!
//! **Where to start reading.** [`SessionInfo`], [`ConnectionDraft`] and [`Connection`], [`TaskState`] for consent, test
//! and preview, [`Run`] for imports, [`Rows`] for data.

mod audit;
mod bulk;
mod connection;
mod consent;
mod credential;
mod data;
mod destination;
mod event;
mod health;
mod offboarding;
mod pasted;
pub mod paths;
mod problem;
mod proxy;
mod retention;
mod run;
mod schedule;
mod session;
mod source_type;
mod task;

pub use audit::{AuditAction, AuditEntry, AuditPage, AuditQuery};
pub use bulk::{BulkAction, BulkDone, BulkOrder};
pub use connection::{
    Connection, ConnectionDraft, ConsentFacts, Removed, SecretFacts, SecretInput, SecretText, Upcoming,
};
pub use consent::{
    ConsentBoard, ConsentChange, ConsentCount, ConsentRow, ConsentState, InvitationFacts, InvitationLink,
    InvitationOrder, InvitationsMade, LinkOpened, NotInvited,
};
pub use credential::{CredentialProfile, ExpiringCredential};
pub use data::{
    ApplicationUse, Column, ColumnKind, DataNotice, Holding, Overview, PersonPane, PersonUse, PlanFacts, ProductPane,
    RowQuery, Rows, Seats, Totals, UseState, View,
};
pub use destination::{
    DeliveryGivenUp, Destination, DestinationAccess, DestinationDraft, DestinationPackage, DestinationPackageState,
    DestinationPlace, DestinationProxyDraft, DestinationProxyFacts, DestinationRemoved, DestinationState,
    DestinationTest,
};
pub use event::Happened;
pub use health::{ConnectionHealth, ConnectionHold, Health, HealthAction, HealthCount, HealthReport, HoldChoice};
pub use offboarding::{OffboardingOrder, OffboardingPlan, OffboardingReport};
pub use pasted::Pasted;
pub use problem::{FieldProblem, Problem, ProblemKind};
pub use proxy::{DefaultProxyFacts, ProxyDraft, ProxyFacts};
pub use retention::{RetentionPreview, RetentionRule};
pub use run::{
    ChangeCounts, LogLevel, LogLine, ProductDifference, Run, RunPhase, RunStarted, RunStatus, TableProgress,
    TableResult,
};
pub use schedule::{
    Follower, MissedRuns, Occasion, OccasionOutcome, Schedule, ScheduleChoice, ScheduleDraft, SchedulePreview,
    ScheduleRemoved, ScheduleRule, Scheduled,
};
pub use session::{Account, AccountDraft, LinkSignIn, Role, SessionInfo, SessionState, SignIn};
pub use source_type::{Defaults, PermissionFacts, PermissionSet, SourceType};
pub use task::{
    Check, CheckVerdict, ConsentFound, ConsentLink, ConsentWay, DeviceCodeShown, PastedAddress, Preview, PreviewTable,
    RunsIn, TaskKind, TaskOrder, TaskPhase, TaskState,
};
