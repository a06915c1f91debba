//! The sign-in site: Entra ID's endpoints over one state.

mod account;
mod assertion;
mod authorize;
mod consent;
mod credential;
mod device;
mod discovery;
mod error;
mod grants;
mod issue;
mod pages;
mod redirect;
mod registration;
pub(crate) mod reply;
mod route;
pub(crate) mod scope;
mod sign_in;
mod signing_key;
mod state;
mod token;

pub use account::{Account, role};
pub use registration::{AppRegistration, ClientSecret, RedirectKind, RedirectUri};
pub use sign_in::{Decision, SignInFailed};
pub use signing_key::SigningKeyError;
pub use state::Policies;

pub use device::UnknownUserCode;
pub(crate) use error::by_number;
pub(crate) use route::{answer, is_login_path, sign_in};
pub(crate) use signing_key::SigningKey;
pub(crate) use state::{State, VENDOR_CLIENT};
pub(crate) use token::grant_name;
