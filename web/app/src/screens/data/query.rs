//! What is asked for: the signals behind the tools above a table.

use beacon_api::{View, paths};
use js_sys::encode_uri_component;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) shown: View,
    pub(crate) connection: RwSignal<String>,
    pub(crate) search: RwSignal<String>,
    pub(crate) days: RwSignal<u16>,
    /// Column, and whether the largest comes first.
    pub(crate) sort: RwSignal<Option<(String, bool)>>,
    filters: RwSignal<BTreeMap<String, String>>,
    /// Columns whose being shown was changed.
    columns: RwSignal<BTreeMap<String, bool>>,
}

impl Asked {
    pub(crate) fn new(shown: View, connection: String) -> Self {
        Self {
            shown,
            connection: RwSignal::new(connection),
            search: RwSignal::new(String::new()),
            days: RwSignal::new(90),
            sort: RwSignal::new(None),
            filters: RwSignal::default(),
            columns: RwSignal::default(),
        }
    }

    /// Only rows with this value; an empty one takes the filter away.
    pub(crate) fn filter_by(self, column: &str, value: String) {
        self.filters.update(|filters| {
            if value.is_empty() {
                filters.remove(column);
            } else {
                filters.insert(column.to_owned(), value);
            }
        });
    }

    /// Whether a column is shown, that is or is not shown at first.
    pub(crate) fn shows(self, column: &str, first: bool) -> bool {
        self.columns.with(|columns| columns.get(column).copied().unwrap_or(first))
    }

    pub(crate) fn show(self, column: &str, shown: bool) {
        self.columns.update(|columns| {
            columns.insert(column.to_owned(), shown);
        });
    }

    /// The query of an address, without offset and limit.
    pub(crate) fn text(self) -> String {
        let mut parts = vec![format!("days={}", self.days.get())];
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                parts.push(format!("{name}={}", encode_uri_component(value)));
            }
        };
        add("connection", &self.connection.get());
        add("search", self.search.get().trim());
        if let Some((column, descending)) = self.sort.get() {
            add("sort", &column);
            add("descending", if descending { "true" } else { "false" });
        }
        // A bar or a backslash within a value is written with a backslash before it.
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('|', "\\|");
        let filters: Vec<String> =
            self.filters.get().iter().map(|(column, value)| format!("{column}:{}", escaped(value))).collect();
        add("filter", &filters.join("|"));
        parts.join("&")
    }

    /// Address of a file with all rows.
    pub(crate) fn export(self, format: &str) -> String {
        format!("{}?format={format}&{}", paths::with(paths::EXPORT, self.shown.as_str()), self.text())
    }
}
