//! The window in which somebody signs in. It is opened empty in the click, because a browser blocks every other one,
//! and led to Microsoft's page as soon as the address is known.

use web_sys::Window;

const FEATURES: &str = "popup,width=520,height=680";

/// The window, or nothing if the browser blocked it or none was asked for.
#[derive(Default)]
pub(super) struct Popup(Option<Window>);

impl Popup {
    pub(super) fn open() -> Self {
        let opened = web_sys::window().and_then(|window| {
            window.open_with_url_and_target_and_features("about:blank", "beacon-sign-in", FEATURES).ok().flatten()
        });
        Self(opened)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.as_ref().is_none_or(|window| window.closed().unwrap_or(true))
    }

    /// Leads it somewhere. One that is gone shows as closed.
    pub(super) fn go(&self, address: &str) {
        if let Some(window) = &self.0 {
            let _ = window.location().set_href(address);
        }
    }

    pub(super) fn close(&self) {
        if let Some(window) = &self.0 {
            // A window that is closed already.
            let _ = window.close();
        }
    }
}
