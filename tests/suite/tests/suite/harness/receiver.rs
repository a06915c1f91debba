//! A server that is told by webhook, and answers as the test says.

use super::Tenant;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// What was told once.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The server; it ends with the tenant.
pub(crate) struct Receiver {
    pub(crate) address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    /// Starts one that gives these statuses, one after the other, and 204 afterwards.
    pub(crate) fn start(tenant: &Tenant, answers: &[u16]) -> Self {
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
        let (kept, given) = (Arc::clone(&heard), Arc::clone(&answers));
        let handler = move |headers: HeaderMap, body: Bytes| async move {
            kept.lock().expect("no other panic").push(Heard { headers, body: body.to_vec() });
            let status = given.lock().expect("no other panic").pop_front().unwrap_or(204);
            StatusCode::from_u16(status).expect("a status")
        };
        let port = tenant.wait(async {
            let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            let port = socket.local_addr().expect("an address").port();
            let router = Router::new().route("/hooks/{token}", post(handler));
            tokio::spawn(async move { axum::serve(socket, router).await });
            port
        });
        Self { address: format!("http://127.0.0.1:{port}"), heard, answers }
    }

    /// What was told so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no other panic").clone()
    }

    /// The next answers.
    pub(crate) fn answers(&self, statuses: &[u16]) {
        self.answers.lock().expect("no other panic").extend(statuses);
    }
}

impl Heard {
    /// A header as text.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().expect("text")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}
