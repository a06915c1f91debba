//! Packages on their way to where people want them.
//!
//! **What it is.** [`Destination`] is one place: a folder, or an address that takes uploads. [`Parcel`] is one package
//! as it travels. [`next_attempt`] says when something that failed is tried again.
//!
//! **What it must never do.** Say that a package arrived before its manifest is there, as the last of its files.
//! Overwrite the package of another run. Follow a redirect. Send a credential anywhere but to the address it was given
//! for, or print one. Remember anything: what was delivered is in the store.
//!
//! **Where to start reading.** [`Destination::deliver`]; `folder.rs` and `upload.rs` are the two ways.

mod address;
mod attempt;
mod client;
mod credential;
mod destination;
mod digest;
mod error;
mod file_stream;
mod folder;
mod parcel;
mod upload;

pub use address::{InvalidAddress, UploadAddress, is_permitted, server_address};
pub use attempt::next_attempt;
pub use client::{UploadOptions, described, new as new_client};
pub use credential::Credential;
pub use destination::{Arrival, Destination};
pub use error::{Concern, DeliveryError};
pub use parcel::Parcel;
pub use upload::Upload;
