//! Who is signed in, for all screens.

use crate::api;
use beacon_api::{Problem, Role, SessionInfo, SessionState, paths};
use leptos::prelude::*;

/// The session as the page knows it.
#[derive(Clone, Copy)]
pub(crate) struct Session(RwSignal<Option<SessionInfo>>);

impl Session {
    /// Not asked yet.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Asks the host.
    pub(crate) async fn ask(self) -> Result<(), Problem> {
        self.set(api::get(paths::SESSION).await?);
        Ok(())
    }

    pub(crate) fn set(self, info: SessionInfo) {
        api::remember(info.csrf.clone());
        self.0.set(Some(info));
    }

    pub(crate) fn info(self) -> Option<SessionInfo> {
        self.0.get()
    }

    pub(crate) fn state(self) -> Option<SessionState> {
        self.0.with(|info| info.as_ref().map(|info| info.state))
    }

    pub(crate) fn is_administrator(self) -> bool {
        self.0.with(|info| info.as_ref().is_some_and(|info| info.role == Some(Role::Administrator)))
    }
}

/// The session of this page.
pub(crate) fn session() -> Session {
    expect_context()
}
