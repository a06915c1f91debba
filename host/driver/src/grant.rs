//! Grants: how tokens come to be. Modules say which profile and kind; everything secret happens in here.

mod assertion;
mod authorization_code;
mod claims;
mod device_code;
mod endpoint;
mod exchange;
mod interaction;
mod pkce;
mod slots;
mod tokens;

pub use assertion::{AssertionError, CertificateFacts, read_certificate};
pub(crate) use exchange::Exchange;
pub use interaction::{Abandoned, Attempt, DeviceCode, Interaction, NobodyThere};
pub use slots::{SecretSlots, SlotError};
pub(crate) use tokens::GrantParts;
pub use tokens::{PendingConsent, Tokens};
