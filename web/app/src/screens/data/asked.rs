//! What is asked for: the address is the one place that knows it, so that it can be kept, sent, and gone back from.

use super::query::Query;
use crate::address;
use crate::kit::{keep, kept};
use beacon_api::{Column, View, paths};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Goes to an address; whether it takes the place of the one before.
type Go = Rc<dyn Fn(&str, bool)>;

/// The address of a data screen, and the columns that its reader chose.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) shown: View,
    pub(crate) query: Memo<Query>,
    /// What the host is asked, as the query of an address, without which rows.
    pub(crate) question: Memo<String>,
    /// By id of a column: whether it is shown, where that was chosen.
    columns: RwSignal<BTreeMap<String, bool>>,
    go: StoredValue<Go, LocalStorage>,
}

impl Asked {
    /// Belongs to the component that is being made.
    pub(crate) fn new(shown: View) -> Self {
        let (location, navigate) = (use_location(), use_navigate());
        let own = path_of(shown);
        let query = Memo::new(move |before: Option<&Query>| {
            let search = location.search.get();
            match before {
                // On the way to another screen: its address is not for this one.
                Some(before) if location.pathname.get() != own => before.clone(),
                _ => Query::read(address::read(&search)),
            }
        });
        let go: Go = Rc::new(move |to: &str, replace: bool| {
            navigate(to, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
        let chosen = kept(&kept_name(shown)).unwrap_or_default();
        let chosen = chosen.split(',').filter(|id| !id.is_empty()).map(|id| match id.strip_prefix('-') {
            Some(hidden) => (hidden.to_owned(), false),
            None => (id.to_owned(), true),
        });
        Self {
            shown,
            query,
            question: Memo::new(move |_| query.with(|query| address::written(&query.question()))),
            columns: RwSignal::new(chosen.collect()),
            go: StoredValue::new_local(go),
        }
    }

    /// Goes to the same address with something else in it; the way back leads to what was before.
    pub(crate) fn change(self, change: impl FnOnce(&mut Query)) {
        self.go_to(change, false);
    }

    /// The same without a way back: what is being typed is one step.
    pub(crate) fn replace(self, change: impl FnOnce(&mut Query)) {
        self.go_to(change, true);
    }

    fn go_to(self, change: impl FnOnce(&mut Query), replace: bool) {
        let before = self.query.get_untracked();
        let mut query = before.clone();
        change(&mut query);
        if query != before {
            self.go.with_value(|go| go(&address_of(self.shown, &query), replace));
        }
    }

    /// Whether a column is shown.
    pub(crate) fn shows(self, column: &Column) -> bool {
        self.columns.with(|columns| columns.get(&column.id).copied().unwrap_or(column.shown))
    }

    /// Shows a column or does not, from now on.
    pub(crate) fn show(self, column: &Column, shown: bool) {
        self.columns.update(|columns| {
            if shown == column.shown {
                columns.remove(&column.id);
            } else {
                columns.insert(column.id.clone(), shown);
            }
        });
        let written = self.columns.with_untracked(|columns| {
            let ids = columns.iter().map(|(id, shown)| format!("{}{id}", if *shown { "" } else { "-" }));
            ids.collect::<Vec<_>>().join(",")
        });
        keep(&kept_name(self.shown), &written);
    }

    /// Where some of the rows are.
    pub(crate) fn rows(self, offset: u64, limit: u64) -> String {
        let question = self.question.get_untracked();
        format!("{}?offset={offset}&limit={limit}&{question}", paths::with(paths::ROWS, self.shown.as_str()))
    }

    /// Where a file with all rows is.
    pub(crate) fn export(self, format: &str) -> String {
        format!("{}?format={format}&{}", paths::with(paths::EXPORT, self.shown.as_str()), self.question.get())
    }
}

fn kept_name(shown: View) -> String {
    format!("columns-{}", shown.as_str())
}

fn path_of(shown: View) -> String {
    format!("/data/{}", shown.as_str())
}

/// Where a data screen shows what is asked.
pub(crate) fn address_of(shown: View, query: &Query) -> String {
    address::with(&path_of(shown), &query.pairs())
}
