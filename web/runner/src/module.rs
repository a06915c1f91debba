//! A module as the browser has it: fetched, compared with its digest, compiled.

use crate::bounds::MODULE_BYTES;
use crate::digest;
use crate::fault::Fault;
use crate::javascript::{text, words};
use crate::relay::Relay;
use beacon_contract::{Form, MANIFEST_SECTION};
use js_sys::{ArrayBuffer, Uint8Array, WebAssembly};
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The exports of the contract, as the browser tells of them.
const EXPORTS: [(&str, &str); 5] = [
    ("memory", "memory"),
    ("beacon_abi_1", "function"),
    ("beacon_alloc", "function"),
    ("beacon_free", "function"),
    ("beacon_poll", "function"),
];

/// What a check needs of the manifest. The host has checked all of it before it gave the module away.
#[derive(Deserialize)]
struct OnlyForm {
    form: Form,
}

/// A module that may be instantiated.
pub(crate) struct Module {
    pub(crate) code: WebAssembly::Module,
    manifest: Vec<u8>,
}

impl Module {
    /// Loads the module of a digest from the host.
    pub(crate) async fn load(digest: &str, relay: &Relay) -> Result<Self, Fault> {
        digest::check_text(digest)?;
        let bytes = relay.module(digest).await?;
        let size = bytes.byte_length();
        if size > MODULE_BYTES {
            return Err(Fault::ModuleSize { size });
        }
        digest::check(&bytes, digest, &relay.subtle()?).await?;
        Self::compile(&bytes).await
    }

    async fn compile(bytes: &ArrayBuffer) -> Result<Self, Fault> {
        let compiled = JsFuture::from(WebAssembly::compile(bytes)).await;
        let code: WebAssembly::Module =
            compiled.map_err(|thrown| Fault::Malformed { words: words(&thrown) })?.unchecked_into();
        let count = WebAssembly::Module::imports(&code).length();
        if count != 0 {
            return Err(Fault::Imports { count });
        }
        let exports = WebAssembly::Module::exports(&code);
        let known = |export: &JsValue| {
            let (name, kind) = (text(export, "name"), text(export, "kind"));
            EXPORTS.iter().any(|known| (Some(known.0), Some(known.1)) == (name.as_deref(), kind.as_deref()))
        };
        // Names of exports never repeat, so five known ones are the five.
        if exports.length() != 5 || !exports.iter().all(|export| known(&export)) {
            return Err(Fault::Exports);
        }
        let sections = WebAssembly::Module::custom_sections(&code, MANIFEST_SECTION);
        let manifest = sections.get(0).dyn_into::<ArrayBuffer>().map_err(|_| Fault::Manifest)?;
        Ok(Self { code, manifest: Uint8Array::new(&manifest).to_vec() })
    }

    /// The settings form.
    pub(crate) fn form(&self) -> Result<Form, Fault> {
        let manifest: OnlyForm = serde_json::from_slice(&self.manifest).map_err(|_| Fault::Manifest)?;
        Ok(manifest.form)
    }
}
