//! A table of any length: only the rows that are seen are in the page.

use super::cell::{cell, is_number, width};
use super::scrolling::{ROW, Scrolling, pixels};
use super::sorting::Head;
use super::table::{Table, key_of};
use beacon_api::Column;
use leptos::prelude::*;

/// The columns that are shown, with their places in a row.
type Columns = Memo<Vec<(usize, Column)>>;

#[component]
pub(crate) fn Grid(table: Table, label: &'static str) -> impl IntoView {
    let Table { current, element, window, scrolling, .. } = table;
    let columns = table.columns();
    let anchor = Memo::new(move |_| Scrolling::anchor(window.get().0));
    let rows = Memo::new(move |_| scrolling.get().rows);
    // The bar comes and goes with rows, columns and window.
    Effect::new(move |_| {
        rows.track();
        columns.track();
        table.measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| table.measure());
    on_cleanup(move || resized.remove());
    // On a screen no column is narrower than can be read; on paper all of them have to fit.
    let tracks = move |on_paper: bool| {
        let track = |(_, column): &(usize, Column)| {
            let (least, part) = width(column);
            format!("minmax({}px, {part})", if on_paper { 0 } else { least })
        };
        columns.with(|columns| columns.iter().map(track).collect::<Vec<_>>().join(" "))
    };
    let least = move || {
        let all: u32 = columns.with(|columns| columns.iter().map(|(_, column)| width(column).0).sum());
        format!("{all}px")
    };
    let active = move || {
        let (from, to) = window.get();
        Some(current.get()).filter(|row| (from..to).contains(row)).map(id_of)
    };
    view! {
        <div
            class="grid" role="grid" tabindex="0" aria-label=label node_ref=element
            aria-rowcount=move || (rows.get() + 1).to_string()
            aria-colcount=move || columns.with(Vec::len).to_string()
            aria-activedescendant=active
            aria-busy=move || table.waiting.get().to_string()
            style:--columns=move || tracks(false) style:--paper=move || tracks(true) style:--width=least
            on:scroll=move |_| table.measure()
            on:keydown=move |event| pressed(table, &event)
            on:wheel=move |event| turned(table, &event)
        >
            <div class="head" role="row" aria-rowindex="1">
                {move || columns.get().into_iter().map(|(_, column)| view! { <Head column asked=table.asked/> }).collect_view()}
            </div>
            <div class="body" role="none" style:height=move || format!("{}px", scrolling.get().tall())>
                <div class="window" role="rowgroup" style:top=move || format!("{:.1}px", scrolling.get().shift(anchor.get()))>
                    <For each=move || { let (from, to) = window.get(); from..to } key=|row| *row let:row>
                        <Line table row columns anchor/>
                    </For>
                </div>
            </div>
        </div>
    }
}

fn id_of(row: u64) -> String {
    format!("row-{row}")
}

/// One row.
#[component]
fn Line(table: Table, row: u64, columns: Columns, anchor: Memo<u64>) -> impl IntoView {
    let values = Memo::new(move |_| table.row(row));
    let is_open = move || {
        let key = values.with(|values| values.as_ref().and_then(key_of));
        key.is_some() && table.asked.query.with(|query| query.open == key)
    };
    let cells = move || {
        let values = values.get();
        let one = |(place, column): &(usize, Column)| {
            let value = values.as_ref().and_then(|values| values.get(*place));
            view! { <div role="gridcell" class:number=is_number(column)>{cell(column, value)}</div> }
        };
        columns.with(|columns| columns.iter().map(one).collect_view())
    };
    let clicked = move |_| {
        table.current.set(row);
        table.open(row);
    };
    view! {
        <div class="line" role="row" id=id_of(row) aria-rowindex=(row + 2).to_string()
            class:current=move || table.current.get() == row
            aria-selected=move || is_open().to_string()
            style:top=move || format!("{}px", pixels(row.saturating_sub(anchor.get())))
            on:click=clicked>
            {cells}
        </div>
    }
}

/// Keys of the table itself; what stands in its head has its own.
fn pressed(table: Table, event: &leptos::ev::KeyboardEvent) {
    if event.target() != event.current_target() || event.alt_key() || event.meta_key() {
        return;
    }
    let row = table.current.get_untracked();
    let page = table.scrolling.with_untracked(|scrolling| scrolling.page());
    match event.key().as_str() {
        "ArrowDown" => table.go_to(row.saturating_add(1)),
        "ArrowUp" => table.go_to(row.saturating_sub(1)),
        "PageDown" => table.go_to(row.saturating_add(page)),
        "PageUp" => table.go_to(row.saturating_sub(page)),
        "Home" => table.go_to(0),
        "End" => table.go_to(u64::MAX),
        "Enter" => table.open(row),
        "Escape" => table.asked.change(|query| query.open = None),
        _ => return,
    }
    event.prevent_default();
}

/// Where a step of the bar is many rows, the wheel moves by rows all the same.
fn turned(table: Table, event: &leptos::ev::WheelEvent) {
    let scrolling = table.scrolling.get_untracked();
    let sideways = event.shift_key() || event.delta_x().abs() > event.delta_y().abs();
    if !scrolling.is_scaled() || event.ctrl_key() || sideways {
        return;
    }
    let unit = match event.delta_mode() {
        leptos::ev::WheelEvent::DOM_DELTA_LINE => ROW,
        leptos::ev::WheelEvent::DOM_DELTA_PAGE => scrolling.view,
        _ => 1.0,
    };
    table.scroll_to(scrolling.moved(event.delta_y() * unit));
    event.prevent_default();
}
