//! Properties of everything in the contract that reads foreign bytes: no input panics, what is written is read back,
//! unknown fields and frames change nothing, and what a reader accepts is as sound as it promises.
//!
//! `arbitrary.rs` makes the messages; the fuzz targets of `core/contract/fuzz` look for what these do not find.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a property says that it does not hold"
)]

mod arbitrary;
mod columns;
mod egress;
mod events;
mod manifest;
mod messages;
mod values;
mod wishes;
