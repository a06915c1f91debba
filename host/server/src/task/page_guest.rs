//! A module that runs in the worker of a page: polls go out as answers to its requests, wishes come back as the next
//! request. To the driver it is a guest like any other; egress, grants, caps and proof are the driver's as ever.

use crate::problem::Refusal;
use axum::body::Bytes;
use beacon_driver::{Guest, GuestFault};
use std::sync::mpsc;
use std::time::Duration;

/// How long a page may take for one poll. A page that was closed never answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// The driver's end.
pub(crate) struct PageGuest {
    events: tokio::sync::mpsc::UnboundedSender<Vec<u8>>,
    wishes: mpsc::Receiver<Bytes>,
}

/// The page's end.
pub(crate) struct PageEnd {
    events: tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>>,
    wishes: mpsc::Sender<Bytes>,
}

/// Both ends.
pub(crate) fn pair() -> (PageGuest, PageEnd) {
    let (to_page, events) = tokio::sync::mpsc::unbounded_channel();
    let (to_driver, wishes) = mpsc::channel();
    (PageGuest { events: to_page, wishes }, PageEnd { events: tokio::sync::Mutex::new(events), wishes: to_driver })
}

impl Guest for PageGuest {
    fn poll(&mut self, events: &[u8], output: &mut Vec<u8>) -> Result<(), GuestFault> {
        // One poll is under way at a time, so the queue never holds more than one.
        let gone = || GuestFault {
            code: "page.gone".to_owned(),
            message: "the page does not answer any more".to_owned(),
            deterministic: false,
        };
        self.events.send(events.to_vec()).map_err(|_| gone())?;
        let wishes = self.wishes.recv_timeout(PATIENCE).map_err(|_| gone())?;
        output.clear();
        output.extend_from_slice(&wishes);
        Ok(())
    }
}

impl PageEnd {
    /// Takes the wishes of the last poll (none before the first), and gives the events of the next; `None` when there
    /// is none any more.
    pub(crate) async fn exchange(&self, wishes: Bytes) -> Result<Option<Vec<u8>>, Refusal> {
        let Ok(mut events) = self.events.try_lock() else {
            let title = "This task is polled by another page already.";
            return Err(Refusal::conflict("task.polled", title, "Start a new one here."));
        };
        if !wishes.is_empty() {
            // The driver may have ended meanwhile: the next line tells.
            let _ = self.wishes.send(wishes);
        }
        Ok(events.recv().await)
    }
}
