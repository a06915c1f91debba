//! Moving in and out: the whole configuration of a data folder as one file, and the connections of an older beacon.
//!
//! A file is checked as a whole before anything of it is stored, and stored in one transaction. What has to be entered or
//! consented again afterwards is told ([`Left`]). `docs/moving.md` describes the file.

mod apply;
mod carried;
mod check;
mod document;
mod export;
mod left;
mod legacy;
mod many;
mod plan;
mod report;
mod seen;

pub use apply::apply;
pub use export::{Exported, export};
pub use left::Left;
pub use legacy::{Legacy, import_legacy, read_legacy};
pub use many::{ManyWish, add_many};
pub use plan::{OnClash, Plan, Wish, plan};
pub use report::{Fate, Item, Report};
