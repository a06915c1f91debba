//! Recorded responses: one pass over the network, then any number without.

use beacon_contract::FailureKind;
use beacon_driver::{RawResponse, SendError, Transport, TransportRequest};
use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
struct Recording {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

type Recordings = Arc<Mutex<BTreeMap<String, Recording>>>;

fn key(request: &TransportRequest) -> String {
    format!("{} {}", request.method.name(), request.url)
}

fn answer(recording: Recording) -> RawResponse {
    let body = futures_util::stream::iter([Ok(recording.body)]).boxed();
    RawResponse { status: recording.status, headers: recording.headers, body }
}

/// Sends requests on and remembers the answers.
pub(crate) struct Recorder<T> {
    inner: T,
    recordings: Recordings,
}

impl<T> Recorder<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, recordings: Recordings::default() }
    }

    pub(crate) fn replayer(&self) -> Replayer {
        Replayer { recordings: Arc::clone(&self.recordings) }
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let key = key(&request);
            let response = self.inner.send(request).await?;
            let body: BytesMut = response.body.try_collect::<Vec<_>>().await?.into_iter().flatten().collect();
            let recording = Recording { status: response.status, headers: response.headers, body: body.freeze() };
            self.recordings.lock().unwrap_or_else(PoisonError::into_inner).insert(key, recording.clone());
            Ok(answer(recording))
        })
    }
}

/// Answers from memory.
#[derive(Clone)]
pub(crate) struct Replayer {
    recordings: Recordings,
}

impl Replayer {
    /// Requests that it can answer, and the bytes of their bodies as they were sent.
    pub(crate) fn size(&self) -> (usize, usize) {
        let recordings = self.recordings.lock().unwrap_or_else(PoisonError::into_inner);
        (recordings.len(), recordings.values().map(|recording| recording.body.len()).sum())
    }
}

impl Transport for Replayer {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<RawResponse, SendError>> {
        let found = self.recordings.lock().unwrap_or_else(PoisonError::into_inner).get(&key(&request)).cloned();
        let missing = || SendError {
            kind: FailureKind::Other,
            code: "bench.not_recorded",
            message: format!("{} was not recorded", key(&request)),
            request_sent: false,
        };
        Box::pin(std::future::ready(found.map(answer).ok_or_else(missing)))
    }
}
