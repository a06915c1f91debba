//! One test's own world.

pub(crate) mod browser;
pub(crate) mod chromium;
pub(crate) mod devtools;
pub(crate) mod document;
pub(crate) mod exported;
pub(crate) mod forms;
pub(crate) mod journal;
pub(crate) mod leak;
pub(crate) mod mail_server;
pub(crate) mod middleman;
pub(crate) mod needles;
pub(crate) mod nginx;
pub(crate) mod numbers;
pub(crate) mod person;
pub(crate) mod places;
pub(crate) mod process;
pub(crate) mod receiver;
pub(crate) mod rows;
pub(crate) mod scene;
pub(crate) mod secrecy;
pub(crate) mod served;
pub(crate) mod setup_page;
pub(crate) mod site;
pub(crate) mod squid;
pub(crate) mod steps;
pub(crate) mod tenant;
pub(crate) mod truth;
pub(crate) mod use_truth;
pub(crate) mod worker;

pub(crate) use chromium::Browser;
pub(crate) use process::{Finished, Running};
pub(crate) use scene::Scene;
pub(crate) use site::Site;
pub(crate) use tenant::Tenant;
pub(crate) use worker::Worker;
