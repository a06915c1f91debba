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

/// Fills the placeholders of `text`. One without a value stays as it is, so that a missing argument is visible
/// instead of leaving a hole in the sentence. Values are inserted once and never searched for placeholders.
#[must_use]
pub fn render(text: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| arguments.get(name).map(|value| (value, tail))) {
            Some((value, tail)) => {
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
}
