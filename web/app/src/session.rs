//! Who is signed in, for all screens.

use crate::api;
use beacon_api::{Problem, Role, SessionInfo, SessionState, paths};
use leptos::prelude::*;
use std::cell::Cell;

/// The session as the page knows it.
#[derive(Clone, Copy)]
pub(crate) struct Session(RwSignal<Option<SessionInfo>>);

impl Session {
    /// Not asked yet. Belongs to the page from now on: what waits for an answer of the host has no place in the tree of
    /// components, and needs it all the same.
    pub(crate) fn begin() -> Self {
        let session = Self(RwSignal::new(None));
        SESSION.set(Some(session));
        session
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

thread_local! {
    static SESSION: Cell<Option<Session>> = const { Cell::new(None) };
}

/// The session of this page.
pub(crate) fn session() -> Session {
    SESSION.get().unwrap_or_else(Session::begin)
}
