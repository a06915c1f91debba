//! *Execute Now*: starts an import and leads to its run.

use crate::api;
use crate::kit::Icon;
use beacon_api::{Problem, RunStarted, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// Why an import did not start goes to `problem`.
#[component]
pub(crate) fn ExecuteNow(
    connection: String,
    name: String,
    problem: RwSignal<Option<Problem>>,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let navigate = use_navigate();
    let path = StoredValue::new(paths::with(paths::CONNECTION_RUNS, &connection));
    let execute = move |_| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::post_empty::<RunStarted>(&path.get_value()).await {
                Ok(started) => navigate(&format!("/runs/{}", started.run), Default::default()),
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <button type="button" disabled=disabled on:click=execute aria-label=format!("Execute {name} now")>
            <Icon name="run"/>"Execute Now"
        </button>
    }
}
