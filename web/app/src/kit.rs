//! What screens are made of.

mod copy;
mod dialog;
mod icon;
mod notice;
mod number;
mod status;
mod time;

pub(crate) use copy::CopyButton;
pub(crate) use dialog::Dialog;
pub(crate) use icon::Icon;
pub(crate) use notice::{Notice, ProblemNotice, Problems, Tone};
pub(crate) use number::counted;
pub(crate) use status::{HealthStatus, RunStatusBadge, Status};
pub(crate) use time::{Moment, day_of, duration_text};
