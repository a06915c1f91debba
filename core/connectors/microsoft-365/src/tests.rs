//! The connector driven natively, by hand: events in, wishes out, no mocks.

mod driver;
mod import;
mod manifest;
mod settings;
mod sign_in;
