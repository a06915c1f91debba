//! Users, applications, licences and usage: one table over whatever the host finds.

mod asked;
mod blocks;
mod cell;
mod filters;
mod grid;
mod panes;
mod printing;
mod query;
mod scrolling;
mod sorting;
mod table;
mod tools;

use crate::kit::{ConnectionChoice, DataNotices, ProblemNotice, UseMeanings, counted};
use asked::Asked;
use beacon_api::{Rows, View};
use grid::Grid;
use leptos::prelude::*;
use leptos_router::components::A;
use panes::Pane;
use printing::PrintedRows;
use table::Table;
use tools::Tools;

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
    let asked = Asked::new(shown);
    let table = Table::new(asked);
    let head = table.head;
    let connection = Memo::new(move |_| asked.query.with(|query| query.connection.clone()));
    let is_open = Memo::new(move |_| asked.query.with(|query| query.open.is_some()));
    let found = move || head.with(|head| head.as_ref().map(|head| format!("{} found", counted(head.total))));
    let is_empty = Memo::new(move |_| head.with(|head| head.as_ref().is_some_and(|head| head.total == 0)));
    let notices = Memo::new(move |_| head.with(|head| head.as_ref().map(|head: &Rows| head.notices.clone())));
    view! {
        <div class="bar">
            <h1>{title}</h1>
            <span class="soft" role="status">{found}</span>
            <span class="grow"></span>
            <ConnectionChoice chosen=connection choose=move |id| asked.change(|query| query.connection = id)/>
        </div>
        <Tools table/>
        {move || table.problem.get().map(|problem| view! {
            <ProblemNotice problem/>
            <div class="bar"><button type="button" on:click=move |_| table.again()>"Try again"</button></div>
        })}
        {move || notices.get().map(|notices| view! { <DataNotices notices/> })}
        {matches!(shown, View::Applications | View::Usage).then(|| view! { <UseMeanings/> })}
        <PrintedRows table/>
        {move || is_empty.get().then(|| view! { <Nothing asked/> })}
        <div class=move || if is_open.get() { "with-pane" } else { "stack" } hidden=move || is_empty.get()>
            <Grid table label=title/>
            <Pane table/>
        </div>
    }
}

/// Why there is nothing, and what to do.
#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    let narrows = Memo::new(move |_| asked.query.with(|query| query.narrows()));
    let clear = move |_| {
        asked.change(|query| {
            query.search.clear();
            query.filters.clear();
        });
    };
    view! {
        <div class="card narrow">
            {move || if narrows.get() {
                view! {
                    <p>"Nothing here fits the search and the filters."</p>
                    <div class="bar"><button type="button" on:click=clear>"Show everything"</button></div>
                }.into_any()
            } else {
                view! {
                    <p>"Nothing was imported yet. "<A href="/connections">"Choose a connection"</A>" and Execute Now."</p>
                }.into_any()
            }}
        </div>
    }
}
