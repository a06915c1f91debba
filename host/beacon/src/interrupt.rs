//! Ctrl-C as a cancellation: what is under way ends in order.

use beacon_driver::Cancel;
use tokio::task::JoinHandle;

/// Listens as long as it lives; afterwards Ctrl-C ends the program at once again.
pub(crate) struct Interrupt {
    cancel: Cancel,
    listening: JoinHandle<()>,
}

impl Interrupt {
    /// Begins to listen.
    pub(crate) fn listen() -> Self {
        let cancel = Cancel::new();
        let heard = cancel.clone();
        let listening = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.cancel();
            }
        });
        Self { cancel, listening }
    }

    /// What is cancelled by it.
    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
