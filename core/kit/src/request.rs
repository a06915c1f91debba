//! Requests, built step by step.

use crate::exchange::{Answer, Exchange};
use crate::reply::{Reply, Response};
use beacon_contract::{Failed, FailureKind, Head, HttpWish, Method, PageOf, RequestId, SlotName, Wish};
use std::future::poll_fn;
use std::rc::Rc;

/// A request in the making; nothing happens before [`Request::send`].
#[must_use = "a request is only wished for by `send`"]
pub struct Request {
    exchange: Rc<Exchange>,
    wish: HttpWish,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(exchange: Rc<Exchange>, method: Method, url: String, body: Vec<u8>) -> Self {
        let wish = HttpWish {
            id: RequestId(0),
            method,
            url,
            headers: Vec::new(),
            slot: None,
            page_of: None,
            body: method == Method::Post,
        };
        Self { exchange, wish, body }
    }

    /// Adds a header; the name is lower case.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.wish.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Names the slot whose credential the driver adds.
    pub fn slot(mut self, slot: &SlotName) -> Self {
        self.wish.slot = Some(slot.clone());
        self
    }

    /// Says that the response is a page of a table.
    pub fn page_of(mut self, page_of: &PageOf) -> Self {
        self.wish.page_of = Some(page_of.clone());
        self
    }

    /// Wishes for it and waits for the head; the body follows piece by piece, so that it is never whole in memory.
    ///
    /// # Errors
    /// As [`Request::send`].
    pub async fn stream(self) -> Result<Stream, Failed> {
        let answer = self.ask()?.streamed();
        match poll_fn(|_| answer.poll_head()).await {
            Ok(head) => Ok(Stream { head, answer }),
            Err(Reply::Failed(failed)) => Err(failed),
            Err(_) => Err(failed(answer.id(), FailureKind::Other, "kit.unreadable_events")),
        }
    }

    /// Wishes for it and waits for the whole response. After a cancellation nothing is wished any more.
    ///
    /// # Errors
    /// [`Failed`] if there is no response at all; a status of any kind is a response.
    pub async fn send(self) -> Result<Response, Failed> {
        let answer = self.ask()?;
        let id = answer.id();
        match answer.await {
            Reply::Response(response) => Ok(response),
            Reply::Failed(failed) => Err(failed),
            Reply::Granted(_) | Reply::Refused(_) => Err(failed(id, FailureKind::Other, "kit.unreadable_events")),
        }
    }

    fn ask(self) -> Result<Answer, Failed> {
        let Self { exchange, mut wish, body } = self;
        if exchange.is_cancelled() {
            return Err(failed(RequestId(0), FailureKind::Cancelled, "kit.cancelled"));
        }
        Ok(exchange.ask(|id, output| {
            wish.id = id;
            Wish::Http(wish, &body).write(output);
        }))
    }
}

/// A response whose body comes piece by piece.
pub struct Stream {
    head: Head,
    answer: Answer,
}

impl Stream {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The next piece of the body, of any length; `None` at its end.
    pub async fn piece(&mut self) -> Option<Vec<u8>> {
        poll_fn(|_| self.answer.poll_piece()).await
    }

    /// The response with the rest of its body, for answers that are short, such as errors.
    pub async fn whole(mut self) -> Response {
        let mut body = Vec::new();
        while let Some(piece) = self.piece().await {
            body.extend_from_slice(&piece);
        }
        let Head { status, headers, .. } = self.head;
        Response { status, headers, body }
    }
}

fn failed(id: RequestId, kind: FailureKind, code: &str) -> Failed {
    Failed { id, kind, code: code.to_owned(), message: String::new(), request_sent: false }
}
