//! One sign-in, from the click to its end. The host is asked how it stands; the page that a sign-in comes back to, and
//! the host's events, only say that it is time to ask.

use super::channel;
use super::popup::Popup;
use super::whole_window;
use crate::api;
use crate::worker::{drive, place};
use beacon_api::{ConsentWay, Problem, RunsIn, TaskKind, TaskOrder, TaskPhase, TaskState, paths};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Milliseconds between two looks at a task.
const LOOK: u32 = 700;

/// How long a closed popup may still mean success: the callback page closes itself.
const GRACE: u32 = 2_000;

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Popup,
    WholeWindow,
    Paste,
    Device,
}

impl Way {
    const fn of_task(self) -> ConsentWay {
        match self {
            Self::Popup | Self::WholeWindow => ConsentWay::Browser,
            Self::Paste => ConsentWay::Paste,
            Self::Device => ConsentWay::Device,
        }
    }
}

/// What the panel is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    Starting,
    /// The browser opened no popup, and nothing was started.
    Blocked,
    /// The host has a task.
    Task,
}

#[derive(Clone, Copy)]
pub(super) struct Attempt {
    connection: StoredValue<String>,
    digest: StoredValue<String>,
    pub(super) stage: RwSignal<Stage>,
    pub(super) task: RwSignal<Option<TaskState>>,
    pub(super) problem: RwSignal<Option<Problem>>,
    /// The way that was chosen here; none for what somebody else does with a link.
    pub(super) way: RwSignal<Option<Way>>,
    /// The popup is gone and no answer came.
    pub(super) closed: RwSignal<bool>,
    /// The module runs in the host, because this browser cannot.
    pub(super) in_host: RwSignal<bool>,
    popup: StoredValue<Popup, LocalStorage>,
}

impl Attempt {
    pub(super) fn new(connection: String, digest: String) -> Self {
        Self {
            connection: StoredValue::new(connection),
            digest: StoredValue::new(digest),
            stage: RwSignal::new(Stage::Idle),
            task: RwSignal::new(None),
            problem: RwSignal::new(None),
            way: RwSignal::new(None),
            closed: RwSignal::new(false),
            in_host: RwSignal::new(false),
            popup: StoredValue::new_local(Popup::default()),
        }
    }

    pub(super) fn connection(self) -> String {
        self.connection.get_value()
    }

    pub(super) fn digest(self) -> String {
        self.digest.get_value()
    }

    /// Hears from the page that a sign-in comes back to.
    pub(super) fn listen(self) {
        channel::listen(move |task| {
            spawn_local(async move {
                self.look(&task).await;
            });
        });
    }

    /// Starts a sign-in. To be called in the click: a popup that is opened later the browser blocks.
    pub(super) fn start(self, way: Way) {
        self.problem.set(None);
        self.task.set(None);
        self.closed.set(false);
        self.in_host.set(false);
        self.way.set(Some(way));
        self.popup.update_value(|popup| {
            popup.close();
            *popup = if way == Way::Popup { Popup::open() } else { Popup::default() };
        });
        if way == Way::Popup && self.popup.with_value(Popup::is_closed) {
            self.stage.set(Stage::Blocked);
            return;
        }
        self.stage.set(Stage::Starting);
        spawn_local(async move {
            if let Err(refused) = self.begin(way).await {
                self.popup.with_value(Popup::close);
                self.stage.set(Stage::Idle);
                self.problem.set(Some(refused));
            }
        });
    }

    async fn begin(self, way: Way) -> Result<(), Problem> {
        // Leaving this page ends its worker: a sign-in in the whole window needs the host.
        let runs_in = if way == Way::WholeWindow { RunsIn::Host } else { place(&self.digest()).await };
        self.in_host.set(runs_in == RunsIn::Host && way != Way::WholeWindow);
        let path = paths::with(paths::CONNECTION_TASKS, &self.connection());
        let order = TaskOrder { kind: TaskKind::Consent, runs_in, way: Some(way.of_task()) };
        let state: TaskState = api::post(&path, &order).await?;
        let task = state.id.clone();
        self.task.set(Some(state));
        self.stage.set(Stage::Task);
        if runs_in == RunsIn::Page {
            drive(self.digest(), task.clone(), self.task, self.problem);
        }
        self.follow(task);
        Ok(())
    }

    /// Follows a sign-in of this browser that was started before the page was loaded.
    pub(super) fn follow_own(self, task: String) {
        self.way.set(Some(Way::WholeWindow));
        self.adopt(task, |_| true);
    }

    /// Follows what somebody does with a link, unless it is over.
    pub(super) fn follow_foreign(self, task: String) {
        self.way.set(None);
        self.adopt(task, |state| state.phase != TaskPhase::Finished);
    }

    fn adopt(self, task: String, wanted: fn(&TaskState) -> bool) {
        spawn_local(async move {
            // A task that is not there any more is none to show.
            let Ok(state) = api::get::<TaskState>(&paths::with(paths::TASK, &task)).await else { return };
            let mine = Some(&state.connection) == self.connection.try_get_value().as_ref();
            if mine
                && state.kind == TaskKind::Consent
                && wanted(&state)
                && self.stage.try_get_untracked() == Some(Stage::Idle)
            {
                self.task.set(Some(state));
                self.stage.set(Stage::Task);
                self.follow(task);
            }
        });
    }

    /// The host says that something came of a task: of the one shown here, or of one that somebody has a link to.
    pub(super) fn notice(self, task: String) {
        let shown = self.task.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.id == task));
        if shown {
            spawn_local(async move {
                self.look(&task).await;
            });
        } else if self.stage.get_untracked() == Stage::Idle {
            self.follow_foreign(task);
        }
    }

    fn follow(self, task: String) {
        spawn_local(async move {
            let mut gone_for = 0;
            while self.look(&task).await {
                gone_for = if self.is_left() { gone_for + LOOK } else { 0 };
                let closed = gone_for > GRACE;
                if self.closed.get_untracked() != closed {
                    self.closed.set(closed);
                }
                TimeoutFuture::new(LOOK).await;
            }
        });
    }

    /// The sign-in page was shown in a popup that is gone. Microsoft's pages may hide theirs from this one, which looks
    /// the same.
    fn is_left(self) -> bool {
        let waits = self
            .task
            .with_untracked(|task| task.as_ref().is_some_and(|task| task.phase == TaskPhase::WaitingForSignIn));
        waits && self.way.get_untracked() == Some(Way::Popup) && self.popup.with_value(Popup::is_closed)
    }

    /// Asks how a task stands; `false` if there is nothing more to see.
    async fn look(self, task: &str) -> bool {
        let answer = api::get::<TaskState>(&paths::with(paths::TASK, task)).await;
        let shown = self.task.try_with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.id == task));
        if shown != Some(true) {
            // Another one has taken its place, or the screen is gone.
            return false;
        }
        match answer {
            Ok(state) => {
                self.lead(&state);
                let over = matches!(state.phase, TaskPhase::Finished | TaskPhase::WaitingForConfirmation);
                // Only a change is shown: what somebody types meanwhile stays.
                if self.task.with_untracked(|shown| shown.as_ref() != Some(&state)) {
                    self.task.set(Some(state));
                }
                if over {
                    self.closed.set(false);
                    self.popup.with_value(Popup::close);
                }
                !over
            }
            Err(refused) => {
                self.problem.set(Some(refused));
                false
            }
        }
    }

    /// Leads the popup, or this window, to the sign-in page as soon as its address is known.
    fn lead(self, state: &TaskState) {
        let known = self.task.with_untracked(|task| task.as_ref().is_some_and(|task| task.sign_in_address.is_some()));
        let Some(address) = state.sign_in_address.as_deref().filter(|_| !known) else { return };
        match self.way.get_untracked() {
            Some(Way::Popup) => self.popup.with_value(|popup| popup.go(address)),
            Some(Way::WholeWindow) => whole_window::leave(&self.connection(), &state.id, address),
            Some(Way::Paste | Way::Device) | None => {}
        }
    }

    /// Opens the sign-in page again in a popup; in the click, as the first time.
    pub(super) fn open_again(self, address: &str) {
        self.popup.update_value(|popup| *popup = Popup::open());
        self.popup.with_value(|popup| popup.go(address));
        self.closed.set(false);
    }

    /// Gives up whatever is under way, and what waits for confirmation.
    pub(super) fn give_up(self) {
        let task = self.task.with_untracked(|task| task.as_ref().map(|task| task.id.clone()));
        self.popup.with_value(Popup::close);
        self.task.set(None);
        self.stage.set(Stage::Idle);
        if let Some(task) = task {
            spawn_local(async move {
                self.problem.set(api::delete::<()>(&paths::with(paths::TASK, &task)).await.err());
            });
        }
    }
}
