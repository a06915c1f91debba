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

mod at_work;
mod bundled;
mod change;
mod consent;
pub mod delivery;
pub mod destinations;
mod draft;
mod file;
mod folders;
pub mod health;
mod import;
mod installation;
mod interrupted;
mod modules;
pub mod notifications;
pub mod notifying;
mod proxy;
mod refusal;
pub mod retention;
pub mod scheduling;
mod secrets;
mod session;
mod trouble;
pub mod usage_files;
mod words;

pub use beacon_notify::MailServer;
pub use change::{Changed, change, create, remove};
pub use consent::{offline, pin};
pub use draft::{Draft, GivenSecret, check_draft, proxy_server};
pub use file::read;
pub use folders::Folders;
pub use import::{Ended, ImportOrder, Prepared, import, prepare};
pub use installation::{Installation, OrganisationDefaults, Place};
pub use interrupted::RESUMABLE;
pub use interrupted::settle_published;
pub use modules::Module;
pub use proxy::{
    DefaultProxyDraft, WayOut, choose_proxy, proxy_bypass, remove_default_proxy, set_default_proxy, way_out,
};
pub use refusal::explained;
pub use secrets::Secrets;
pub use session::{RunFolder, Session, check};
pub use trouble::{FieldTrouble, Trouble, sentence};
pub use words::Words;
