use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::InvalidInput;

/// The most characters a name may have.
const MAXIMUM_LENGTH: usize = 100;

/// The name of a connection: letters (of any script), the digits 0 to 9, underscore and space; it begins with a letter
/// or a digit and has at most 100 characters. Names that differ only in case or in the number of spaces are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionName(String);

/// The name of a schedule, by the rules of a [`ConnectionName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScheduleName(String);

/// The name of a place that packages go to, by the rules of a [`ConnectionName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DestinationName(String);

/// The name of a credential profile, by the rules of [`ConnectionName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialProfileName(String);
/// The name of somebody who is told of changes, by the rules of a [`ConnectionName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NotificationName(String);

pub(crate) fn comparison_key(text: &str) -> String {
    // Upper case first: it folds letters (ß, final sigma) that lower case alone keeps apart.
    let folded = text.to_uppercase().to_lowercase();
    folded.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn check(field: &'static str, text: &str) -> Result<(), InvalidInput> {
    let refuse = |rule| Err(InvalidInput::new(field, rule, text));
    let is_letter_or_digit = |c: char| c.is_alphabetic() || c.is_ascii_digit();
    match text.chars().next() {
        None => return refuse("must not be empty"),
        Some(first) if !is_letter_or_digit(first) => return refuse("must begin with a letter or a digit"),
        Some(_) => {}
    }
    if !text.chars().all(|c| is_letter_or_digit(c) || c == '_' || c == ' ') {
        return refuse("may only have letters, digits, underscores and spaces");
    }
    if text.chars().count() > MAXIMUM_LENGTH {
        return refuse("may have at most 100 characters");
    }
    Ok(())
}

macro_rules! name {
    ($name:ident, $field:literal) => {
        impl $name {
            /// The name as it was typed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What two names of the same thing have in common.
            #[must_use]
            pub fn comparison_key(&self) -> String {
                comparison_key(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidInput;

            fn from_str(text: &str) -> Result<Self, InvalidInput> {
                check($field, text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidInput;

            fn try_from(text: String) -> Result<Self, InvalidInput> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

name!(ConnectionName, "connection name");
name!(ScheduleName, "schedule name");
name!(DestinationName, "destination name");
name!(CredentialProfileName, "profile name");
name!(NotificationName, "notification name");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ConnectionName;

    fn rule(text: &str) -> Option<&'static str> {
        text.parse::<ConnectionName>().err().map(|error| error.rule)
    }

    #[test]
    fn names_follow_the_rule() {
        for text in ["Contoso", "7 Dwarfs", "a", "Contoso_2 EU", "Büro Zürich", "東京 1", &"x".repeat(100)] {
            assert_eq!(rule(text), None, "{text}");
        }
        let begins = Some("must begin with a letter or a digit");
        let characters = Some("may only have letters, digits, underscores and spaces");
        assert_eq!(rule(""), Some("must not be empty"));
        assert_eq!(rule("_a"), begins);
        assert_eq!(rule(" a"), begins);
        assert_eq!(rule("-a"), begins);
        assert_eq!(rule("½"), begins);
        assert_eq!(rule("a-b"), characters);
        assert_eq!(rule("a\tb"), characters);
        assert_eq!(rule("a\u{a0}b"), characters);
        assert_eq!(rule("a/../b"), characters);
        assert_eq!(rule(&"x".repeat(101)), Some("may have at most 100 characters"));
    }

    #[test]
    fn the_message_names_field_rule_and_value() {
        let error = "Contoso#1".parse::<ConnectionName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "connection name may only have letters, digits, underscores and spaces, got \"Contoso#1\""
        );
    }

    #[test]
    fn case_and_spaces_make_no_other_name() {
        let key = |text: &str| text.parse::<ConnectionName>().unwrap().comparison_key();
        assert_eq!(key("Contoso EU"), key("CONTOSO  eu "));
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_ne!(key("Contoso EU"), key("ContosoEU"));
        assert_ne!(key("Contoso EU"), key("Contoso_EU"));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_safe_to_show(text in any::<String>()) {
            if let Ok(name) = text.parse::<ConnectionName>() {
                prop_assert!(!name.as_str().contains(|c: char| c.is_control() || "./\\:<>&\"'".contains(c)));
                prop_assert!(!name.comparison_key().is_empty());
            }
        }
    }
}
