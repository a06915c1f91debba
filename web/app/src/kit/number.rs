//! Numbers as the reader's locale writes them.

use js_sys::{Intl, Object};
use wasm_bindgen::JsValue;

/// A count with separators.
pub(crate) fn counted(number: impl Into<f64>) -> String {
    let format = Intl::NumberFormat::new(&js_sys::Array::new(), &Object::new());
    let written = format.format().call1(&JsValue::UNDEFINED, &JsValue::from_f64(number.into()));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}
