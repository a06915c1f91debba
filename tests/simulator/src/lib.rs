//! A simulated Microsoft 365 tenant: Entra ID and Microsoft Graph on TLS, seeded, of any size, with faults on order.
//!
//! **What it is.** Three sites with their own authority on the loopback address (sign-in, Graph, and the one that
//! report files are fetched from), faithful enough that Microsoft's own client libraries use them unchanged, and a
//! control interface. Everything in the directory and in the reports is a pure function of seed and position, so a
//! million users cost no memory, and [`GroundTruth`] tells a test what a right import finds.
//!
//! **What it must never do.** Reach the network, listen on anything but 127.0.0.1, or remember a credential in its
//! request log. Its keys and secrets are made for one run and are worth nothing elsewhere.
//!
//! **Where to start reading.** [`Simulator`] is the door; `service.rs` is the way of a request; `tenant/person.rs`
//! makes people; `entra/grants.rs` and `graph/users.rs` are the two places where fidelity matters most;
//! `reports/issue.rs` decides what usage reports say, for files and truth alike.
//!
//! # Signing in without a browser
//! [`Simulator::sign_in`] answers an authorize address for a person. The same by HTTP: `GET` the address and take the
//! hidden field `flow`; `POST /simulated/account` with `flow` and `account` (or `decision=cancel`); if a consent page
//! comes, `POST /simulated/consent` with `flow`, `decision` (`accept`, `decline`) and `organization=on` for consent on
//! behalf of everybody. The last answer redirects to the application. Devices: `POST /device` with `user_code` and
//! `account` (or `decision=decline`).
//!
//! # Control interface (JSON, plain HTTP)
//! | request | body |
//! |---|---|
//! | `GET /` | addresses, ids, demonstration credentials |
//! | `GET /requests`, `GET /requests/counts`, `DELETE /requests` | what was asked |
//! | `GET /faults`, `DELETE /faults`, `POST /faults` | [`FaultRule`]: `{"path": "/v1.0/users", "page": 2, "fault": {"kind": "status", "status": 429, "retry_after": {"seconds": 1}}}` |
//! | `POST /token-errors` | `{"number": 50173, "times": 1}` |
//! | `GET /clock`, `POST /clock` | `{"seconds": 3600}` puts the clock forward |
//! | `POST /sign-in` | `{"url": "…", "account": "…", "decision": "accept"}`, answers `{"redirect": "…"}` |
//! | `POST /device` | `{"user_code": "…", "account": "…"}`; without account the person declines |
//! | `POST /sessions/revoke` | `{"account": "…"}` |
//! | `PUT /policies` | [`Policies`] |
//! | `POST /changes` | [`Change`]: `{"rename": {"position": 7, "new_upn": "…"}}`, `{"delete": {"position": 7}}`, `{"create": {}}`; answers `{"position": 7, "user_id": "…"}` |
//! | `POST /changes/random` | `{"seed": 1, "count": 100}`: changes of every kind; answers them as a list |
//! | `PUT /premium` | `true` or `false`: Entra ID P1 |
//! | `PUT /concealed` | `true` or `false`: names in reports |
//! | `PUT /reports` | [`ReportsState`]: `"normal"`, `"empty"`, `"absent"` |
//! | `PUT /report-shape` | [`ReportShape`]: `{"iso_dates": true, "without": ["Has Archive"]}` |
//! | `PUT /report-settings-form` | [`ReportSettingsForm`]: `"wrapped"`, `"plain"` |
//! | `PUT /quotas` | `true` or `false` |
//! | `PUT /latency` | [`Latency`]: `{"median_ms": 120, "sigma": 0.5}`, or `null` |
//! | `PUT /accounts/{name}/roles` | template ids of directory roles |
//! | `GET /leaked-authorizations` | `{"count": 0}`: tokens that reached the report site |
//! | `GET /secrets` | every secret, for leak tests |
//! | `POST /applications/{id}/certificates` | `{"pem": "…"}` |
//! | `POST /applications/{id}/secrets` | `{"valid_seconds": 3600}`, answers `{"secret": "…"}` |
//! | `PUT /applications/{id}/public-client-flows` | `true` or `false` |
//! | `POST`, `DELETE /applications/{id}/consent` | an administrator consents for everybody, or takes it back |

mod catalog;
mod certificates;
mod clock;
mod control;
mod dice;
mod entra;
mod exchange;
mod faults;
mod graph;
mod identifiers;
mod json;
mod latency;
mod options;
mod quotas;
mod reports;
mod request_log;
mod secrets;
mod server;
mod service;
mod simulator;
mod tenant;
mod truth;
mod world;

#[cfg(test)]
mod tests;

pub use catalog::{Product, ServicePlan, products};
pub use certificates::CertificateError;
pub use clock::Clock;
pub use entra::{
    Account, AppRegistration, ClientSecret, Decision, Policies, RedirectKind, RedirectUri, SignInFailed,
    SigningKeyError, UnknownUserCode, role,
};
pub use faults::{FaultBody, FaultKind, FaultRule, RetryAfter};
pub use identifiers::{ClientId, GroupId, PlanId, SkuId, SubscriptionId, TenantId, UserId};
pub use latency::Latency;
pub use options::{Cloud, SimulatorOptions, TenantOptions};
pub use reports::{
    ActivationFact, Application, MailboxKind, Period, Platform, Report, ReportSettingsForm, ReportShape, ReportsState,
    StorageFact, StorageKind, UnnamedRows, UsageFact,
};
pub use request_log::{LoggedRequest, RequestCounts, Site};
pub use simulator::{Simulator, StartError, UnknownName};
pub use tenant::{
    ACCOUNT_COUNT, AssignedLicense, AssignedPlan, AssignmentError, AssignmentState, CapabilityStatus, Change, Group,
    ImpossibleChange, LicenseAssignment, OnPremises, Organization, PrepaidUnits, SignInActivity, SignInTime,
    SubscribedSku, Subscription, Tenant, UserRecord, UserType, VerifiedDomain,
};
pub use truth::{AssignmentFact, AssignmentSource, Difference, DifferenceKind, GroundTruth, PlanFact, SignInFact};
