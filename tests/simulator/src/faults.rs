//! Faults on order: rules that match requests, and what happens to those that match.

mod apply;
mod plan;
mod rule;

pub use rule::{FaultBody, FaultKind, FaultRule, RetryAfter};

pub(crate) use apply::{after, before};
pub(crate) use plan::FaultPlan;
pub(crate) use rule::PageFaults;
