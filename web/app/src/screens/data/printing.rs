//! Printing a view: on paper nobody scrolls, so the rows have to be in the page before.

use super::blocks::{BLOCK, HELD};
use super::table::Table;
use crate::kit::counted;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Rows of one print: what can be held. Whoever needs more needs a file.
const MOST: u64 = BLOCK * (HELD as u64 - 2);

/// Prints what is seen and what follows. The browser's own command prints what is at hand.
#[component]
pub(crate) fn PrintButton(table: Table) -> impl IntoView {
    let printed = table.printed;
    let ordered = RwSignal::new(false);
    let order = move |_| {
        let scrolling = table.scrolling.get_untracked();
        let from = scrolling.first() / BLOCK * BLOCK;
        printed.set(Some((from, scrolling.rows.min(from + MOST))));
        ordered.set(true);
    };
    Effect::new(move |_| {
        let Some(rows) = printed.get().filter(|_| ordered.get()) else { return };
        if table.problem.with(Option::is_some) {
            ordered.set(false);
            printed.set(None);
        } else if table.holds(rows) {
            ordered.set(false);
            spawn_local(async {
                // The rows that came last are put into the page first.
                TimeoutFuture::new(0).await;
                if let Some(window) = web_sys::window() {
                    // It fails only where the browser forbids printing.
                    let _ = window.print();
                }
            });
        }
    });
    let before = window_event_listener_untyped("beforeprint", move |_| {
        if printed.with_untracked(Option::is_none) {
            printed.set(Some(table.at_hand()));
        }
    });
    let after = window_event_listener_untyped("afterprint", move |_| printed.set(None));
    on_cleanup(move || {
        before.remove();
        after.remove();
    });
    view! { <button type="button" on:click=order>"Print"</button> }
}

/// Says on paper which of the rows are there.
#[component]
pub(crate) fn PrintedRows(table: Table) -> impl IntoView {
    let text = move || {
        let (from, to) = table.printed.get()?;
        let rows = table.scrolling.with(|scrolling| scrolling.rows);
        Some(format!("Rows {} to {} of {}", counted(from.saturating_add(1)), counted(to), counted(rows)))
    };
    view! { <p class="print-only">{text}</p> }
}
