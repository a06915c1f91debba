//! The beacon's HTTP side: the API of the page, its sessions, and the page itself.
//!
//! **What it is.** Routes over `beacon-operations`, with the words of `beacon-api`. One table of routes
//! ([`route_table`]) makes the router, the check of roles and the OpenAPI description, so that they cannot disagree.
//!
//! **What it must never do.** Send a secret to a page. Trust what a page computed: settings and rules come from the
//! store, and what is saved is checked again here. Answer a request from another origin or for another host name.
//!
//! **Where to start reading.** [`serve`] starts everything; `guard.rs` is what every request passes; `route_table.rs`
//! is the list of what there is; `task.rs` is consent, test and preview; `imports.rs` is *Execute Now*; `serving.rs` is
//! what command lines get to do.

mod acting;
mod answer;
mod app;
mod assets;
mod auditor;
mod callback;
mod consent_link;
mod control;
mod cookie;
mod data;
mod deliverer;
mod filter;
mod guard;
mod health;
mod health_keeper;
mod imports;
mod invitations;
mod keeper;
mod listen;
mod metrics;
mod notifier;
mod openapi;
mod password;
mod problem;
mod pruner;
mod route_table;
mod routes;
mod scheduler;
mod secret_text;
mod serve;
mod serving;
mod sessions;
mod syslog;
mod task;
mod tasks;
mod tls;
mod watcher;

pub use assets::page_files;
pub use auditor::AuditOptions;
pub use control::{CommandLine, ControlError, reach};
pub use metrics::{MetricsOptions, MetricsToken};
pub use serve::{Running, ServeError, ServeOptions, serve};
pub use serving::{Ended, Serving, Turn};
pub use syslog::{InvalidSyslogAddress, SyslogAddress};
