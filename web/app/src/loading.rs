//! What is fetched and may be under way, there, or refused.

use crate::kit::ProblemNotice;
use beacon_api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// A fetched thing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Loading<T> {
    Waiting,
    Ready(T),
    Refused(Problem),
}

impl<T> Loading<T> {
    pub(crate) fn ready(self) -> Option<T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// Fetches now, and again whenever something changes that `fetch` reads before its first wait. What is shown stays
/// until the new is there; an answer that a later request has overtaken is dropped.
pub(crate) fn load<T, F>(fetch: impl Fn() -> F + 'static) -> RwSignal<Loading<T>>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Problem>> + 'static,
{
    let state = RwSignal::new(Loading::Waiting);
    let latest = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let fetching = fetch();
        latest.update_value(|count| *count = count.wrapping_add(1));
        let mine = latest.get_value();
        spawn_local(async move {
            let result = fetching.await;
            if latest.try_get_value() == Some(mine) {
                state.set(result.map_or_else(Loading::Refused, Loading::Ready));
            }
        });
    });
    state
}

/// What a screen shows of it: that it is under way, why it was refused, or what `ready` makes of it.
pub(crate) fn shown<T, V>(
    state: impl Into<Signal<Loading<T>>>,
    ready: impl Fn(T) -> V + Send + 'static,
) -> impl Fn() -> AnyView + Send + 'static
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let state = state.into();
    move || match state.get() {
        Loading::Waiting => view! { <p role="status">"Loading …"</p> }.into_any(),
        Loading::Refused(problem) => view! { <ProblemNotice problem/> }.into_any(),
        Loading::Ready(value) => ready(value).into_any(),
    }
}
