//! Microsoft Graph: pages, the shapes of its values, and what its errors mean.
//!
//! **What it is.** [`Chain`] follows a list from its root to its end; [`read_page`] hands over the items one by one,
//! borrowed from the body; [`Trouble`] is everything that can go wrong, with words and a decision for each.
//!
//! **What it must never do.** Build a continuation address: it is followed exactly as it came, because the driver
//! compares. It never fails on a single odd value; a value of an unexpected type is an absent value.
//!
//! **Where to start reading.** [`Chain`], then [`Trouble`].

mod chain;
mod error_body;
mod page;
mod report;
mod text;
mod trouble;
mod value;

pub use beacon_json::Object;
pub use chain::{Chain, Page};
pub use error_body::ErrorBody;
pub use page::{Unreadable, read_page};
pub use report::{Line, read_report};
pub use text::texts;
pub use trouble::{Need, Trouble};
pub use value::Values;
