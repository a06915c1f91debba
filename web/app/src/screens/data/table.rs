//! What a table is about to show: its rows as they come, and where in them the reader is.

use super::asked::Asked;
use super::blocks::{BLOCK, Blocks, Row, Taken, Ticket};
use super::scrolling::{ROW, Scrolling};
use crate::api;
use crate::happenings::happenings;
use beacon_api::{Column, Problem, Rows};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Everything about a table that is no markup.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    pub(crate) asked: Asked,
    /// Of the newest rows that came: columns, notices, and how many there are.
    pub(crate) head: RwSignal<Option<Rows>>,
    pub(crate) problem: RwSignal<Option<Problem>>,
    /// The row that keys act on.
    pub(crate) current: RwSignal<u64>,
    /// Rows that are printed instead of those that are seen.
    pub(crate) printed: RwSignal<Option<(u64, u64)>>,
    pub(crate) scrolling: RwSignal<Scrolling>,
    /// Rows that have to be in the page: the first, and the one behind the last.
    pub(crate) window: Memo<(u64, u64)>,
    /// Whether the rows that are shown answer a question that is asked no more.
    pub(crate) waiting: RwSignal<bool>,
    pub(crate) element: NodeRef<html::Div>,
    blocks: RwSignal<Blocks>,
}

impl Table {
    /// Belongs to the component that is being made, and asks for its rows from now on.
    pub(crate) fn new(asked: Asked) -> Self {
        let (scrolling, printed) = (RwSignal::new(Scrolling::default()), RwSignal::new(None));
        let window = Memo::new(move |_| printed.get().unwrap_or_else(|| scrolling.get().window()));
        let table = Self {
            asked,
            head: RwSignal::new(None),
            problem: RwSignal::new(None),
            current: RwSignal::new(0),
            printed,
            scrolling,
            window,
            waiting: RwSignal::new(true),
            element: NodeRef::new(),
            blocks: RwSignal::default(),
        };
        let data = happenings().data;
        Effect::new(move |before: Option<String>| {
            data.track();
            let question = asked.question.get();
            let same = before.as_ref() == Some(&question);
            table.blocks.update_untracked(|blocks| if same { blocks.renew() } else { blocks.replace() });
            table.waiting.set(!same);
            table.fetch();
            question
        });
        Effect::new(move |_| {
            window.track();
            table.fetch();
        });
        table
    }

    /// Asks for what is missing.
    fn fetch(self) {
        let (from, to) = self.window.get_untracked();
        let rows = self.scrolling.with_untracked(|scrolling| scrolling.rows);
        // What comes next is there before it is seen.
        let wanted = (from.saturating_sub(BLOCK), to.saturating_add(BLOCK).min(rows));
        let Some(tickets) = self.blocks.try_update_untracked(|blocks| blocks.ask(wanted)) else { return };
        for ticket in tickets {
            let address = self.asked.rows(ticket.block * BLOCK, BLOCK);
            spawn_local(async move {
                let answer = api::get::<Rows>(&address).await;
                self.take(ticket, answer);
            });
        }
    }

    fn take(self, ticket: Ticket, answer: Result<Rows, Problem>) {
        // The screen may be gone.
        let Some(window) = self.window.try_get_untracked() else { return };
        match answer {
            Ok(mut rows) => {
                let lines = std::mem::take(&mut rows.rows);
                let taken = self.blocks.try_update_untracked(|blocks| blocks.take(ticket, lines, window));
                match taken {
                    None | Some(Taken::Late) => return,
                    Some(Taken::First) => self.begin(),
                    Some(Taken::Added) => {}
                }
                self.problem.set(None);
                self.waiting.set(false);
                self.scrolling.update(|scrolling| scrolling.rows = rows.total);
                let last = rows.total.saturating_sub(1);
                if self.current.get_untracked() > last {
                    self.current.set(last);
                }
                if self.head.with_untracked(|head| head.as_ref() != Some(&rows)) {
                    self.head.set(Some(rows));
                }
                self.blocks.notify();
                self.fetch();
            }
            Err(refused) => {
                if self.blocks.try_update_untracked(|blocks| blocks.give_up(ticket)) != Some(true) {
                    return;
                }
                if self.blocks.with_untracked(Blocks::is_replaced) {
                    // No rows are better than those of another question.
                    self.head.set(None);
                    self.scrolling.update(|scrolling| scrolling.rows = 0);
                }
                self.problem.set(Some(refused));
                self.waiting.set(false);
            }
        }
    }

    /// Asks for everything in sight once more.
    pub(crate) fn again(self) {
        self.blocks.update_untracked(Blocks::renew);
        self.fetch();
    }

    /// Another list: from its first row.
    fn begin(self) {
        self.current.set(0);
        self.scrolling.update(|scrolling| (scrolling.top, scrolling.rest) = (0.0, 0.0));
        if let Some(element) = self.element.get_untracked() {
            element.set_scroll_top(0);
        }
    }

    /// One row, if it is there.
    pub(crate) fn row(self, row: u64) -> Option<Row> {
        self.blocks.with(|blocks| blocks.row(row))
    }

    /// Rows that are there without a gap around what is seen.
    pub(crate) fn at_hand(self) -> (u64, u64) {
        let first = self.scrolling.with_untracked(|scrolling| scrolling.first());
        self.blocks.with_untracked(|blocks| blocks.around(first))
    }

    /// Whether all of these rows are there.
    pub(crate) fn holds(self, (from, to): (u64, u64)) -> bool {
        self.blocks.with(|blocks| (from..to).all(|row| blocks.row(row).is_some()))
    }

    /// The columns that are shown, each with its place in a row.
    pub(crate) fn columns(self) -> Memo<Vec<(usize, Column)>> {
        Memo::new(move |_| {
            let columns = self.head.with(|head| head.as_ref().map(|head| head.columns.clone()).unwrap_or_default());
            // Connection and key stand before them.
            let places = columns.into_iter().enumerate().map(|(place, column)| (place + 2, column));
            places.filter(|(_, column)| self.asked.shows(column)).collect()
        })
    }

    /// The bar was moved, or the window changed.
    pub(crate) fn measure(self) {
        let Some(element) = self.element.get_untracked() else { return };
        let (top, view) = (f64::from(element.scroll_top()), f64::from(element.client_height()) - ROW);
        let before = self.scrolling.get_untracked();
        // What was set by this table itself has its rest already.
        let rest = if (top - before.top).abs() < 1.0 { before.rest } else { 0.0 };
        let now = Scrolling { top: if rest == 0.0 { top } else { before.top }, rest, view: view.max(ROW), ..before };
        if now != before {
            self.scrolling.set(now);
        }
    }

    /// Moves the bar.
    #[expect(clippy::cast_possible_truncation, reason = "below the tallest height")]
    pub(crate) fn scroll_to(self, to: Scrolling) {
        if to != self.scrolling.get_untracked() {
            self.scrolling.set(to);
            if let Some(element) = self.element.get_untracked() {
                element.set_scroll_top(to.top as i32);
            }
        }
    }

    /// Makes a row the current one, in sight.
    pub(crate) fn go_to(self, row: u64) {
        let row = row.min(self.scrolling.with_untracked(|scrolling| scrolling.rows).saturating_sub(1));
        self.current.set(row);
        self.measure();
        self.scroll_to(self.scrolling.with_untracked(|scrolling| scrolling.showing(row)));
    }

    /// Opens the pane of a row.
    pub(crate) fn open(self, row: u64) {
        let Some(values) = untrack(|| self.row(row)) else { return };
        self.asked.change(|query| query.open = key_of(&values));
    }
}

/// Connection and key of a row.
pub(crate) fn key_of(row: &Row) -> Option<(String, String)> {
    let text = |place: usize| row.get(place)?.as_str().map(str::to_owned);
    Some((text(0)?, text(1)?))
}
