//! A table of any length: only the rows that are seen are in the page, fetched in blocks as they come into sight.

use super::query::Asked;
use super::rows_address;
use crate::api;
use crate::kit::{Icon, day_of, float, use_word};
use beacon_api::{Column, ColumnKind, Problem, Rows, UseState};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Height of a row in pixels, as in the stylesheet.
const ROW: f64 = 34.0;

/// Rows of one request.
const BLOCK: u32 = 100;

/// Blocks that are kept; the farthest go first.
const KEPT: usize = 12;

/// Taller than this no browser draws; a longer table is scrolled in larger steps.
const TALLEST: f64 = 15_000_000.0;

/// Rows above and below what is seen.
const SPARE: u64 = 8;

type Blocks = RwSignal<BTreeMap<u64, Vec<Vec<Value>>>>;

#[component]
pub(crate) fn Grid(
    asked: Asked,
    head: RwSignal<Option<Rows>>,
    problem: RwSignal<Option<Problem>>,
    selected: RwSignal<Option<(String, String)>>,
    label: &'static str,
) -> impl IntoView {
    let blocks: Blocks = RwSignal::default();
    let (top, height, current) = (RwSignal::new(0.0_f64), RwSignal::new(600.0_f64), RwSignal::new(0_u64));
    let element = NodeRef::<html::Div>::new();
    let generation = StoredValue::new(0_u64);
    let under_way = StoredValue::new(BTreeSet::<u64>::new());
    let total = Memo::new(move |_| head.with(|head| head.as_ref().map_or(0, |head| head.total)));
    let fetch = move |block: u64| {
        let mine = generation.get_value();
        if blocks.with_untracked(|blocks| blocks.contains_key(&block))
            || under_way.with_value(|known| known.contains(&block))
        {
            return;
        }
        under_way.update_value(|known| {
            known.insert(block);
        });
        let address = untrack(|| rows_address(asked, block * u64::from(BLOCK), BLOCK));
        spawn_local(async move {
            let result = api::get::<Rows>(&address).await;
            if generation.try_get_value() != Some(mine) {
                return;
            }
            under_way.update_value(|known| {
                known.remove(&block);
            });
            match result {
                Ok(mut rows) => {
                    let lines = std::mem::take(&mut rows.rows);
                    blocks.update(|blocks| {
                        blocks.insert(block, lines);
                        while blocks.len() > KEPT {
                            let far = blocks.keys().copied().max_by_key(|known| known.abs_diff(block));
                            far.map(|far| blocks.remove(&far));
                        }
                    });
                    problem.set(None);
                    if block == 0 || head.with_untracked(Option::is_none) {
                        head.set(Some(rows));
                    }
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    // Another question: everything anew, from the top.
    let data = crate::happenings::happenings().data;
    Effect::new(move |_| {
        asked.text();
        data.track();
        generation.update_value(|count| *count = count.wrapping_add(1));
        under_way.update_value(BTreeSet::clear);
        blocks.set(BTreeMap::new());
        current.set(0);
        top.set(0.0);
        if let Some(element) = element.get_untracked() {
            element.set_scroll_top(0);
        }
        fetch(0);
    });
    let first = Memo::new(move |_| first_row(top.get(), height.get(), total.get()));
    let visible = Memo::new(move |_| {
        let rows = to_rows(height.get() / ROW) + 2 * SPARE;
        let from = first.get().saturating_sub(SPARE);
        (from, total.get().min(from + rows))
    });
    Effect::new(move |_| {
        let (from, to) = visible.get();
        let block = u64::from(BLOCK);
        (from / block..=to.saturating_sub(1).max(from) / block).for_each(fetch);
    });
    let columns = Memo::new(move |_| {
        let columns = head.with(|head| head.as_ref().map(|head| head.columns.clone()).unwrap_or_default());
        let places = columns.into_iter().enumerate();
        places.filter(|(_, column)| asked.shows(&column.id, column.shown)).collect::<Vec<_>>()
    });
    let tracks =
        move || columns.with(|columns| columns.iter().map(|(_, column)| track(column)).collect::<Vec<_>>().join(" "));
    let width = move || format!("{}px", columns.with(Vec::len) * 130);
    let scrolled = move |_| {
        if let Some(element) = element.get_untracked() {
            top.set(f64::from(element.scroll_top()));
            height.set(f64::from(element.client_height()));
        }
    };
    let go_to = move |row: u64| {
        let row = row.min(total.get_untracked().saturating_sub(1));
        current.set(row);
        if let Some(element) = element.get_untracked() {
            let from =
                first_row(f64::from(element.scroll_top()), f64::from(element.client_height()), total.get_untracked());
            let fits = to_rows(f64::from(element.client_height()) / ROW).saturating_sub(2);
            if row < from || row >= from + fits {
                element.set_scroll_top(scroll_of(row, total.get_untracked()));
            }
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let (row, page) = (current.get_untracked(), 15);
        match event.key().as_str() {
            "ArrowDown" => go_to(row + 1),
            "ArrowUp" => go_to(row.saturating_sub(1)),
            "PageDown" => go_to(row + page),
            "PageUp" => go_to(row.saturating_sub(page)),
            "Home" => go_to(0),
            "End" => go_to(u64::MAX),
            "Enter" => selected.set(key_of(blocks, row)),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            class="grid" role="grid" tabindex="0" aria-label=label node_ref=element
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-colcount=move || columns.with(Vec::len).to_string()
            style:--columns=tracks style:--width=width
            on:scroll=scrolled on:keydown=pressed
        >
            <div class="head" role="row" aria-rowindex="1">
                {move || columns.get().into_iter().map(|(_, column)| view! { <Head column asked/> }).collect_view()}
            </div>
            <div class="body" role="rowgroup" style:height=move || format!("{}px", tall(total.get()))>
                {move || {
                    let (from, to) = visible.get();
                    let columns = columns.get();
                    let offset = shift(first.get(), top.get(), total.get());
                    (from..to).map(|row| {
                        let values = value_of(blocks, row);
                        let cells = columns.iter().map(|(place, column)| {
                            let value = values.as_ref().and_then(|values| values.get(place + 2)).cloned();
                            let number = matches!(column.kind, ColumnKind::Number);
                            view! { <div role="gridcell" class:number=number>{shown(column, value.as_ref())}</div> }
                        }).collect_view();
                        let place = format!("{:.0}px", offset + rows_high(row));
                        view! {
                            <div class="line" role="row" style:top=place aria-rowindex=(row + 2).to_string()
                                aria-selected=move || (current.get() == row).to_string()
                                on:click=move |_| { current.set(row); selected.set(key_of(blocks, row)); }>
                                {cells}
                            </div>
                        }
                    }).collect_view()
                }}
            </div>
        </div>
    }
}

/// The head of a column; those that can be sorted by are buttons.
#[component]
fn Head(column: Column, asked: Asked) -> impl IntoView {
    let id = StoredValue::new(column.id.clone());
    let order = move || {
        asked.sort.get().filter(|(sorted, _)| id.with_value(|id| id == sorted)).map(|(_, descending)| descending)
    };
    let sort = move |_| {
        let next = match order() {
            None => Some((id.get_value(), false)),
            Some(false) => Some((id.get_value(), true)),
            Some(true) => None,
        };
        asked.sort.set(next);
    };
    let spoken = move || match order() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let content = if column.sortable {
        view! {
            <button type="button" on:click=sort>
                {column.label.clone()}
                {move || order().map(|descending| view! { <Icon name={if descending { "down" } else { "up" }}/> })}
            </button>
        }
        .into_any()
    } else {
        view! { <span class="plain">{column.label.clone()}</span> }.into_any()
    };
    view! { <div role="columnheader" aria-sort=spoken>{content}</div> }
}

/// Width of a column.
fn track(column: &Column) -> &'static str {
    match column.kind {
        ColumnKind::Number | ColumnKind::YesNo => "minmax(90px, 0.6fr)",
        ColumnKind::Day | ColumnKind::Moment => "minmax(120px, 0.8fr)",
        ColumnKind::Text | ColumnKind::Use => "minmax(140px, 1.4fr)",
    }
}

fn shown(column: &Column, value: Option<&Value>) -> String {
    match (column.kind, value) {
        (_, None) => "…".to_owned(),
        (_, Some(Value::Null)) => String::new(),
        (ColumnKind::YesNo, Some(Value::Bool(yes))) => if *yes { "Yes" } else { "No" }.to_owned(),
        (ColumnKind::Day, Some(Value::String(day))) => day_of(day),
        (ColumnKind::Moment, Some(Value::String(moment))) => moment.get(..10).map(day_of).unwrap_or_default(),
        (ColumnKind::Use, Some(value)) => serde_json::from_value::<UseState>(value.clone())
            .map_or_else(|_| String::new(), |state| use_word(state).to_owned()),
        (_, Some(Value::String(text))) => text.clone(),
        (_, Some(other)) => other.to_string(),
    }
}

fn value_of(blocks: Blocks, row: u64) -> Option<Vec<Value>> {
    let block = u64::from(BLOCK);
    let place = usize::try_from(row % block).ok()?;
    blocks.with(|blocks| blocks.get(&(row / block))?.get(place).cloned())
}

/// Connection and key of a row.
fn key_of(blocks: Blocks, row: u64) -> Option<(String, String)> {
    let values = untrack(|| value_of(blocks, row))?;
    let text = |place: usize| values.get(place).and_then(Value::as_str).map(str::to_owned);
    Some((text(0)?, text(1)?))
}

fn rows_high(row: u64) -> f64 {
    float(row) * ROW
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows, not negative")]
fn to_rows(rows: f64) -> u64 {
    rows.max(0.0).ceil() as u64
}

/// Height of the body.
fn tall(total: u64) -> f64 {
    rows_high(total).min(TALLEST)
}

/// How many pixels of rows one pixel of scrolling is.
fn scale(total: u64) -> f64 {
    (rows_high(total) / TALLEST).max(1.0)
}

fn first_row(top: f64, height: f64, total: u64) -> u64 {
    let last = rows_high(total) - height;
    let pixel = (top * scale(total)).min(last.max(0.0));
    to_rows((pixel / ROW).floor())
}

/// What has to be added to the place of a row so that the first one that is seen lies at the top.
fn shift(first: u64, top: f64, total: u64) -> f64 {
    if scale(total) > 1.0 { top - rows_high(first) } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "at most the tallest height")]
fn scroll_of(row: u64, total: u64) -> i32 {
    (rows_high(row) / scale(total)) as i32
}
