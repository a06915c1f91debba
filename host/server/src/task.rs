//! One consent, test or preview: its state, and the two ends that it is pulled at.

mod page_guest;
mod person;
mod work;

pub(crate) use page_guest::PageEnd;
pub(crate) use person::Person;
pub(crate) use work::start;

use crate::secret_text::Known;
use beacon_api::{ConsentWay, TaskKind, TaskPhase, TaskState};
use beacon_driver::{Cancel, PendingConsent};
use beacon_store::{Connection, ConnectionId, InvitationId};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// A task at work, or over and still looked at.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) connection: ConnectionId,
    /// The invitation whose link began it.
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) started_at: Timestamp,
    /// Digest of the cookie of the browser that may bring the answer of the sign-in page.
    pub(crate) attempt: Known,
    pub(crate) cancel: Cancel,
    state: Mutex<TaskState>,
    changed: watch::Sender<u64>,
    /// `state` parameter of the sign-in that is waited for.
    expected_state: Mutex<Option<String>>,
    answer: Mutex<Option<tokio::sync::oneshot::Sender<Zeroizing<String>>>>,
    page: Option<PageEnd>,
    consent: Mutex<Option<Unconfirmed>>,
}

/// A consent that nobody has confirmed.
pub(crate) struct Unconfirmed {
    pub(crate) consent: PendingConsent,
    /// The connection as somebody signed in for it.
    pub(crate) asked: Connection,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Task {
    pub(crate) fn new(
        id: String,
        connection: ConnectionId,
        kind: TaskKind,
        way: Option<ConsentWay>,
        attempt: Known,
        page: Option<PageEnd>,
        started_at: Timestamp,
    ) -> Self {
        let state = TaskState {
            id: id.clone(),
            connection: connection.to_string(),
            kind,
            phase: TaskPhase::Working,
            sign_in_address: None,
            way,
            redirect_uri: None,
            waits_until: None,
            device_code: None,
            consent: None,
            kept: false,
            checks: Vec::new(),
            preview: None,
            problem: None,
        };
        Self {
            id,
            connection,
            invitation: None,
            started_at,
            attempt,
            cancel: Cancel::new(),
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            expected_state: Mutex::default(),
            answer: Mutex::default(),
            page,
            consent: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> TaskState {
        locked(&self.state).clone()
    }

    /// Changes the state, and wakes whoever waits for a change.
    pub(crate) fn change(&self, change: impl FnOnce(&mut TaskState)) {
        change(&mut locked(&self.state));
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until the state is one that `wanted` accepts.
    pub(crate) async fn reach(&self, wanted: impl Fn(&TaskState) -> bool) {
        let mut changes = self.changed.subscribe();
        while !wanted(&self.state()) {
            // The sender lives in `self`, so waiting cannot fail.
            let _ = changes.changed().await;
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        locked(&self.state).phase == TaskPhase::Finished
    }

    /// A consent came, and nobody has confirmed it.
    pub(crate) fn waits_for_confirmation(&self) -> bool {
        locked(&self.state).phase == TaskPhase::WaitingForConfirmation
    }

    /// Whether it is not over, belongs to this connection, and began with a link.
    pub(crate) fn is_invited(&self, connection: ConnectionId) -> bool {
        self.connection == connection && self.invitation.is_some() && !self.is_over()
    }

    pub(crate) fn page(&self) -> Option<&PageEnd> {
        self.page.as_ref()
    }

    /// From now on the answer of the sign-in page is waited for.
    fn expect(&self, state: Option<String>) -> tokio::sync::oneshot::Receiver<Zeroizing<String>> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        *locked(&self.expected_state) = state;
        *locked(&self.answer) = Some(sender);
        receiver
    }

    pub(crate) fn expects(&self, state: &str) -> bool {
        locked(&self.expected_state).as_deref() == Some(state)
    }

    /// Hands the answer of the sign-in page over; `false` if none is waited for.
    pub(crate) fn bring(&self, address: Zeroizing<String>) -> bool {
        let sender = locked(&self.answer).take();
        sender.is_some_and(|sender| sender.send(address).is_ok())
    }

    /// The consent that waits for confirmation.
    pub(crate) fn keep_for_confirmation(&self, unconfirmed: Unconfirmed) {
        *locked(&self.consent) = Some(unconfirmed);
    }

    /// Keeps the consent that waits, if there is one. Until it is kept it waits on; of two who confirm it at once, one
    /// keeps it.
    pub(crate) fn confirm<E>(&self, keep: impl FnOnce(&Unconfirmed) -> Result<(), E>) -> Option<Result<(), E>> {
        let mut waiting = locked(&self.consent);
        let kept = keep(waiting.as_ref()?);
        if kept.is_ok() {
            *waiting = None;
        }
        Some(kept)
    }

    /// Ends whatever goes on.
    pub(crate) fn give_up(&self) {
        self.cancel.cancel();
        locked(&self.answer).take();
        locked(&self.consent).take();
        self.change(|state| state.phase = TaskPhase::Finished);
    }
}
