//! The head of a column; those that can be sorted by are buttons.

use super::asked::Asked;
use super::cell::is_number;
use crate::kit::Icon;
use beacon_api::Column;
use leptos::prelude::*;

#[component]
pub(crate) fn Head(column: Column, asked: Asked) -> impl IntoView {
    let id = StoredValue::new(column.id.clone());
    let order = Memo::new(move |_| {
        let sort = asked.query.with(|query| query.sort.clone());
        sort.filter(|(sorted, _)| id.with_value(|id| id == sorted)).map(|(_, descending)| descending)
    });
    // Up, down, and as it was.
    let sort = move |_| {
        let next = match order.get_untracked() {
            None => Some((id.get_value(), false)),
            Some(false) => Some((id.get_value(), true)),
            Some(true) => None,
        };
        asked.change(|query| query.sort = next);
    };
    let spoken = move || match order.get() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let sortable = column.sortable;
    let (label, title) = (column.label.clone(), column.label.clone());
    let content = if sortable {
        view! {
            <button type="button" title=title on:click=sort>
                <span>{label}</span>
                {move || order.get().map(|descending| view! { <Icon name={if descending { "down" } else { "up" }}/> })}
            </button>
        }
        .into_any()
    } else {
        view! { <span class="plain" title=title>{label}</span> }.into_any()
    };
    view! {
        <div role="columnheader" class:number=is_number(&column) aria-sort=move || sortable.then(spoken)>{content}</div>
    }
}
