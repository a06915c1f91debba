//! Users, applications, licences and usage: one table over whatever the host finds.

mod grid;
mod panes;
mod query;

use crate::kit::{ConnectionChoice, DataNotices, Icon, ProblemNotice, counted};
use beacon_api::{Problem, Rows, View, paths};
use gloo_timers::future::TimeoutFuture;
use grid::Grid;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use panes::Pane;
use query::Asked;

/// How long typing may rest before it is searched for.
const REST: u32 = 150;

#[component]
pub(crate) fn Users() -> impl IntoView {
    view! { <Screen shown=View::Users title="Users"/> }
}

#[component]
pub(crate) fn Applications() -> impl IntoView {
    view! { <Screen shown=View::Applications title="Applications"/> }
}

#[component]
pub(crate) fn Licences() -> impl IntoView {
    view! { <Screen shown=View::Licences title="Licences"/> }
}

#[component]
pub(crate) fn Usage() -> impl IntoView {
    view! { <Screen shown=View::Usage title="Usage"/> }
}

#[component]
fn Screen(shown: View, title: &'static str) -> impl IntoView {
    let connection = use_query_map().with_untracked(|query| query.get("connection")).unwrap_or_default();
    let asked = Asked::new(shown, connection);
    // Of the first rows that came: columns, notices, and how many there are.
    let head = RwSignal::new(None::<Rows>);
    let problem = RwSignal::new(None::<Problem>);
    let selected = RwSignal::new(None::<(String, String)>);
    view! {
        <div class="bar">
            <h1>{title}</h1>
            <span class="soft" role="status">{move || head.with(|head| head.as_ref().map(|head| format!("{} found", counted(head.total))))}</span>
            <span class="grow"></span>
            <ConnectionChoice chosen=asked.connection/>
        </div>
        <Tools asked head/>
        {move || problem.get().map(|problem| view! { <ProblemNotice problem/> })}
        {move || head.with(|head| head.as_ref().map(|head| head.notices.clone())).map(|notices| view! { <DataNotices notices/> })}
        <div class=move || if selected.with(Option::is_some) { "with-pane" } else { "stack" }>
            <Grid asked head problem selected label=title/>
            <Pane shown asked selected/>
        </div>
    }
}

/// Search, filters, days, columns, export.
#[component]
fn Tools(asked: Asked, head: RwSignal<Option<Rows>>) -> impl IntoView {
    let typed = StoredValue::new(0_u64);
    let search = move |event| {
        let text = event_target_value(&event);
        typed.update_value(|count| *count = count.wrapping_add(1));
        let mine = typed.get_value();
        spawn_local(async move {
            TimeoutFuture::new(REST).await;
            if typed.try_get_value() == Some(mine) {
                asked.search.set(text);
            }
        });
    };
    let choices = Memo::new(move |_| {
        head.with(|head| {
            let columns = head.as_ref().map(|head| head.columns.clone()).unwrap_or_default();
            columns.into_iter().filter(|column| !column.choices.is_empty()).collect::<Vec<_>>()
        })
    });
    let columns =
        Memo::new(move |_| head.with(|head| head.as_ref().map(|head| head.columns.clone()).unwrap_or_default()));
    view! {
        <div class="bar">
            <label class="visually-hidden" for="search">"Search"</label>
            <input id="search" type="search" placeholder="Search" on:input=search/>
            {move || choices.get().into_iter().map(|column| {
                let (id, label) = (column.id.clone(), column.label.clone());
                let options = column.choices.into_iter().map(|choice| view! { <option value=choice.clone()>{choice.clone()}</option> });
                view! {
                    <select aria-label=format!("Filter by {label}") on:change=move |event| asked.filter_by(&id, event_target_value(&event))>
                        <option value="">{label.clone()}": all"</option>
                        {options.collect_view()}
                    </select>
                }
            }).collect_view()}
            <select aria-label="Days of the rule" on:change=move |event| asked.days.set(event_target_value(&event).parse().unwrap_or(90))>
                <option value="90">"Use within 90 days"</option>
                <option value="7">"7 days"</option>
                <option value="30">"30 days"</option>
                <option value="180">"180 days"</option>
            </select>
            <details>
                <summary class="button">"Columns"</summary>
                <fieldset>
                    <legend class="visually-hidden">"Columns to show"</legend>
                    {move || columns.get().into_iter().map(|column| {
                        let (id, first) = (column.id.clone(), column.shown);
                        let (shown_id, change_id) = (id.clone(), id);
                        view! {
                            <label class="choice">
                                <input type="checkbox" prop:checked=move || asked.shows(&shown_id, first)
                                    on:change=move |event| asked.show(&change_id, event_target_checked(&event))/>
                                <span>{column.label}</span>
                            </label>
                        }
                    }).collect_view()}
                </fieldset>
            </details>
            <span class="grow"></span>
            <a class="button" rel="external" download="" href=move || asked.export("csv")><Icon name="down"/>"CSV"</a>
            <a class="button" rel="external" download="" href=move || asked.export("parquet")><Icon name="down"/>"Parquet"</a>
        </div>
    }
}

/// Address of a part of the rows.
fn rows_address(asked: Asked, offset: u64, limit: u32) -> String {
    format!("{}?offset={offset}&limit={limit}&{}", paths::with(paths::ROWS, asked.shown.as_str()), asked.text())
}
