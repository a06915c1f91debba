//! Nobody loses what was entered by a click beside.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

/// Asks before the page or the screen is left while `changed` is true.
pub(crate) fn guard_unsaved(changed: RwSignal<bool>) {
    let Some(window) = web_sys::window() else { return };
    let leaving = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if changed.try_get_untracked() == Some(true) {
            // The browser asks in its own words.
            event.prevent_default();
        }
    });
    let clicked = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|element| element.closest("a[href^='/']").ok().flatten());
        let question = "What you entered is not saved. Leave anyway?";
        let stays = |window: web_sys::Window| !window.confirm_with_message(question).unwrap_or(true);
        if link.is_some() && changed.try_get_untracked() == Some(true) && web_sys::window().is_some_and(stays) {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    // Adding and removing listeners fails only for what is no function.
    let _ = window.add_event_listener_with_callback("beforeunload", leaving.as_ref().unchecked_ref());
    let _ = window.add_event_listener_with_callback_and_bool("click", clicked.as_ref().unchecked_ref(), true);
    let held = StoredValue::new_local((window, leaving, clicked));
    on_cleanup(move || {
        held.with_value(|(window, leaving, clicked)| {
            let _ = window.remove_event_listener_with_callback("beforeunload", leaving.as_ref().unchecked_ref());
            let _ =
                window.remove_event_listener_with_callback_and_bool("click", clicked.as_ref().unchecked_ref(), true);
        });
    });
}
