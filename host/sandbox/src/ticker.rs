//! The clock of the epoch: a thread that counts ticks for as long as anybody can be interrupted by them.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use wasmtime::EngineWeak;

/// Time between two ticks: fine enough for a limit in seconds, coarse enough to cost nothing.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Starts the thread. It holds the engine weakly and ends within one tick after the last user of the engine (the
/// engine itself, a compiled module, an instance) is gone.
pub(crate) fn start(engine: EngineWeak) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("beacon-epoch".to_owned()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    })
}

/// Ticks that cover this much time. One more than fit, because the first tick may be due at once.
pub(crate) fn ticks(time: Duration) -> u64 {
    let ticks = time.as_nanos().div_ceil(TICK.as_nanos()).saturating_add(1);
    // Half of the range: the deadline is added to the current epoch.
    u64::try_from(ticks).unwrap_or(u64::MAX).min(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_ends_with_the_engine() {
        let engine = wasmtime::Engine::new(&crate::configuration::configuration()).unwrap();
        let thread = start(engine.weak()).unwrap();
        drop(engine);
        thread.join().unwrap();
    }

    #[test]
    fn time_is_rounded_up_to_whole_ticks_and_one_more() {
        assert_eq!(ticks(Duration::ZERO), 1);
        assert_eq!(ticks(Duration::from_millis(11)), 3);
        assert_eq!(ticks(Duration::MAX), u64::MAX / 2);
    }
}
