//! What a data screen shows, as its address says it and as the host is asked for it. Plain values, nothing of a browser.

use std::collections::BTreeMap;

/// Days of the rule of use, if the address names none.
pub(crate) const DAYS: u16 = 90;

/// Begins the names of filters in an address.
const FILTER: &str = "filter.";

/// Everything that makes two looks at a screen the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// Id of a connection; empty for all.
    pub(crate) connection: String,
    pub(crate) search: String,
    pub(crate) days: u16,
    /// Column, and whether the largest comes first.
    pub(crate) sort: Option<(String, bool)>,
    /// Value by column; only rows that have all of them.
    pub(crate) filters: BTreeMap<String, String>,
    /// Connection and key of the row whose pane is open.
    pub(crate) open: Option<(String, String)>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            connection: String::new(),
            search: String::new(),
            days: DAYS,
            sort: None,
            filters: BTreeMap::new(),
            open: None,
        }
    }
}

impl Query {
    /// What an address says; the pairs that it does not know it leaves out.
    pub(crate) fn read(pairs: Vec<(String, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "connection" => query.connection = value,
                "search" => query.search = value,
                "days" => query.days = value.parse().unwrap_or(DAYS),
                "sort" => {
                    let descending = value.strip_prefix('-').map(|column| (column.to_owned(), true));
                    query.sort = Some(descending.unwrap_or((value, false)));
                }
                "open" => {
                    query.open = value.split_once('/').map(|(connection, key)| (connection.to_owned(), key.to_owned()));
                }
                name => {
                    if let Some(column) = name.strip_prefix(FILTER) {
                        query.filters.insert(column.to_owned(), value);
                    }
                }
            }
        }
        query
    }

    /// What an address has to say so that [`Self::read`] finds the same; nothing for what is so anyway.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if !self.connection.is_empty() {
            add("connection", self.connection.clone());
        }
        if !self.search.is_empty() {
            add("search", self.search.clone());
        }
        if self.days != DAYS {
            add("days", self.days.to_string());
        }
        if let Some((column, descending)) = &self.sort {
            add("sort", format!("{}{column}", if *descending { "-" } else { "" }));
        }
        for (column, value) in &self.filters {
            add(&format!("{FILTER}{column}"), value.clone());
        }
        if let Some((connection, key)) = &self.open {
            add("open", format!("{connection}/{key}"));
        }
        pairs
    }

    /// What the host is asked, without which rows; the same for two queries that differ only in what is open.
    pub(crate) fn question(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("days", self.days.to_string())];
        if !self.connection.is_empty() {
            pairs.push(("connection", self.connection.clone()));
        }
        if !self.search.trim().is_empty() {
            pairs.push(("search", self.search.trim().to_owned()));
        }
        if let Some((column, descending)) = &self.sort {
            pairs.push(("sort", column.clone()));
            pairs.push(("descending", descending.to_string()));
        }
        if !self.filters.is_empty() {
            // A bar or a backslash within a value is written with a backslash before it.
            let escaped = |value: &str| value.replace('\\', "\\\\").replace('|', "\\|");
            let filters = self.filters.iter().map(|(column, value)| format!("{column}:{}", escaped(value)));
            pairs.push(("filter", filters.collect::<Vec<_>>().join("|")));
        }
        pairs
    }

    /// Whether rows are left out by what was typed or chosen.
    pub(crate) fn narrows(&self) -> bool {
        !self.search.trim().is_empty() || !self.filters.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Query {
        Query {
            connection: "7f3c".to_owned(),
            search: " Zoë & Söhne ".to_owned(),
            days: 30,
            sort: Some(("last_sign_in_at".to_owned(), true)),
            filters: BTreeMap::from([
                ("department".to_owned(), r"R|D \ x".to_owned()),
                ("product".to_owned(), "c7df2760-2c81".to_owned()),
            ]),
            open: Some(("7f3c".to_owned(), "user/application".to_owned())),
        }
    }

    #[test]
    fn an_address_says_everything() {
        for query in [full(), Query::default(), Query { sort: Some(("a".to_owned(), false)), ..Query::default() }] {
            assert_eq!(Query::read(query.pairs()), query);
        }
        assert_eq!(Query::default().pairs(), []);
        // A row of several connections has none.
        let sum = Query { open: Some((String::new(), "teams".to_owned())), ..Query::default() };
        assert_eq!(Query::read(sum.pairs()), sum);
    }

    #[test]
    fn what_an_address_says_wrongly_is_as_if_it_were_not_there() {
        let pairs = [("days", "many"), ("open", "nothing"), ("unknown", "x"), ("filters.a", "b")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(Query::read(pairs), Query::default());
    }

    #[test]
    fn what_is_open_is_no_part_of_the_question() {
        assert_eq!(Query { open: None, ..full() }.question(), full().question());
        assert!(full().narrows() && !Query::default().narrows());
    }

    #[test]
    fn values_of_filters_are_escaped_as_the_host_reads_them() {
        let question = full().question();
        let filter = question.iter().find(|(name, _)| *name == "filter").map(|(_, value)| value.as_str());
        assert_eq!(filter, Some(r"department:R\|D \\ x|product:c7df2760-2c81"));
        let search = question.iter().find(|(name, _)| *name == "search").map(|(_, value)| value.as_str());
        assert_eq!(search, Some("Zoë & Söhne"));
    }
}
