//! The egress policy: what may leave, where to, which way, and which credential may go along.

mod address;
mod bypass;
mod policy;
mod route;

pub use address::AddressRule;
pub use bypass::{Bypass, InvalidBypass};
pub(crate) use policy::origin;
pub use policy::{Admission, EgressPolicy, Hop, Refusal};
pub use route::Route;
