//! Signing in in the whole window: the page goes away, and what it comes back to is remembered in its tab.

use serde::{Deserialize, Serialize};

/// Key under which it is remembered.
const PENDING: &str = "beacon-pending-task";

/// A sign-in in the whole window. The page that it comes back to reads it as well.
#[derive(Serialize, Deserialize)]
struct Pending {
    connection: String,
    task: String,
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The task that this connection's dialog was left for; it is told once.
pub(super) fn pending(connection: &str) -> Option<String> {
    let storage = storage()?;
    let text = storage.get_item(PENDING).ok()??;
    let pending: Pending = serde_json::from_str(&text).ok()?;
    if pending.connection != connection {
        return None;
    }
    // It fails only where nothing could be read either.
    let _ = storage.remove_item(PENDING);
    Some(pending.task)
}

/// Leaves for the sign-in page.
pub(super) fn leave(connection: &str, task: &str, address: &str) {
    let pending = Pending { connection: connection.to_owned(), task: task.to_owned() };
    let pending = serde_json::to_string(&pending).unwrap_or_default();
    if let Some(storage) = storage() {
        // Without it the person finds the connection in the list.
        let _ = storage.set_item(PENDING, &pending);
    }
    if let Some(window) = web_sys::window() {
        // An address of the host's is one.
        let _ = window.location().assign(address);
    }
}
