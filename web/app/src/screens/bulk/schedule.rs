//! *Schedule…* for many.

use super::Ordering;
use crate::kit::Dialog;
use crate::screens::schedule_choice::ScheduleChoices;
use beacon_api::BulkAction;
use leptos::prelude::*;

#[component]
pub(super) fn ScheduleManyDialog(open: RwSignal<bool>, ordering: Ordering) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let legend = Signal::derive(move || format!("{} connections", ordering.chosen.count()));
    let save = move |_| {
        let schedule = Some(chosen.get_untracked()).filter(|id| !id.is_empty());
        let verb = if schedule.is_some() { "follow the schedule" } else { "not scheduled any more" };
        ordering.give(BulkAction::Schedule { schedule }, verb);
        open.set(false);
    };
    view! {
        <Dialog open=open title="When they are imported">
            <ScheduleChoices chosen legend/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Exit"</button>
                <button type="button" class="primary" on:click=save>"Save"</button>
            </div>
        </Dialog>
    }
}
