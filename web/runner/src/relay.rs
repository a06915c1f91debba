//! The worker's requests: two paths of the host's API, and no other address.

use crate::fault::Fault;
use crate::javascript::{text, words};
use beacon_api::paths;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, Headers, Request, RequestInit, RequestRedirect, Response, SubtleCrypto, WorkerGlobalScope};

/// The host behind the page.
#[derive(Clone)]
pub(crate) struct Relay {
    scope: WorkerGlobalScope,
    csrf: String,
}

impl Relay {
    pub(crate) fn new(scope: WorkerGlobalScope, csrf: String) -> Self {
        Self { scope, csrf }
    }

    pub(crate) fn crypto(&self) -> Result<Crypto, Fault> {
        self.scope.crypto().map_err(|thrown| Fault::Unreachable { words: words(&thrown) })
    }

    /// The browser's digests; there are none on a page that did not come from this machine or by TLS.
    pub(crate) fn subtle(&self) -> Result<SubtleCrypto, Fault> {
        let subtle = JsValue::from(self.crypto()?.subtle());
        subtle.dyn_into().map_err(|_| Fault::Refused {
            sentence: "This browser computes no digests for a page that came without TLS. Open the page by https, or \
                       on the machine itself."
                .to_owned(),
        })
    }

    /// Bytes of a module.
    pub(crate) async fn module(&self, digest: &str) -> Result<ArrayBuffer, Fault> {
        let options = RequestInit::new();
        options.set_method("GET");
        let response = self.send(&paths::with(paths::MODULE, digest), &options).await?;
        body(&response).await
    }

    /// Takes wishes to the host and brings the events of the next poll; `None` when the task is over.
    pub(crate) async fn poll(&self, task: &str, wishes: &Uint8Array) -> Result<Option<Uint8Array>, Fault> {
        let options = RequestInit::new();
        options.set_method("POST");
        options.set_body(wishes);
        let id = String::from(js_sys::encode_uri_component(task));
        let response = self.send(&paths::with(paths::TASK_POLL, &id), &options).await?;
        if response.status() == 204 {
            return Ok(None);
        }
        let events = body(&response).await?;
        Ok(Some(Uint8Array::new(&events)))
    }

    async fn send(&self, path: &str, options: &RequestInit) -> Result<Response, Fault> {
        let unreachable = |thrown| Fault::Unreachable { words: words(&thrown) };
        let headers = Headers::new().map_err(unreachable)?;
        headers.set(paths::CSRF_HEADER, &self.csrf).map_err(unreachable)?;
        options.set_headers(&headers);
        // Nothing of the API redirects; wishes are for this host alone.
        options.set_redirect(RequestRedirect::Error);
        let request = Request::new_with_str_and_init(path, options).map_err(unreachable)?;
        let response = JsFuture::from(self.scope.fetch_with_request(&request)).await.map_err(unreachable)?;
        let response: Response = response.unchecked_into();
        if matches!(response.status(), 200 | 204) { Ok(response) } else { Err(refused(&response).await) }
    }
}

async fn body(response: &Response) -> Result<ArrayBuffer, Fault> {
    let unreachable = |thrown| Fault::Unreachable { words: words(&thrown) };
    let bytes = JsFuture::from(response.array_buffer().map_err(unreachable)?).await.map_err(unreachable)?;
    Ok(bytes.unchecked_into())
}

/// The host's own sentence, if its answer is a [`beacon_api::Problem`].
async fn refused(response: &Response) -> Fault {
    let status = response.status();
    let Ok(promise) = response.json() else { return Fault::Status { status } };
    let problem = JsFuture::from(promise).await.unwrap_or_default();
    match (text(&problem, "title"), text(&problem, "advice")) {
        (Some(title), Some(advice)) => Fault::Refused { sentence: format!("{title} {advice}").trim().to_owned() },
        _ => Fault::Status { status },
    }
}
