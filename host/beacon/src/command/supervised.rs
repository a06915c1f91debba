//! What a service manager is told: that the beacon serves, and that it still looks at its schedules.

use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two signs of life; the unit expects one a minute.
const PACE: Duration = Duration::from_secs(15);

/// Says that the beacon serves, and gives signs of life as long as `alive` says so. Without a service manager nobody is
/// told anything.
pub(super) fn ready(alive: impl Fn() -> bool + Send + 'static) -> JoinHandle<()> {
    tell(Word::Ready);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(PACE).await;
            if alive() {
                tell(Word::Alive);
            }
        }
    })
}

enum Word {
    Ready,
    Alive,
}

#[cfg(target_os = "linux")]
fn tell(word: Word) {
    let state = match word {
        Word::Ready => sd_notify::NotifyState::Ready,
        Word::Alive => sd_notify::NotifyState::Watchdog,
    };
    // A manager that does not listen will say so itself.
    let _ = sd_notify::notify(&[state]);
}

#[cfg(not(target_os = "linux"))]
fn tell(_word: Word) {}
