//! Search, filters, days, columns, and ways out of the page.

use super::asked::Asked;
use super::filters::{FilterChoices, chosen};
use super::printing::PrintButton;
use super::table::Table;
use crate::kit::{Icon, Popover};
use gloo_timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long typing rests before it is searched for, in milliseconds: less than what a search takes, more than the
/// letters of a word that is pasted.
const REST: u32 = 60;

/// Rules of use, in days.
const RULES: [u16; 4] = [7, 30, 90, 180];

#[component]
pub(crate) fn Tools(table: Table) -> impl IntoView {
    let asked = table.asked;
    let count = Memo::new(move |_| asked.query.with(|query| query.filters.len()));
    let label = move || match count.get() {
        0 => "Filter".to_owned(),
        count => format!("Filter ({count})"),
    };
    view! {
        <div class="bar tools">
            <Search asked/>
            <Popover label=Signal::derive(label)><FilterChoices table/></Popover>
            <Popover label="Columns"><Columns table/></Popover>
            <label class="visually-hidden" for="days">"Days of the rule of use"</label>
            <select id="days" prop:value=move || asked.query.with(|query| query.days.to_string())
                on:change=move |event| if let Ok(days) = event_target_value(&event).parse() {
                    asked.change(|query| query.days = days);
                }>
                {RULES.into_iter().map(|days| view! {
                    <option value=days.to_string() selected=asked.query.with_untracked(|query| query.days == days)>{format!("Use within {days} days")}</option>
                }).collect_view()}
            </select>
            <span class="grow"></span>
            <a class="button" rel="external" download="" href=move || asked.export("csv")><Icon name="download"/>"CSV"</a>
            <a class="button" rel="external" download="" href=move || asked.export("parquet")><Icon name="download"/>"Parquet"</a>
            <PrintButton table/>
        </div>
        {move || chosen(table)}
    }
}

#[component]
fn Search(asked: Asked) -> impl IntoView {
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
                asked.replace(|query| query.search = text);
            }
        });
    };
    Effect::new(move |_| {
        let text = asked.query.with(|query| query.search.clone());
        let Some(field) = field.get() else { return };
        if typed.with_value(|typed| typed.1 != text) {
            field.set_value(&text);
            typed.update_value(|typed| typed.1 = text);
        }
    });
    view! {
        <label class="visually-hidden" for="search">"Search"</label>
        <input id="search" type="search" placeholder="Search" autocomplete="off" node_ref=field on:input=search/>
    }
}

/// Which columns are shown.
#[component]
fn Columns(table: Table) -> impl IntoView {
    let columns =
        Memo::new(move |_| table.head.with(|head| head.as_ref().map(|head| head.columns.clone()).unwrap_or_default()));
    view! {
        <fieldset>
            <legend>"Columns to show"</legend>
            {move || columns.get().into_iter().map(|column| {
                let label = column.label.clone();
                let column = StoredValue::new(column);
                view! {
                    <label class="choice">
                        <input type="checkbox" prop:checked=move || column.with_value(|column| table.asked.shows(column))
                            on:change=move |event| column.with_value(|column| table.asked.show(column, event_target_checked(&event)))/>
                        <span>{label}</span>
                    </label>
                }
            }).collect_view()}
        </fieldset>
    }
}
