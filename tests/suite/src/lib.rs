//! The suite that holds the product to its promises, from the outside.
//!
//! **What it is.** One integration binary, `tests/suite/main.rs`: it starts a simulated tenant, runs the real `beacon`
//! as a process, and reads what it left behind. This library is empty on purpose.
//!
//! **What it must never do.** Reach a network, depend on the order of its tests, or look into the product's memory.
//!
//! **Where to start reading.** `tests/suite/harness.rs`, then `tests/suite/imports.rs`.
