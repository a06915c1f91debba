//! Lists read in parts: a small grammar of range filters, and whether their union leaves nothing out.
//!
//! `p ge 'a'`, `p le 'b'`, or `p ge 'a' and p le 'b'`, with `p` the property of the manifest's rule: `ge` and `le` are
//! what directories offer for names. A quote within a value is doubled (OData 4.01 URL conventions section 5.1.1.14.2).
//!
//! Both ends belong to a range, so two ranges that meet in one value leave nothing between them, whatever order the
//! service sorts by; the few items that are exactly at an end come twice and are one row. Only such meetings count:
//! an overlap that exists in our order might be a gap in theirs.

use std::collections::BTreeSet;

/// One part: from a value to a value, both included; `None` is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    from: Option<String>,
    to: Option<String>,
}

impl Range {
    /// Reads a filter; `None` if it is anything else than a range of `property`.
    pub(super) fn parse(filter: &str, property: &str) -> Option<Self> {
        let mut range = Self { from: None, to: None };
        let mut rest = filter;
        loop {
            rest = rest.strip_prefix(property)?.strip_prefix(' ')?;
            let (operator, tail) = rest.split_once(' ')?;
            let (value, tail) = quoted(tail)?;
            let bound = match operator {
                "ge" => &mut range.from,
                "le" => &mut range.to,
                _ => return None,
            };
            if bound.replace(value.to_lowercase()).is_some() {
                return None;
            }
            if tail.is_empty() {
                return Some(range);
            }
            rest = tail.strip_prefix(" and ")?;
        }
    }
}

/// A quoted value at the start of `text`, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, tail) = rest.split_once('\'')?;
        value.push_str(part);
        match tail.strip_prefix('\'') {
            Some(tail) => {
                value.push('\'');
                rest = tail;
            }
            None => return Some((value, tail)),
        }
    }
}

/// Whether every value lies in at least one range: a walk from the open beginning to the open end, each step from the
/// end of a range to a range that begins with the same value.
pub(super) fn covers_everything(ranges: &[Range]) -> bool {
    let mut reached = BTreeSet::new();
    let mut open: Vec<Option<&str>> = vec![None];
    while let Some(from) = open.pop() {
        for range in ranges.iter().filter(|range| range.from.as_deref() == from) {
            match range.to.as_deref() {
                None => return true,
                Some(to) if reached.insert(to) => open.push(Some(to)),
                Some(_) => {}
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(filters: &[&str]) -> Vec<Range> {
        filters.iter().map(|filter| Range::parse(filter, "p").unwrap_or_else(|| panic!("{filter}"))).collect()
    }

    #[test]
    fn only_ranges_of_the_one_property() {
        assert_eq!(
            Range::parse("p ge 'O''Neil' and p le 'Q'", "p"),
            Some(Range { from: Some("o'neil".to_owned()), to: Some("q".to_owned()) })
        );
        for bad in [
            "startswith(p,'a')",
            "p gt 'a'",
            "p lt 'a'",
            "p ge 'a' or p le 'b'",
            "q ge 'a'",
            "p ge 'a' and accountEnabled eq true",
            "p ge 'a' and p ge 'b'",
            "p ge 'a",
            "",
            "p ge 'a' ",
        ] {
            assert_eq!(Range::parse(bad, "p"), None, "{bad}");
        }
    }

    #[test]
    fn a_gap_is_found() {
        assert!(covers_everything(&ranges(&["p le 'f'", "p ge 'F' and p le 'p'", "p ge 'p'"])));
        assert!(covers_everything(&ranges(&[
            "p ge 'p'",
            "p ge 'f' and p le 'p'",
            "p le 'f'",
            "p ge 'a' and p le 'b'"
        ])));
        // Overlaps in our order, but who knows in theirs.
        assert!(!covers_everything(&ranges(&["p ge 'c'", "p le 'f'"])));
        assert!(!covers_everything(&ranges(&["p le 'f'", "p ge 'g'"])));
        assert!(!covers_everything(&ranges(&["p le 'f'", "p ge 'f' and p le 'p'"])));
        assert!(!covers_everything(&ranges(&["p le 'f'", "p ge 'f' and p le 'f'"])));
        assert!(!covers_everything(&ranges(&["p ge 'a'"])));
        assert!(!covers_everything(&[]));
    }
}
