//! One file for each screen.

mod check;
mod connection;
mod connections;
mod consent;
mod data;
mod execute;
mod first_start;
mod form_field;
mod leaving;
mod not_found;
mod overview;
mod paste;
mod popup;
mod proxy_block;
mod registration;
mod remove;
mod run;
mod runs;
mod settings;
mod sign_in;
mod validation;

pub(crate) use check::CheckScreen;
pub(crate) use connection::{ConnectionScreen, NewConnection};
pub(crate) use connections::Connections;
pub(crate) use data::{Applications, Licences, Usage, Users};
pub(crate) use first_start::FirstStart;
pub(crate) use not_found::NotFound;
pub(crate) use overview::OverviewScreen;
pub(crate) use run::RunScreen;
pub(crate) use runs::Runs;
pub(crate) use settings::Settings;
pub(crate) use sign_in::SignInScreen;
