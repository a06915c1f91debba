//! The egress policy: what may leave, where to, and which credential may go along.

mod address;
mod policy;

pub use address::AddressRule;
pub(crate) use policy::origin;
pub use policy::{Admission, EgressPolicy, Hop, Refusal};
