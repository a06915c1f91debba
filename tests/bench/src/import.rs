//! The import as a whole: parts against a single chain, processor and memory, and the same work by others.

pub(crate) mod bound;
mod parts;
mod peers;
mod processor;
mod sign_ins;

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Series {
    /// Parts against a single chain, with latency and quotas
    Parts,
    /// The same with sign-in dates beside it, some seven minutes
    SignIns,
    /// Processor and memory without latency
    Processor,
    /// The same work by other programs
    Peers,
}

#[derive(Args)]
pub(crate) struct Choices {
    /// Only these; everything without it
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Series>,
    /// Users of the series with latency
    #[arg(long, default_value_t = 100_000)]
    users: u64,
    /// Runs of each kind in the series without sign-in dates; the median counts
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// Users of the series without latency
    #[arg(long, default_value_t = 1_000_000)]
    large: u64,
    /// Users of the comparison
    #[arg(long, default_value_t = 100_000)]
    compared: u64,
    /// Users of the comparison for msgraph-sdk, which takes milliseconds for each
    #[arg(long, default_value_t = 2_000)]
    compared_slow: u64,
    /// Folder of the others' programs, made by `cargo xtask bench import`
    #[arg(long, default_value = "target/bench-peers")]
    peers: PathBuf,
}

pub(crate) fn measure(choices: &Choices) -> anyhow::Result<()> {
    let wanted = |series| choices.only.is_empty() || choices.only.contains(&series);
    if wanted(Series::Parts) {
        parts::measure(choices.users, choices.repeat)?;
    }
    if wanted(Series::SignIns) {
        sign_ins::measure(choices.users)?;
    }
    if wanted(Series::Processor) {
        processor::measure(choices.large)?;
    }
    if wanted(Series::Peers) {
        peers::measure(choices.compared, choices.compared_slow, &choices.peers)?;
    }
    Ok(())
}
