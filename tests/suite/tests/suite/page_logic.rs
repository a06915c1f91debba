//! What the page computes without a browser. The page itself is built for browsers only, so its pure files are tested
//! from here, with the tests that stand in them.

#[path = "../../../../web/app/src/address.rs"]
mod address;
#[path = "../../../../web/app/src/screens/data/blocks.rs"]
mod blocks;
#[path = "../../../../web/app/src/screens/data/query.rs"]
mod query;
#[path = "../../../../web/app/src/screens/data/scrolling.rs"]
mod scrolling;
