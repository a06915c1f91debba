//! What must be known about figures before anybody relies on them.

use super::{Notice, Tone};
use beacon_api::DataNotice;
use leptos::prelude::*;

#[component]
pub(crate) fn DataNotices(notices: Vec<DataNotice>) -> impl IntoView {
    let (warnings, facts): (Vec<_>, Vec<_>) = notices.into_iter().partition(|notice| notice.warning);
    let warnings = warnings.into_iter().map(|notice| {
        let title = format!("{}: {}", notice.connection_name, notice.title);
        view! { <Notice tone=Tone::Warning title=title><p>{notice.advice}</p></Notice> }
    });
    let count = facts.len();
    let facts = facts.into_iter().map(|notice| {
        view! { <li>{notice.connection_name}": "{notice.title}" "{notice.advice}</li> }
    });
    let facts = facts.collect_view();
    view! {
        {warnings.collect_view()}
        {(count > 0).then(|| view! {
            <details><summary>{format!("About these figures ({count})")}</summary><ul>{facts}</ul></details>
        })}
    }
}
