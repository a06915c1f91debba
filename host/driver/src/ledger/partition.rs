//! Lists read in parts: a small grammar of range filters, and whether their union leaves nothing out.
//!
//! `p ge 'a'`, `p lt 'b'`, or `p ge 'a' and p lt 'b'`, with `p` the property of the manifest's rule. A quote within a
//! value is doubled (OData 4.01 URL conventions section 5.1.1.14.2). Comparison is the directory's own, which ignores
//! case, so values are compared in lower case.

/// One part: from a value (included) to a value (excluded); `None` is open.
#[derive(Clone, Debug, PartialEq, Eq)]
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
                "lt" => &mut range.to,
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

/// Whether every value lies in at least one range.
pub(super) fn covers_everything(ranges: &[Range]) -> bool {
    let mut sorted: Vec<&Range> = ranges.iter().collect();
    sorted.sort_by(|a, b| a.from.cmp(&b.from));
    let mut reached: Option<&str> = None;
    for (position, range) in sorted.iter().enumerate() {
        let starts_in_time = match (&range.from, position) {
            (None, _) => true,
            (Some(_), 0) => false,
            (Some(from), _) => reached.is_some_and(|reached| from.as_str() <= reached),
        };
        if !starts_in_time {
            return false;
        }
        match &range.to {
            None => return true,
            Some(to) if reached.is_none_or(|reached| reached < to.as_str()) => reached = Some(to),
            Some(_) => {}
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
            Range::parse("p ge 'O''Neil' and p lt 'Q'", "p"),
            Some(Range { from: Some("o'neil".to_owned()), to: Some("q".to_owned()) })
        );
        for bad in [
            "startswith(p,'a')",
            "p gt 'a'",
            "p ge 'a' or p lt 'b'",
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
        assert!(covers_everything(&ranges(&["p lt 'f'", "p ge 'F' and p lt 'p'", "p ge 'p'"])));
        assert!(covers_everything(&ranges(&["p ge 'c'", "p lt 'f'"])));
        assert!(!covers_everything(&ranges(&["p lt 'f'", "p ge 'g'"])));
        assert!(!covers_everything(&ranges(&["p lt 'f'", "p ge 'f' and p lt 'p'"])));
        assert!(!covers_everything(&ranges(&["p ge 'a'"])));
        assert!(!covers_everything(&[]));
    }
}
