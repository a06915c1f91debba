//! What screens are made of.

mod connection_choice;
mod copy;
mod data_notices;
mod dialog;
mod health_counts;
mod icon;
mod kept;
mod labels;
mod notice;
mod number;
mod popover;
mod status;
mod time;
mod use_chart;
mod use_state;

pub(crate) use connection_choice::ConnectionChoice;
pub(crate) use copy::CopyButton;
pub(crate) use data_notices::DataNotices;
pub(crate) use dialog::Dialog;
pub(crate) use health_counts::HealthCounts;
pub(crate) use icon::Icon;
pub(crate) use kept::{keep, kept, storage};
pub(crate) use labels::Labels;
pub(crate) use notice::{Notice, ProblemNotice, Problems, Tone};
pub(crate) use number::{counted, counted_signed, float, written};
pub(crate) use popover::Popover;
pub(crate) use status::{ConsentStatus, HealthStatus, RunStatusBadge, Status, consent_word};
pub(crate) use time::{Day, Moment, clock_of, day_of, duration_text};
pub(crate) use use_chart::UseChart;
pub(crate) use use_state::{USE_STATES, UseMark, UseMeanings, use_name, use_of, use_word};
