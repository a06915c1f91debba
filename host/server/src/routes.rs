//! The handlers, one file for each kind of thing.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod connections;
pub(crate) mod consents;
pub(crate) mod credentials;
pub(crate) mod data;
pub(crate) mod destinations;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod offboarding;
pub(crate) mod proxy;
pub(crate) mod retention;
pub(crate) mod runs;
pub(crate) mod schedules;
pub(crate) mod session;
pub(crate) mod source_types;
pub(crate) mod tasks;
