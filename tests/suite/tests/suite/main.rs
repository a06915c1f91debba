//! The product from the outside: a simulated tenant, the real `beacon` as a process, and what it leaves behind.
//!
//! Start reading at [`harness::Scene`]: each test makes its own tenant, data folder and keys, on free ports, and
//! everything it wrote is searched for the tenant's secrets when it ends.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test says what is wrong; clippy knows only test functions, not what they call"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "`cargo xtask test` tells by environment where the programs under test lie"
)]

mod api;
mod audit;
mod bad_input;
mod beside;
mod browser;
mod clients;
mod configuration;
mod conformance;
mod connections;
mod consent_ways;
mod consents;
mod credentials;
mod data_table;
mod delivery;
mod dependencies;
mod disturbances;
mod doctor;
mod documents;
mod harness;
mod health;
mod hostile;
mod imports;
mod keys;
mod kills;
mod leaks;
mod log;
mod main_way;
mod many_changes;
mod matrix;
mod meanwhile;
mod moving;
mod own_app_ways;
mod packages;
mod page;
mod page_logic;
mod page_secrets;
mod parts;
mod proxies;
mod refusals;
mod resumption;
mod schedules;
mod service;
mod setup_screens;
mod tenants;
mod usage;
mod usage_files;
mod use_states;
mod wire;
mod worker;
