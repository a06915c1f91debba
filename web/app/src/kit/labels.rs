//! The labels of a connection.

use leptos::prelude::*;

/// Nothing where there are none.
#[component]
pub(crate) fn Labels(labels: Vec<String>) -> impl IntoView {
    (!labels.is_empty()).then(|| {
        let labels = labels.into_iter().map(|label| view! { <li class="label">{label}</li> });
        view! { <ul class="chips" aria-label="Labels">{labels.collect_view()}</ul> }
    })
}
