//! The window in which somebody signs in. It is opened empty in the click, because a browser blocks every other one,
//! and led to Microsoft's page as soon as the address is known.

use web_sys::Window;

const FEATURES: &str = "popup,width=520,height=680";

/// The window, or nothing if the browser blocked it.
pub(crate) struct Popup(Option<Window>);

impl Popup {
    pub(crate) fn open() -> Self {
        let opened = web_sys::window().and_then(|window| {
            window.open_with_url_and_target_and_features("about:blank", "beacon-sign-in", FEATURES).ok().flatten()
        });
        Self(opened)
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.0.as_ref().is_none_or(|window| window.closed().unwrap_or(true))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.as_ref().is_none_or(|window| window.closed().unwrap_or(true))
    }

    /// Leads it somewhere; `false` if it is gone.
    pub(crate) fn go(&self, address: &str) -> bool {
        self.0.as_ref().is_some_and(|window| window.location().set_href(address).is_ok())
    }

    pub(crate) fn close(&self) {
        if let Some(window) = &self.0 {
            // A window that is closed already.
            let _ = window.close();
        }
    }
}
