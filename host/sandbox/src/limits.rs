//! What one run of a module may use.

use std::time::Duration;

use crate::bounds::{MEMORY_PAGES, PAGE_BYTES};

/// The limits of a run. Fuel, memory and output end a run the same way on every machine; the wall clock does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Fuel for one poll; a unit is about one instruction. Parsing and writing back a page of 7.7 MiB of JSON takes
    /// 0.7 billion, and a poll carries at most [`SandboxLimits::input_bytes`], about four such pages. 20 billion
    /// leaves a factor of seven above that and still ends an endless loop after a few seconds.
    pub fuel_per_poll: u64,
    /// Wall clock for one poll, rounded up to whole ticks of 10 ms. It is there for what fuel does not see: pages that
    /// the system has to find, a machine that stalls. 30 s is several times what all the fuel takes, so on a healthy
    /// machine fuel always ends first.
    pub wall_per_poll: Duration,
    /// Linear memory, in bytes: the validator's own cap of 256 MiB. A module that declares less gets less.
    pub memory_bytes: usize,
    /// What a poll may return, in bytes: 32 MiB. The host copies it out, so this bounds the host's memory too.
    pub output_bytes: usize,
    /// What a poll may be given, in bytes: 32 MiB. It lies in the module's memory, next to what the module makes of it.
    pub input_bytes: usize,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self {
            fuel_per_poll: 20_000_000_000,
            wall_per_poll: Duration::from_secs(30),
            memory_bytes: (MEMORY_PAGES * PAGE_BYTES) as usize,
            output_bytes: 32 << 20,
            input_bytes: 32 << 20,
        }
    }
}
