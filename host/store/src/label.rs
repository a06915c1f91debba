use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{InvalidInput, name};

/// The most characters a label may have.
const MAXIMUM_LENGTH: usize = 60;

/// What people sort connections by, such as `gold` or `region=eu`: letters (of any script), the digits 0 to 9 and
/// `-`, `_`, `.`, `=`; it begins with a letter or a digit and has at most 60 characters. Case makes no difference: it is
/// kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

impl Label {
    /// The most labels that one connection may have.
    pub const MOST: usize = 20;

    /// The label in its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let refuse = |rule| Err(InvalidInput::new("label", rule, text));
        let is_letter_or_digit = |c: char| c.is_alphabetic() || c.is_ascii_digit();
        // What is kept is what is checked: some letters become several.
        let kept = if text.contains(' ') { text.to_owned() } else { name::comparison_key(text) };
        if !kept.chars().next().is_some_and(is_letter_or_digit) {
            return refuse("must begin with a letter or a digit");
        }
        if !kept.chars().all(|c| is_letter_or_digit(c) || "-_.=".contains(c)) {
            return refuse("may only have letters, digits, hyphens, underscores, dots and equals signs");
        }
        if kept.chars().count() > MAXIMUM_LENGTH {
            return refuse("may have at most 60 characters");
        }
        Ok(Self(kept))
    }
}

impl TryFrom<String> for Label {
    type Error = InvalidInput;

    fn try_from(text: String) -> Result<Self, InvalidInput> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Label;

    fn rule(text: &str) -> Option<&'static str> {
        text.parse::<Label>().err().map(|error| error.rule)
    }

    #[test]
    fn labels_follow_the_rule() {
        for text in ["gold", "region=eu", "Tier=1", "a.b-c_d", "7", "Zürich", &"x".repeat(60)] {
            assert_eq!(rule(text), None, "{text}");
        }
        let begins = Some("must begin with a letter or a digit");
        assert_eq!((rule(""), rule("=eu"), rule("-a"), rule(" a")), (begins, begins, begins, begins));
        for text in ["a b", "a,b", "a;b", "a\tb", "a<b", "a/b", "a\u{202e}b"] {
            assert!(rule(text).is_some_and(|rule| rule.starts_with("may only have")), "{text:?}");
        }
        assert_eq!(rule(&"x".repeat(61)), Some("may have at most 60 characters"));
    }

    #[test]
    fn case_makes_no_other_label() {
        let label = |text: &str| text.parse::<Label>().unwrap();
        assert_eq!(label("Region=EU"), label("region=eu"));
        assert_eq!(label("STRASSE").as_str(), label("straße").as_str());
    }

    proptest! {
        /// The stored form is read again by the same rule.
        #[test]
        fn the_form_that_is_kept_is_a_label(text in any::<String>()) {
            if let Ok(label) = text.parse::<Label>() {
                prop_assert_eq!(label.as_str().parse::<Label>().ok(), Some(label.clone()));
            }
        }
    }
}
