//! Grants: how tokens come to be. Modules say which profile and kind; everything secret happens in here.

mod assertion;
mod authorization_code;
mod certificate;
mod claims;
mod device_code;
mod endpoint;
mod exchange;
mod interaction;
mod pkce;
mod slots;
mod tokens;
mod unattended;

pub use certificate::{AssertionError, CertificateFacts, read_certificate};
pub(crate) use exchange::Exchange;
pub use interaction::{Abandoned, Attempt, DeviceCode, Interaction, NobodyThere};
pub use slots::{SecretSlots, SlotError};
pub(crate) use tokens::GrantParts;
pub use tokens::{PendingConsent, Tokens};
pub use unattended::{SignInOrder, sign_in};
pub(crate) use unattended::{TRIES, token_body};
