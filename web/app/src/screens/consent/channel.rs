//! The browser's channel on which the page that a sign-in comes back to says so: it works where the popup has lost its
//! opener.

use beacon_api::paths;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// Calls with the id of each task whose answer came, until the owner of the caller is gone.
pub(super) fn listen(answered: impl Fn(String) + 'static) {
    // A browser without channels has the polls.
    let Ok(channel) = BroadcastChannel::new(paths::CHANNEL) else { return };
    let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let task = js_sys::Reflect::get(&event.data(), &"task".into()).ok().and_then(|task| task.as_string());
        if let Some(task) = task {
            answered(task);
        }
    });
    channel.set_onmessage(Some(told.as_ref().unchecked_ref()));
    let held = StoredValue::new_local((channel, told));
    on_cleanup(move || held.with_value(|(channel, _)| channel.close()));
}
