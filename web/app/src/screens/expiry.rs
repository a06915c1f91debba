//! What dies soon, in words, with the next step.

use crate::api;
use crate::happenings::happenings;
use crate::kit::{Notice, Status, Tone, day_of};
use crate::loading::load;
use beacon_api::{ExpiringCredential, Upcoming, paths};
use leptos::prelude::*;

/// Days ahead in which an end is a matter for today.
const SOON: i32 = 30;

/// Days ahead in which it is urgent.
const URGENT: i32 = 3;

/// A notice for each credential that dies within thirty days.
#[component]
pub(crate) fn ExpiryNotices() -> impl IntoView {
    let happenings = happenings();
    let expiring = load(move || {
        happenings.connections.track();
        async move { api::get::<Vec<ExpiringCredential>>(paths::EXPIRING).await }
    });
    move || {
        // Figures are of use without these notices, too.
        let notices = expiring.get().ready().unwrap_or_default().into_iter().map(|one| {
            let tone = if one.days_left <= URGENT { Tone::Bad } else { Tone::Warning };
            let title = format!("{}: {}", one.connections.join(", "), one.title);
            view! { <Notice tone=tone title=title><p>{one.advice}</p></Notice> }
        });
        notices.collect_view()
    }
}

/// The next end of one connection, for a cell of a list.
#[component]
pub(crate) fn NextEnd(next: Option<Upcoming>) -> impl IntoView {
    match next {
        None => "nothing known".into_any(),
        Some(next) if next.days_left > SOON => format!("{} ({})", next.text, day_of(&next.on)).into_any(),
        Some(next) => {
            let tone = if next.days_left <= URGENT { "bad" } else { "warning" };
            view! { <Status icon="clock" tone=tone word=next.text/><p class="soft">{next.advice}</p> }.into_any()
        }
    }
}

/// The same beside the form of a connection.
#[component]
pub(crate) fn EndNotice(next: Option<Upcoming>) -> impl IntoView {
    next.filter(|next| next.days_left <= SOON).map(|next| {
        let tone = if next.days_left <= URGENT { Tone::Bad } else { Tone::Warning };
        view! { <Notice tone=tone title=next.text><p>{next.advice}</p></Notice> }
    })
}
