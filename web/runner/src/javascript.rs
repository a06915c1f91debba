//! Values of the browser, read with suspicion.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// A member; `undefined` if there is none, or if the value is no object.
pub(crate) fn member(value: &JsValue, name: &str) -> JsValue {
    // Reflect throws for what is no object, and for getters that throw.
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a text.
pub(crate) fn text(value: &JsValue, name: &str) -> Option<String> {
    member(value, name).as_string()
}

/// An object with these members.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes every member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// What was thrown, in words.
pub(crate) fn words(thrown: &JsValue) -> String {
    let error = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    error.or_else(|| thrown.as_string()).unwrap_or_else(|| "unknown".to_owned())
}
