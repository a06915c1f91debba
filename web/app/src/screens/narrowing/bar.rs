//! The fields that narrow a list, and what it is narrowed to.

use super::{Narrowed, Narrowing};
use crate::api;
use crate::happenings::happenings;
use crate::kit::Icon;
use crate::loading::load;
use beacon_api::paths;
use gloo_timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long typing rests before the list follows, in milliseconds.
const REST: u32 = 200;

/// States by the name that the host gives them, and in words.
const STATES: [(&str, &str); 7] = [
    ("needs_consent", "Needs consent"),
    ("failing", "Failing"),
    ("degraded", "Degraded"),
    ("never_ran", "Never ran"),
    ("healthy", "Healthy"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
];

#[component]
pub(crate) fn NarrowBar(narrowed: Narrowed) -> impl IntoView {
    view! {
        <div class="bar tools" role="search" aria-label="Narrow the list">
            <NameField narrowed/>
            <LabelChoice narrowed/>
            <StateChoice narrowed/>
        </div>
        {move || chips(narrowed)}
    }
}

#[component]
fn NameField(narrowed: Narrowed) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    // How often was typed, and what at last: an address that says so is no news for the field.
    let typed = StoredValue::new((0_u64, String::new()));
    let search = move |event| {
        let text = event_target_value(&event);
        typed.update_value(|typed| *typed = (typed.0.wrapping_add(1), text.clone()));
        let mine = typed.with_value(|typed| typed.0);
        spawn_local(async move {
            TimeoutFuture::new(REST).await;
            if typed.try_with_value(|typed| typed.0) == Some(mine) {
                narrowed.change(true, |now| now.name = text);
            }
        });
    };
    Effect::new(move |_| {
        let text = narrowed.now.with(|now| now.name.clone());
        let Some(field) = field.get() else { return };
        if typed.with_value(|typed| typed.1 != text) {
            field.set_value(&text);
            typed.update_value(|typed| typed.1 = text);
        }
    });
    view! {
        <label class="visually-hidden" for="narrow-name">"Part of the name"</label>
        <input id="narrow-name" type="search" placeholder="Name" autocomplete="off" node_ref=field on:input=search/>
    }
}

/// Adds a label that the connections must have; nothing where there are no labels.
#[component]
fn LabelChoice(narrowed: Narrowed) -> impl IntoView {
    let happenings = happenings();
    let labels = load(move || {
        happenings.connections.track();
        async move { api::get::<Vec<String>>(paths::LABELS).await }
    });
    let offered = Memo::new(move |_| {
        let mut offered = labels.get().ready().unwrap_or_default();
        narrowed.now.with(|now| offered.retain(|label| !now.labels.contains(label)));
        offered
    });
    let choose = move |event| {
        let label = event_target_value(&event);
        narrowed.change(false, |now| now.labels.extend(Some(label).filter(|label| !label.is_empty())));
    };
    move || {
        let offered = offered.get();
        let options = offered.iter().map(|label| view! { <option value=label.clone()>{label.clone()}</option> });
        (!offered.is_empty()).then(|| {
            view! {
                <label class="visually-hidden" for="narrow-label">"Only with the label"</label>
                <select id="narrow-label" on:change=choose>
                    <option value="" selected=true>"With the label …"</option>
                    {options.collect_view()}
                </select>
            }
        })
    }
}

#[component]
fn StateChoice(narrowed: Narrowed) -> impl IntoView {
    let now = untrack(move || narrowed.now.with(|now| now.state.clone()));
    let options = STATES.map(|(name, word)| view! { <option value=name selected={name == now}>{word}</option> });
    view! {
        <label class="visually-hidden" for="narrow-state">"Only in the state"</label>
        <select id="narrow-state" prop:value=move || narrowed.now.with(|now| now.state.clone())
            on:change=move |event| narrowed.change(false, |now| now.state = event_target_value(&event))>
            <option value="">"Every state"</option>
            {options.collect_view()}
        </select>
    }
}

/// The labels, each with a way to take it away, and a way back to all.
fn chips(narrowed: Narrowed) -> Option<AnyView> {
    if !narrowed.is_narrowed() {
        return None;
    }
    let labels = narrowed.now.with(|now| now.labels.clone()).into_iter().map(|label| {
        let spoken = format!("Remove the filter {label}");
        let shown = label.clone();
        let remove = move |_| narrowed.change(false, |now| now.labels.retain(|one| *one != label));
        view! {
            <li class="chip">
                {shown}
                <button type="button" class="quiet" aria-label=spoken on:click=remove><Icon name="cross"/></button>
            </li>
        }
    });
    Some(
        view! {
            <ul class="chips" aria-label="Filters">
                {labels.collect_view()}
                <li><button type="button" class="link"
                    on:click=move |_| narrowed.change(false, |now| *now = Narrowing::default())>"Show all"</button></li>
            </ul>
        }
        .into_any(),
    )
}
