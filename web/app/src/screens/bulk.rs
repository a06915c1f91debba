//! Many connections at once: chosen in the list, then one thing is done with all of them.

mod labels;
mod schedule;

use crate::api;
use crate::kit::Icon;
use beacon_api::{BulkAction, BulkDone, BulkOrder, ConnectionHold, Problem, paths};
use labels::LabelsDialog;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use schedule::ScheduleManyDialog;
use std::collections::BTreeSet;

/// Ids of the connections that were chosen; only such as are in the list.
#[derive(Clone, Copy)]
pub(crate) struct Chosen(RwSignal<BTreeSet<String>>);

impl Chosen {
    pub(crate) fn new() -> Self {
        Self(RwSignal::default())
    }

    /// What cannot be chosen any more is not chosen any more.
    pub(crate) fn keep(self, can_be: impl Fn(&str) -> bool) {
        // A signal that is set tells everybody, changed or not.
        if !self.0.with_untracked(|chosen| chosen.iter().all(|id| can_be(id))) {
            self.0.update(|chosen| chosen.retain(|id| can_be(id)));
        }
    }

    /// Nothing is chosen any more.
    pub(crate) fn clear(self) {
        self.0.set(BTreeSet::new());
    }

    /// What is chosen now.
    pub(crate) fn ids(self) -> BTreeSet<String> {
        self.0.get_untracked()
    }

    pub(crate) fn count(self) -> usize {
        self.0.with(BTreeSet::len)
    }

    fn has(self, id: &str) -> bool {
        self.0.with(|chosen| chosen.contains(id))
    }
}

/// In the row of a connection.
#[component]
pub(crate) fn Choose(chosen: Chosen, id: String, name: String) -> impl IntoView {
    let id = StoredValue::new(id);
    let choose = move |event| {
        let wanted = event_target_checked(&event);
        chosen.0.update(|chosen| {
            id.with_value(|id| if wanted { chosen.insert(id.clone()) } else { chosen.remove(id) });
        });
    };
    view! {
        <input type="checkbox" aria-label=format!("Choose {name}") on:change=choose
            prop:checked=move || id.with_value(|id| chosen.has(id))/>
    }
}

/// Above them: all that the list shows, or none.
#[component]
pub(crate) fn ChooseAll(chosen: Chosen, all: Vec<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let all = StoredValue::new(all);
    let whole = move || all.with_value(|all| chosen.count() == all.len());
    Effect::new(move |_| {
        let some = chosen.count() > 0 && !whole();
        if let Some(field) = field.get() {
            field.set_indeterminate(some);
        }
    });
    let choose = move |event| {
        let wanted = event_target_checked(&event);
        chosen.0.set(if wanted { all.with_value(|all| all.iter().cloned().collect()) } else { BTreeSet::new() });
    };
    view! {
        <input type="checkbox" aria-label="Choose all that are listed" node_ref=field on:change=choose
            prop:checked=whole/>
    }
}

/// An order for what is chosen: what came of it, or why nothing did.
#[derive(Clone, Copy)]
struct Ordering {
    chosen: Chosen,
    problem: RwSignal<Option<Problem>>,
    said: RwSignal<String>,
}

impl Ordering {
    fn give(self, order: BulkAction, verb: &'static str) {
        let order = BulkOrder { connections: self.chosen.ids(), order };
        self.said.set(String::new());
        spawn_local(async move {
            match api::post::<BulkDone>(paths::CONNECTIONS_BULK, &order).await {
                Ok(done) => {
                    self.problem.set(None);
                    self.said.set(told(&done, verb));
                }
                Err(refused) => self.problem.set(Some(refused)),
            }
        });
    }
}

fn told(done: &BulkDone, verb: &str) -> String {
    let count = match done.done {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    let left_out = if done.left_out.is_empty() {
        String::new()
    } else {
        format!(" Left out, because they are disabled or under way: {}.", done.left_out.join(", "))
    };
    format!("{count} {verb}.{left_out}")
}

/// What can be done with what is chosen; there while something is.
#[component]
pub(crate) fn BulkBar(chosen: Chosen, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let ordering = Ordering { chosen, problem, said };
    let (scheduling, labelling) = (RwSignal::new(false), RwSignal::new(false));
    let hold = move |hold: ConnectionHold, verb| ordering.give(BulkAction::Hold { hold }, verb);
    view! {
        <p role="status">{said}</p>
        <Show when=move || { chosen.count() > 0 }>
            <div class="bar card" role="group" aria-label="With the chosen connections">
                <strong>{move || format!("{} chosen", chosen.count())}</strong>
                <button type="button" on:click=move |_| ordering.give(BulkAction::Execute, "will be imported")>
                    <Icon name="run"/>"Execute Now"
                </button>
                <button type="button" on:click=move |_| scheduling.set(true)><Icon name="clock"/>"Schedule…"</button>
                <button type="button" on:click=move |_| labelling.set(true)><Icon name="edit"/>"Labels…"</button>
                <button type="button" on:click=move |_| hold(ConnectionHold::Paused, "paused")>
                    <Icon name="stop"/>"Pause"
                </button>
                <button type="button" on:click=move |_| hold(ConnectionHold::None, "run again by their schedule")>
                    <Icon name="run"/>"Resume"
                </button>
                <button type="button" class="quiet" on:click=move |_| chosen.clear()>"Choose none"</button>
            </div>
        </Show>
        <ScheduleManyDialog open=scheduling ordering/>
        <LabelsDialog open=labelling ordering/>
    }
}
