//! Times in the reader's zone; the exact value is there on demand.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use std::thread::LocalKey;
use wasm_bindgen::JsValue;

thread_local! {
    // To make one takes longer than to use it a hundred times.
    static MOMENT: Function = format_of(&[("dateStyle", "medium"), ("timeStyle", "short")]);
    static CLOCK: Function = format_of(&[("timeStyle", "medium")]);
    static DAY: Function = format_of(&[("dateStyle", "medium"), ("timeZone", "UTC")]);
}

fn format_of(pairs: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (name, value) in pairs {
        // It fails only for what is no object.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    Intl::DateTimeFormat::new(&Array::new(), &options).format()
}

/// As the reader's locale writes it; what is no date is shown as it is.
fn written(text: &str, as_date: &str, format: &'static LocalKey<Function>) -> String {
    let date = Date::new(&JsValue::from_str(as_date));
    let written = format.with(|format| format.call1(&JsValue::UNDEFINED, &date));
    written.ok().and_then(|written| written.as_string()).unwrap_or_else(|| text.to_owned())
}

/// A point in time, RFC 3339, in the reader's zone.
#[component]
pub(crate) fn Moment(#[prop(into)] at: String) -> impl IntoView {
    let shown = written(&at, &at, &MOMENT);
    view! { <time datetime=at.clone() title=at>{shown}</time> }
}

/// The time of day of a point in time, RFC 3339, in the reader's zone to the second.
pub(crate) fn clock_of(moment: &str) -> String {
    written(moment, moment, &CLOCK)
}

/// A day, `2027-05-31`, as the reader's locale writes it. It is a day of the calendar: no zone moves it.
pub(crate) fn day_of(day: &str) -> String {
    written(day, &format!("{day}T00:00:00Z"), &DAY)
}

/// The same with the exact value on demand.
#[component]
pub(crate) fn Day(#[prop(into)] on: String) -> impl IntoView {
    let shown = day_of(&on);
    view! { <time datetime=on.clone() title=on>{shown}</time> }
}

/// How long from one point in time to another, or until now.
pub(crate) fn duration_text(from: &str, to: Option<&str>) -> String {
    let begin = Date::new(&JsValue::from_str(from)).get_time();
    let end = to.map_or_else(Date::now, |to| Date::new(&JsValue::from_str(to)).get_time());
    let seconds = ((end - begin) / 1_000.0).max(0.0);
    if seconds.is_nan() {
        return String::new();
    }
    if seconds < 60.0 {
        return format!("{seconds:.0} s");
    }
    let (minutes, rest) = ((seconds / 60.0).floor(), (seconds % 60.0).floor());
    if minutes < 60.0 {
        format!("{minutes:.0} min {rest:.0} s")
    } else {
        format!("{:.0} h {:.0} min", (minutes / 60.0).floor(), minutes % 60.0)
    }
}
