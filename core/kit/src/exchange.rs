//! The meeting point of a run: wishes go in one way, answers come back the other.

use crate::reply::{Reply, Response};
use beacon_contract::{Event, FrameWriter, Head, RequestId, Wish};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// The longest body for which a `content-length` is believed beforehand. A longer one grows as it comes, so that a
/// wrong header cannot make the module ask for memory it never needs.
const BELIEVED_LENGTH: usize = 8 << 20;

enum Open {
    Waiting,
    Receiving(Head, Vec<u8>),
    Ready(Reply),
    /// The body is handed over piece by piece. The head waits until it is taken.
    Streaming {
        head: Option<Head>,
        pieces: Vec<u8>,
        ended: bool,
    },
}

#[derive(Default)]
struct State {
    output: FrameWriter,
    /// A handful at a time, in the order in which they were asked.
    open: Vec<(RequestId, Open)>,
    last: u32,
    cancelled: bool,
}

impl State {
    fn open(&mut self, id: RequestId) -> Option<&mut Open> {
        self.open.iter_mut().find(|(known, _)| *known == id).map(|(_, open)| open)
    }
}

/// Shared by the guest, the run and every open answer; single-threaded.
#[derive(Default)]
pub(crate) struct Exchange(RefCell<State>);

impl Exchange {
    pub(crate) fn write(&self, wish: &Wish<'_>) {
        wish.write(&mut self.0.borrow_mut().output);
    }

    pub(crate) fn take_output(&self) -> Vec<u8> {
        self.0.borrow_mut().output.take()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.borrow().cancelled
    }

    /// Whether any answer is still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.0.borrow().open.is_empty()
    }

    /// Writes a wish that expects an answer.
    pub(crate) fn ask(self: &Rc<Self>, wish: impl FnOnce(RequestId, &mut FrameWriter)) -> Answer {
        let mut state = self.0.borrow_mut();
        state.last += 1;
        let id = RequestId(state.last);
        state.open.push((id, Open::Waiting));
        wish(id, &mut state.output);
        Answer { exchange: Rc::clone(self), id }
    }

    /// Takes one event other than `start`.
    ///
    /// # Errors
    /// What makes no sense about it, in a sentence. Answers to wishes that nobody waits for any more are fine.
    pub(crate) fn take(&self, event: Event<'_>) -> Result<(), String> {
        let mut state = self.0.borrow_mut();
        let (id, reply) = match event {
            Event::Start(_) => return Err("a run starts only once".to_owned()),
            Event::Cancel => {
                state.cancelled = true;
                return Ok(());
            }
            Event::Head(head) => {
                let length = head.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
                return match state.open(head.id) {
                    Some(Open::Streaming { head: waiting, pieces, ended: false }) if pieces.is_empty() => {
                        *waiting = Some(head);
                        Ok(())
                    }
                    Some(open @ Open::Waiting) => {
                        *open = Open::Receiving(head, Vec::with_capacity(usize::min(length, BELIEVED_LENGTH)));
                        Ok(())
                    }
                    Some(_) => Err(format!("wish {} is answered twice", head.id)),
                    None => Ok(()),
                };
            }
            Event::Chunk { id, bytes } => {
                return match state.open(id) {
                    Some(Open::Receiving(_, body) | Open::Streaming { pieces: body, .. }) => {
                        body.extend_from_slice(bytes);
                        Ok(())
                    }
                    Some(_) => Err(format!("a piece of a body comes before the head of wish {id}")),
                    None => Ok(()),
                };
            }
            Event::End { id } => match state.open(id) {
                Some(Open::Streaming { ended, .. }) => {
                    *ended = true;
                    return Ok(());
                }
                Some(Open::Receiving(head, body)) => {
                    let headers = std::mem::take(&mut head.headers);
                    (id, Reply::Response(Response { status: head.status, headers, body: std::mem::take(body) }))
                }
                Some(_) => return Err(format!("a body ends before the head of wish {id}")),
                None => return Ok(()),
            },
            Event::Failed(failed) => (failed.id, Reply::Failed(failed)),
            Event::Granted(granted) => (granted.id, Reply::Granted(granted)),
            Event::Refused(refused) => (refused.id, Reply::Refused(refused)),
        };
        match state.open(id) {
            Some(Open::Ready(_)) => Err(format!("wish {id} is answered twice")),
            Some(open) => {
                *open = Open::Ready(reply);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// The answer to one wish. Dropping it forgets the wish: whatever still comes for it is ignored.
pub(crate) struct Answer {
    exchange: Rc<Exchange>,
    id: RequestId,
}

impl Answer {
    pub(crate) const fn id(&self) -> RequestId {
        self.id
    }
}

impl Answer {
    /// Asks for the body piece by piece instead of as a whole.
    pub(crate) fn streamed(self) -> Self {
        if let Some(open) = self.exchange.0.borrow_mut().open(self.id) {
            *open = Open::Streaming { head: None, pieces: Vec::new(), ended: false };
        }
        self
    }

    /// The head of a streamed answer, or why there is none.
    pub(crate) fn poll_head(&self) -> Poll<Result<Head, Reply>> {
        let mut state = self.exchange.0.borrow_mut();
        let Some(at) = state.open.iter().position(|(id, _)| *id == self.id) else { return Poll::Pending };
        match state.open.get_mut(at) {
            Some((_, Open::Streaming { head, .. })) => head.take().map_or(Poll::Pending, |head| Poll::Ready(Ok(head))),
            Some((_, Open::Ready(_))) => match state.open.remove(at) {
                (_, Open::Ready(reply)) => Poll::Ready(Err(reply)),
                _ => Poll::Pending,
            },
            _ => Poll::Pending,
        }
    }

    /// What came of a streamed body since the last call; `None` after its end.
    pub(crate) fn poll_piece(&self) -> Poll<Option<Vec<u8>>> {
        match self.exchange.0.borrow_mut().open(self.id) {
            Some(Open::Streaming { pieces, .. }) if !pieces.is_empty() => Poll::Ready(Some(std::mem::take(pieces))),
            Some(Open::Streaming { ended: false, .. }) => Poll::Pending,
            _ => Poll::Ready(None),
        }
    }
}

impl Future for Answer {
    type Output = Reply;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Reply> {
        // No waker is kept: the guest polls the whole run once per message, and only a message brings answers.
        let mut state = self.exchange.0.borrow_mut();
        let at = state.open.iter().position(|(id, open)| *id == self.id && matches!(open, Open::Ready(_)));
        match at.map(|at| state.open.remove(at)) {
            Some((_, Open::Ready(reply))) => Poll::Ready(reply),
            _ => Poll::Pending,
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.exchange.0.borrow_mut().open.retain(|(id, _)| *id != self.id);
    }
}
