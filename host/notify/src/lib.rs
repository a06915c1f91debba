//! Telling people that a connection's state changed: by a request to a server, or by mail.
//!
//! **What it is.** [`Digest`] is what is told, however many connections it is about; [`Webhook`] and [`Mail`] are the two
//! ways to tell it.
//!
//! **What it must never do.** Tell about people, or hold a secret longer than sending takes: what is told are names of
//! connections, states, codes and next steps. Send anything in the clear. Remember anything: what was told is in the store.
//!
//! **Where to start reading.** `digest.rs`, then `webhook.rs`.

mod attempt;
mod digest;
mod error;
mod mail;
mod mail_text;
mod privacy;
mod signature;
mod webhook;

pub use attempt::{GIVEN_UP_AFTER, next_attempt};
pub use digest::{Digest, Told};
pub use error::NotifyError;
pub use mail::{Mail, MailServer};
pub use privacy::without_people;
pub use signature::SigningKey;
pub use webhook::{Webhook, WebhookAddress};
