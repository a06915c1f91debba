//! What can be done with a data folder: connections, consents, tests, imports; the same for the command line and the
//! page.
//!
//! **What it is.** Store, vault, modules, driver and package put together to the operations that people know.
//!
//! **What it must never do.** Print, ask, or know who asks: whoever calls brings an [`beacon_driver::Interaction`] and
//! an [`beacon_driver::Observer`]. Bring a secret into a [`Trouble`].
//!
//! **Where to start reading.** [`Installation`] is one data folder, [`Session`] one task put together, [`import`] the
//! whole way from settings to package, [`Draft`] a connection before it is stored.

mod acting;
mod at_work;
pub mod audit;
pub mod bulk;
mod bundled;
mod certificate_file;
mod change;
mod consent;
mod consenting_person;
pub mod consents;
pub mod credential_profiles;
mod csv_lines;
mod csv_table;
pub mod delivery;
mod destination_secrets;
pub mod destinations;
pub mod diagnostics;
pub mod doctor;
mod draft;
pub mod exercising;
mod expiring;
mod expiry_notices;
mod expiry_words;
mod file;
mod folders;
pub mod health;
mod import;
mod installation;
mod interrupted;
pub mod keys;
mod modules;
pub mod moving;
mod new_certificate;
pub mod notifications;
pub mod notifying;
pub mod offboarding;
mod proxy;
mod refusal;
mod removal;
pub mod retention;
pub mod rotation;
pub mod scheduling;
mod secrets;
mod selection;
mod session;
mod settings_text;
mod trouble;
mod unattended;
pub mod usage_files;
mod words;

pub use acting::{acting_as, acting_here, actor};
pub use beacon_notify::MailServer;
pub use certificate_file::{from_pkcs12, is_pkcs12};
pub use change::{Changed, change, create};
pub use consent::{keep, offline};
pub use draft::{Draft, GivenSecret, check_draft, proxy_server};
pub use expiring::{CredentialEnd, Expiring, ExpiringKind, ExpiryLevel, REFRESH_TOKEN_IDLE_DAYS, is_delegated};
pub use file::read;
pub use folders::Folders;
pub use import::{Ended, ImportOrder, Prepared, import, prepare};
pub use installation::{Installation, OrganisationDefaults, Place};
pub use interrupted::RESUMABLE;
pub use interrupted::settle_published;
pub use modules::Module;
pub use new_certificate::DEFAULT_DAYS;
pub use proxy::{
    DefaultProxyDraft, WayOut, choose_proxy, default_proxy_has_password, default_proxy_users, proxy_bypass,
    remove_default_proxy, set_default_proxy, way_out,
};
pub use refusal::explained;
pub use removal::{Packages, Removal, remove};
pub use secrets::Secrets;
pub use selection::{Selection, labels, listed_labels, select, select_some, selected_ids};
pub use session::{RunFolder, Session, check};
pub use settings_text::set_text;
pub use trouble::{FieldTrouble, Trouble, sentence};
pub use words::Words;
