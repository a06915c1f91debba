//! What the beacon remembers: connections, their sealed secrets, runs, the state one run leaves
//! for the next, and who changed what.
//!
//! **What it is.** One SQLite database in a data folder that one process owns, behind typed rows. It is
//! synchronous; a caller in async code wraps it in a mutex and a blocking task.
//!
//! **What it must never do.** Hold a secret in the clear: it stores what `beacon-vault` sealed and
//! never opens it. Tell the time or judge a run: times and outcomes are passed in. Change a database
//! that a newer version has written.
//!
//! **Where to start reading.** [`Store::open`], then the row types [`Connection`], [`Run`] and
//! [`SecretRow`]; `pending.rs` for the state that becomes valid only with its package.

mod account_rows;
mod audit;
mod audit_action;
mod audit_chain;
mod audit_erasing;
mod audit_guards;
mod audit_rows;
mod audit_sent;
mod audit_soundness;
mod column;
mod comparing;
mod connection;
mod connection_rows;
mod credential_profile;
mod credential_profile_rows;
mod credential_rows;
mod data_key_rows;
mod delivery;
mod delivery_counts;
mod delivery_rows;
mod destination;
mod destination_rows;
mod destination_secret_rows;
mod due_rows;
mod error;
mod exercise_rows;
mod folder;
mod health_rows;
mod id;
mod installation_secrets;
mod invalid_input;
mod invitation;
mod invitation_rows;
mod invitation_state;
mod key_choice;
mod label;
mod label_rows;
mod lock;
mod mention;
mod message_rows;
mod migration;
mod module_rows;
mod name;
mod names;
mod notification;
mod notification_rows;
mod numbers;
mod offboarding_rows;
mod pending;
mod proxy;
mod proxy_rows;
mod removal_rows;
mod retention_rows;
mod run;
mod run_rows;
mod run_totals;
mod schedule;
mod schedule_rows;
mod sealed_rows;
mod secret_rows;
mod secret_tables;
mod soundness;
mod store;
mod switch_rows;
mod tenant;

pub use account_rows::AccountRow;
pub use audit::{ActionOutcome, Actor, ActorWay, AuditEntry, AuditQuery, Deed, ERASED};
pub use audit_action::Action;
pub use audit_soundness::{AuditFinding, AuditSoundness};
pub use connection::{Connection, NewConnection};
pub use connection_rows::SecondConnection;
pub use credential_profile::{CredentialKind, CredentialProfile, ProfileSecret};
pub use credential_profile_rows::ProfileChange;
pub use credential_rows::StoredCredential;
pub use delivery::{Delivery, DeliveryState, FailureScope, KeptPackage};
pub use delivery_counts::DeliveryCounts;
pub use destination::{Access, Destination, DestinationProxy, DestinationSecrets, NewDestination, Target};
pub use due_rows::{Due, Outcome};
pub use error::{ErrorKind, StoreError};
pub use exercise_rows::Exercise;
pub use health_rows::{StateChange, StuckDelivery};
pub use id::{
    ConnectionId, CredentialProfileId, DestinationId, InvalidId, InvitationId, MessageId, NotificationId,
    OffboardingId, RunId, ScheduleId,
};
pub use invalid_input::InvalidInput;
pub use invitation::{Invitation, InvitationChange, LinkDigest, LinkShown, NewInvitation};
pub use invitation_state::{InvitationEvent, InvitationState};
pub use key_choice::KeyChoice;
pub use label::Label;
pub use lock::noted_owner;
pub use name::{ConnectionName, CredentialProfileName, DestinationName, NotificationName, ScheduleName};
pub use names::InstalledNames;
pub use notification::{Message, MessageEnd, NewNotification, Notification, Way};
pub use offboarding_rows::{Erasure, Offboarding};
pub use pending::{PendingRun, State, StateKind};
pub use proxy::{ProxyScheme, ProxyServer, ProxySettings};
pub use proxy_rows::{DefaultProxy, ProxyChoice};
pub use retention_rows::Retention;
pub use run::{Run, RunOutcome, RunState};
pub use run_totals::RunTotals;
pub use schedule::{NewSchedule, Occasion, OccasionOutcome, Schedule};
pub use sealed_rows::{DataKeyRow, KeyChange, SealedRow};
pub use secret_rows::SecretRow;
pub use secret_tables::Owner;
pub use store::{DATABASE_FILE, Store};
pub use switch_rows::{Held, Hold};
pub use tenant::TenantKey;
