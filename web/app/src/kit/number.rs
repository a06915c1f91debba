//! Numbers as the reader's locale writes them.

use js_sys::{Array, Function, Intl, Object};
use wasm_bindgen::JsValue;

thread_local! {
    // To make one takes longer than to use it a hundred times.
    static FORMAT: Function = Intl::NumberFormat::new(&Array::new(), &Object::new()).format();
}

/// A count with separators.
pub(crate) fn counted(number: u64) -> String {
    written(float(number))
}

/// The same for what can be less than nothing: free seats of a product that is assigned too often.
#[expect(clippy::cast_precision_loss, reason = "seats are below 2^53")]
pub(crate) fn counted_signed(number: i64) -> String {
    written(number as f64)
}

/// A whole number that was computed.
pub(crate) fn written(number: f64) -> String {
    let written = FORMAT.with(|format| format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(number)));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// For arithmetic with widths and rates.
#[expect(clippy::cast_precision_loss, reason = "rows and people are below 2^53")]
pub(crate) fn float(number: u64) -> f64 {
    number as f64
}
