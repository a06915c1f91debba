//! The worker that holds the connector module: one for the whole page.

use crate::api;
use beacon_api::{Problem, ProblemKind, RunsIn, TaskPhase, TaskState};
use beacon_runner::Runner;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static RUNNER: RefCell<Option<Rc<Runner>>> = const { RefCell::new(None) };
}

/// The hand on the worker; it starts with the first order.
pub(crate) fn runner() -> Rc<Runner> {
    RUNNER.with_borrow_mut(|runner| Rc::clone(runner.get_or_insert_with(|| Rc::new(Runner::new(api::csrf())))))
}

/// Where a task can run whose module has this digest: in the worker, or in the host if this browser cannot start it.
/// Without a digest it is the host.
pub(crate) async fn place(digest: &str) -> RunsIn {
    if !digest.is_empty() && runner().load(digest).await.is_ok() { RunsIn::Page } else { RunsIn::Host }
}

/// Runs the module of the task in `state` here. How it ended, the host knows; that it could not run at all, only the
/// worker: that goes to `problem`.
pub(crate) fn drive(
    digest: String,
    task: String,
    state: RwSignal<Option<TaskState>>,
    problem: RwSignal<Option<Problem>>,
) {
    spawn_local(async move {
        let Err(error) = runner().drive(&digest, &task).await else { return };
        let unfinished = state.try_with_untracked(|state| {
            state.as_ref().is_some_and(|state| state.id == task && state.phase == TaskPhase::Working)
        });
        if unfinished == Some(true) {
            problem.set(Some(Problem {
                kind: ProblemKind::Retry,
                code: "page.worker".to_owned(),
                title: "The connector could not run in this page.".to_owned(),
                advice: "Reload the page and try again; another browser may help.".to_owned(),
                detail: vec![error.0],
                fields: Vec::new(),
            }));
        }
    });
}
