//! The data behind the page's screens.
//!
//! **What it is.** After an import, [`Snapshot::build`] turns a package into one file that answers questions about a
//! million people in a fraction of a second; [`Snapshots`] holds the current file of each connection and answers what
//! the page asks: rows of a view, one person, one product, counts, and exports of any size.
//!
//! **What it must never do.** Change a package or a file once it is built. Hold a table in memory. Put a value into the
//! text of a query. Let "no data", "concealed" or "not measured" look like "never used", or units of a free product
//! like a purchase. It opens no connection to anywhere and reads no clock.
//!
//! **Where to start reading.** `schema.rs` for what is in a file, [`Snapshot::build`], then [`Snapshots::rows`]; why
//! filters and sorting read arrays instead of rows is in `array.rs`.

mod applications_view;
mod array;
mod build_people;
mod build_small;
mod catalog;
mod cell;
mod choices;
mod detail;
mod dictionary;
mod error;
mod everybody;
mod export;
#[cfg(test)]
mod export_tests;
mod file;
mod fold;
#[cfg(test)]
mod large_tests;
mod licences;
mod licences_view;
mod merged;
mod notices;
mod offer;
mod panes;
mod part_use;
mod people_set;
mod people_values;
mod question;
#[cfg(test)]
mod question_tests;
mod ranks;
mod row_ref;
mod row_stream;
mod schema;
mod search_text;
mod small_view;
mod snapshot;
mod snapshots;
#[cfg(test)]
mod snapshots_tests;
mod tenant;
#[cfg(test)]
mod test_package;
mod usage_buckets;
mod usage_selection;
#[cfg(test)]
mod usage_tests;
mod usage_view;
mod use_code;
mod use_rows;
mod user_columns;
mod users_view;

pub use error::SnapshotError;
pub use export::ExportFormat;
pub use snapshot::{Snapshot, SnapshotFacts};
pub use snapshots::{SnapshotSource, Snapshots};
