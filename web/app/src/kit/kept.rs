//! What a reader chose for looking at things, kept in the browser. Never data, never anything of a tenant.

use crate::session::session;
use leptos::prelude::untrack;

/// Keeps nothing where the browser forbids it.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Several people may use one browser.
fn own(name: &str) -> String {
    let account = untrack(|| session().info()).and_then(|info| info.account).unwrap_or_default();
    format!("beacon-{name}-{account}")
}

/// What was kept under this name by the account that is signed in.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(&own(name)).ok()?
}

/// Keeps it, or forgets it if there is nothing to keep.
pub(crate) fn keep(name: &str, value: &str) {
    let Some(storage) = storage() else { return };
    // A browser that is full forgets it with the page.
    let _ = if value.is_empty() { storage.remove_item(&own(name)) } else { storage.set_item(&own(name), value) };
}
