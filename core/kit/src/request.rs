//! Requests, built step by step.

use crate::exchange::Exchange;
use crate::reply::{Reply, Response};
use beacon_contract::{Failed, FailureKind, HttpWish, Method, PageOf, RequestId, SlotName, Wish};
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

    /// Wishes for it and waits for the whole response. After a cancellation nothing is wished any more.
    ///
    /// # Errors
    /// [`Failed`] if there is no response at all; a status of any kind is a response.
    pub async fn send(self) -> Result<Response, Failed> {
        let Self { exchange, mut wish, body } = self;
        if exchange.is_cancelled() {
            return Err(failed(RequestId(0), FailureKind::Cancelled, "kit.cancelled"));
        }
        let answer = exchange.ask(|id, output| {
            wish.id = id;
            Wish::Http(wish, &body).write(output);
        });
        let id = answer.id();
        match answer.await {
            Reply::Response(response) => Ok(response),
            Reply::Failed(failed) => Err(failed),
            Reply::Granted(_) | Reply::Refused(_) => Err(failed(id, FailureKind::Other, "kit.unreadable_events")),
        }
    }
}

fn failed(id: RequestId, kind: FailureKind, code: &str) -> Failed {
    Failed { id, kind, code: code.to_owned(), message: String::new(), request_sent: false }
}
