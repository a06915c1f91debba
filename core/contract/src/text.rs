//! Texts for people, looked up by code. They lie in the manifest, so that a module brings its own words.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person reads about one code. Placeholders are field names in braces, for example `{tenant}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// One sentence: what happened.
    pub title: String,
    /// The next step, one or two sentences.
    #[serde(default)]
    pub advice: String,
}

impl Text {
    /// A text from its two parts.
    #[must_use]
    pub fn new(title: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { title: title.into(), advice: advice.into() }
    }

    /// Both parts with their placeholders filled.
    #[must_use]
    pub fn filled(&self, arguments: &BTreeMap<String, String>) -> Self {
        Self { title: render(&self.title, arguments), advice: render(&self.advice, arguments) }
    }
}

/// Most bytes of values in one filled text. Both text and values come from a module, and a text may name a value
/// thousands of times.
const MAXIMUM_VALUES: usize = 64 << 10;

/// Fills the placeholders of `text`. One without a value stays as it is, so that a missing argument is visible
/// instead of leaving a hole in the sentence; so does one whose value would make the text absurdly long. Values are
/// inserted once and never searched for placeholders.
#[must_use]
pub fn render(text: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut left = MAXIMUM_VALUES;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        // A brace within a name begins another placeholder; looking no further keeps this linear.
        let placeholder = after.find(['{', '}']).and_then(|end| {
            let (name, tail) = after.split_at_checked(end)?;
            let value = arguments.get(name).filter(|value| value.len() <= left)?;
            Some((value, tail.strip_prefix('}')?))
        });
        match placeholder {
            Some((value, tail)) => {
                left -= value.len();
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_missing_ones_stay() {
        let arguments = BTreeMap::from([("a".to_owned(), "{b}".to_owned()), ("b".to_owned(), "no".to_owned())]);
        assert_eq!(render("x {a} {c} { {b}", &arguments), "x {b} {c} { no");
    }

    #[test]
    fn a_text_does_not_multiply_its_values_without_end() {
        let arguments = BTreeMap::from([("a".to_owned(), "x".repeat(MAXIMUM_VALUES / 2))]);
        let filled = render(&"{a}".repeat(1_000), &arguments);
        assert_eq!(filled.len(), MAXIMUM_VALUES + 3 * 998);
        assert!(filled.ends_with("{a}{a}"));
    }
}
