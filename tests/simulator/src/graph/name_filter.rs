//! `$filter` of users: ranges of principal names, by the operators that need no advanced query.

use super::error::GraphError;
use super::query::Options;
use crate::tenant::NameRange;

/// The range that a list is filtered by.
pub(super) fn read(options: &Options) -> Result<Option<NameRange>, GraphError> {
    options.filter.as_deref().map(parse).transpose()
}

fn unsupported() -> GraphError {
    GraphError::unsupported_query(
        "Unsupported or invalid query filter clause specified for property 'userPrincipalName' of resource 'User'.",
    )
}

/// Reads `userPrincipalName ge 'a' and userPrincipalName le 'b'`, or either half. Microsoft documents neither `gt` nor
/// `lt` for this property.
fn parse(filter: &str) -> Result<NameRange, GraphError> {
    let (mut from, mut to) = (None, None);
    let mut rest = filter.trim();
    loop {
        let (bound, after) = clause(rest).ok_or_else(unsupported)?;
        let (place, value) = match bound {
            Bound::From(value) => (&mut from, value),
            Bound::To(value) => (&mut to, value),
        };
        if place.replace(value).is_some() {
            return Err(unsupported());
        }
        match after.trim_start() {
            "" => return Ok(NameRange::new(from.as_deref(), to.as_deref())),
            more => rest = more.strip_prefix("and ").ok_or_else(unsupported)?.trim_start(),
        }
    }
}

enum Bound {
    From(String),
    To(String),
}

/// The first clause and what follows it.
fn clause(text: &str) -> Option<(Bound, &str)> {
    let (property, rest) = text.split_once(' ')?;
    let (operator, rest) = rest.trim_start().split_once(' ')?;
    let (value, rest) = literal(rest.trim_start())?;
    match operator {
        _ if !property.eq_ignore_ascii_case("userPrincipalName") => None,
        "ge" => Some((Bound::From(value), rest)),
        "le" => Some((Bound::To(value), rest)),
        _ => None,
    }
}

/// A text in single quotes, in which two of them stand for one.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_principal_names() {
        for (text, expected) in [
            ("userPrincipalName ge 'a' and userPrincipalName le 'M'", Some((Some("a"), Some("m")))),
            ("userPrincipalName le 'M' and userprincipalname ge 'a'", Some((Some("a"), Some("m")))),
            ("userPrincipalName le 'o''x'", Some((None, Some("o'x")))),
            ("userPrincipalName ge 'a and b'", Some((Some("a and b"), None))),
            ("userPrincipalName gt 'z'", None),
            ("userPrincipalName lt 'z'", None),
            ("displayName ge 'z'", None),
            ("userPrincipalName ge z", None),
            ("userPrincipalName ge 'z", None),
            ("userPrincipalName ge 'a' or userPrincipalName le 'b'", None),
            ("userPrincipalName ge 'a' and userPrincipalName ge 'b'", None),
            ("", None),
        ] {
            let expected = expected.map(|(from, to)| NameRange::new(from, to));
            assert_eq!(parse(text).ok(), expected, "{text}");
        }
    }
}
