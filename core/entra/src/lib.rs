//! Microsoft Entra ID, as far as a connector has to know it: clouds, permissions, and what refusals mean.
//!
//! **What it is.** Facts and words. A refusal is decided by `error`, `suberror` and status alone, because Microsoft
//! may renumber its codes; the AADSTS number only chooses the sentence a person reads.
//!
//! **What it must never do.** Sign in. Grants are the driver's work; nothing here ever sees a secret or a token.
//!
//! **Where to start reading.** [`explain`], then the table in `aadsts.rs`.

mod aadsts;
mod cloud;
mod explain;
mod number;
mod permission;
mod refusal_text;

pub use cloud::{CUSTOM, Cloud, NATIVE_CLIENT_PATH, TENANT_PLACEHOLDERS, names_no_tenant};
pub use explain::explain;
pub use number::SignInNumber;
pub use permission::{CONSENT_ROLES, Grants, PERMISSIONS, Permission, permission};

use beacon_contract::Text;

/// Every text whose code [`explain`] can give.
#[must_use]
pub fn texts() -> Vec<(String, Text)> {
    aadsts::texts().chain(refusal_text::texts()).collect()
}
