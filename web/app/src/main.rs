//! The setup page: connections, consent, runs and data of a beacon, in the browser.
//!
//! **What it is.** Screens over the host's HTTP API (`beacon-api`), client-side only. The connector module runs in a
//! worker beside it (`beacon-runner`), so that what is checked here is what will run tonight.
//!
//! **What it must never do.** Keep a secret longer than the form that sends it, decide anything that counts (the host
//! checks everything again), or set inline script or style text: the page's policy forbids both.
//!
//! **Where to start reading.** `app.rs` has the routes, `api.rs` speaks to the host, `screens/` has one file for each
//! screen, `kit/` what they are made of.

#![expect(unreachable_pub, reason = "the macro of components makes public items of private ones")]

mod address;
mod api;
mod app;
mod happenings;
mod kit;
mod loading;
mod screens;
mod session;
mod shell;
mod worker;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
