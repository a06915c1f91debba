//! The product from the outside: a simulated tenant, the real `beacon` as a process, and what it leaves behind.
//!
//! Start reading at [`harness::Scene`]: each test makes its own tenant, data folder and keys, on free ports, and
//! everything it wrote is searched for the tenant's secrets when it ends.

mod bad_input;
mod clients;
mod connections;
mod dependencies;
mod disturbances;
mod harness;
mod hostile;
mod imports;
mod leaks;
mod packages;
mod refusals;
mod wire;
