//! One run of a connector, polled.

use crate::exchange::Exchange;
use crate::{Connector, Run, Settled, failure};
use beacon_contract::{CONTRACT_VERSION, Event, Fail, FailKind, Reason, Start, Task, Wish, decode_events};
use std::error::Error;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Set by a future that wants to be polled again within the same message, for example the reading end of a channel
/// between two halves of a connector.
#[derive(Default)]
struct Again(AtomicBool);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

enum Phase {
    Fresh,
    Running(Pin<Box<dyn Future<Output = Settled>>>),
    Finished,
}

/// A connector with the memory of one run. Instances share nothing.
pub struct Guest<C> {
    exchange: Rc<Exchange>,
    phase: Phase,
    connector: PhantomData<C>,
}

impl<C: Connector> Default for Guest<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Connector> Guest<C> {
    /// A run that waits for its `start`.
    #[must_use]
    pub fn new() -> Self {
        Self { exchange: Rc::default(), phase: Phase::Fresh, connector: PhantomData }
    }

    /// Takes a message of events, lets the connector go on until it waits for the next, and returns the message of
    /// its wishes. After `done` or `fail` every further message is answered by an empty one.
    pub fn poll(&mut self, message: &[u8]) -> Vec<u8> {
        if !matches!(self.phase, Phase::Finished)
            && let Some(settled) = self.advance(message).unwrap_or_else(|fail| Some(Err(fail)))
        {
            self.phase = Phase::Finished;
            self.exchange.write(&match settled {
                Ok(done) => Wish::Done(done),
                Err(fail) => Wish::Fail(fail),
            });
        }
        self.exchange.take_output()
    }

    fn advance(&mut self, message: &[u8]) -> Result<Option<Settled>, Fail> {
        let events = decode_events(message).map_err(|error| unreadable(chain(&error)))?;
        for event in events {
            match (&self.phase, event) {
                (Phase::Fresh, Event::Start(start)) => self.phase = Phase::Running(self.start(start)?),
                (Phase::Fresh, _) => return Err(unreadable("the first event is not the start".to_owned())),
                (_, event) => self.exchange.take(event).map_err(unreadable)?,
            }
        }
        let Phase::Running(future) = &mut self.phase else { return Ok(None) };
        let again = Arc::new(Again::default());
        let waker = Waker::from(Arc::clone(&again));
        loop {
            if let Poll::Ready(settled) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(Some(settled));
            }
            if !again.0.swap(false, Ordering::Relaxed) {
                break;
            }
        }
        if self.exchange.is_waiting() { Ok(None) } else { Err(failure(FailKind::Defect, Reason::new("kit.stalled"))) }
    }

    fn start(&self, start: Start) -> Result<Pin<Box<dyn Future<Output = Settled>>>, Fail> {
        if start.contract != CONTRACT_VERSION {
            let reason = Reason::new("kit.contract").with("host", start.contract).with("module", CONTRACT_VERSION);
            return Err(failure(FailKind::Defect, reason));
        }
        let task = Task::from_name(&start.task).ok_or_else(|| {
            failure(FailKind::Defect, Reason::new("kit.unknown_task").with("task", start.task.as_str()))
        })?;
        Ok(Box::pin(C::run(Run::new(Rc::clone(&self.exchange), task, start))))
    }
}

fn unreadable(detail: String) -> Fail {
    failure(FailKind::Defect, Reason::new("kit.unreadable_events").with("detail", detail))
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests;
