//! The completeness ledger: what the driver saw with its own eyes, against what the module says.

mod chain;
mod count;
mod page;
mod partition;
mod table;

pub(crate) use table::Ledger;
