//! Ctrl-C as a cancellation: what is under way ends in order.

use crate::remote::Attending;
use crate::terminal::Terminal;
use beacon_driver::Cancel;
use tokio::task::JoinHandle;

/// Listens as long as it lives; afterwards Ctrl-C ends the command at once again.
pub(crate) struct Interrupt {
    cancel: Cancel,
    _here: Option<Here>,
    _away: Option<Attending>,
}

/// Listens to the key of this process's own terminal.
struct Here(JoinHandle<()>);

impl Interrupt {
    /// Begins to listen to the person of this terminal.
    pub(crate) fn listen(terminal: &Terminal) -> Self {
        let cancel = Cancel::new();
        let away = terminal.line().map(|line| line.attend(&cancel));
        let here = away.is_none().then(|| Here::new(cancel.clone()));
        Self { cancel, _here: here, _away: away }
    }

    /// What is cancelled by it.
    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl Here {
    fn new(heard: Cancel) -> Self {
        Self(tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.cancel();
            }
        }))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.abort();
    }
}
