//! The connector for Microsoft 365: one tenant's people, products, subscriptions and who holds which licence.
//!
//! **What it is.** [`Microsoft365`] implements the five tasks of a connector over Microsoft Graph v1.0. Its
//! manifest is all it may ever ask for; every request in here has its egress rule there.
//!
//! **What it must never do.** Write anything. Call a page complete that it did not follow to its end, or leave out an
//! item without declaring it. See a secret: signing in is the driver's work.
//!
//! **Where to start reading.** `import.rs`; then `assignments.rs` for what a seat is, `form.rs` for the settings.

mod application_catalog;
mod applications;
mod assignments;
mod check;
mod connector;
mod consent;
mod form;
mod groups;
mod import;
mod manifest;
mod names;
mod parts;
mod preview;
mod probe;
mod products;
mod report_catalog;
mod report_rows;
mod rules;
mod session;
mod sign_ins;
mod sorted;
mod subscriptions;
mod tenant;
mod test_task;
mod text;
mod usage;
mod users;

#[cfg(test)]
mod tests;

pub use connector::Microsoft365;

#[cfg(target_arch = "wasm32")]
beacon_kit::export!(Microsoft365);
