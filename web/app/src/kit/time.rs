//! Times in the reader's zone; the exact value is there on demand.

use js_sys::{Date, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

fn options(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in pairs {
        // It fails only for what is no object.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}

/// A point in time, RFC 3339, as the reader's locale and zone write it.
fn local(moment: &str) -> Option<String> {
    let date = Date::new(&JsValue::from_str(moment));
    if date.get_time().is_nan() {
        return None;
    }
    let options = options(&[("dateStyle", "medium"), ("timeStyle", "short")]);
    date.to_locale_string("default", &options).as_string()
}

/// A point in time, RFC 3339.
#[component]
pub(crate) fn Moment(#[prop(into)] at: String) -> impl IntoView {
    let shown = local(&at).unwrap_or_else(|| at.clone());
    view! { <time datetime=at.clone() title=at>{shown}</time> }
}

/// The time of day of a point in time, RFC 3339, to the second.
pub(crate) fn clock_of(moment: &str) -> String {
    let date = Date::new(&JsValue::from_str(moment));
    if date.get_time().is_nan() {
        return moment.to_owned();
    }
    date.to_locale_time_string_with_options("default", &options(&[("timeStyle", "medium")]).into())
        .as_string()
        .unwrap_or_default()
}

/// A day, `2027-05-31`, as the reader's locale writes it. It is a day of the calendar: no zone moves it.
pub(crate) fn day_of(day: &str) -> String {
    let date = Date::new(&JsValue::from_str(&format!("{day}T00:00:00Z")));
    if date.get_time().is_nan() {
        return day.to_owned();
    }
    let options = options(&[("dateStyle", "medium"), ("timeZone", "UTC")]);
    date.to_locale_date_string("default", &options).as_string().unwrap_or_else(|| day.to_owned())
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
