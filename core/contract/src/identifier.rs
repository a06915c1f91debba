//! Names and numbers that cross the wire, each with its own type so that none can stand for another.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// The longest identifier: long enough for a chain named after a partition, short enough for a log line.
const MAXIMUM_LENGTH: usize = 120;

/// Why a text is no identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{what} must be 1 to {MAXIMUM_LENGTH} characters of a-z, 0-9 and {allowed:?}, got {value:?}")]
pub struct IdentifierError {
    what: &'static str,
    allowed: &'static str,
    value: String,
}

fn checked(what: &'static str, allowed: &'static str, value: String) -> Result<String, IdentifierError> {
    if fits(allowed, &value) {
        Ok(value)
    } else {
        Err(IdentifierError { what, allowed, value: value.chars().take(MAXIMUM_LENGTH).collect() })
    }
}

/// The rule. Constant, so that the compiler can apply it to a text of the program itself.
const fn fits(allowed: &str, value: &str) -> bool {
    const fn holds(mut allowed: &[u8], byte: u8) -> bool {
        while let Some((first, rest)) = allowed.split_first() {
            if *first == byte {
                return true;
            }
            allowed = rest;
        }
        false
    }
    let mut bytes = value.as_bytes();
    while let Some((first, rest)) = bytes.split_first() {
        if !first.is_ascii_lowercase() && !first.is_ascii_digit() && !holds(allowed.as_bytes(), *first) {
            return false;
        }
        bytes = rest;
    }
    !value.is_empty() && value.len() <= MAXIMUM_LENGTH
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Checks the characters and the length.
            ///
            /// # Errors
            /// [`IdentifierError`] names what was expected and what came.
            pub fn new(value: impl Into<String>) -> Result<Self, IdentifierError> {
                checked($what, $allowed, value.into()).map(|value| Self(Cow::Owned(value)))
            }

            /// One that the program knows. Use it in a constant: a wrong one does not compile.
            ///
            /// # Panics
            /// If it breaks the rule; in a constant that is an error of the compiler.
            #[must_use]
            pub const fn known(value: &'static str) -> Self {
                assert!(fits($allowed, value), "the rule for this kind of identifier is broken");
                Self(Cow::Borrowed(value))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdentifierError;
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new(value)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

identifier!(
    /// A connector module, for example `microsoft-365`. Also its folder name, so no dot and no slash.
    ModuleId, "a module id", "-"
);
identifier!(
    /// A table of the dataset, for example `users`.
    TableName, "a table name", "_"
);
identifier!(
    /// One chain of pages within a table, for example `all` or `range-07`.
    ChainId, "a chain id", "-_./"
);
identifier!(
    /// A secret slot that the manifest declares, for example `client_secret`.
    SlotName, "a slot name", "_"
);
identifier!(
    /// A grant profile that the manifest declares, for example `graph`.
    ProfileId, "a profile id", "-_"
);
identifier!(
    /// A field of the settings form, for example `token_endpoint`.
    FieldId, "a field id", "_"
);

/// Number of a wish that expects an answer; chosen by the module, unique among its open wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

impl std::fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_characters_never_get_into_a_module_id() {
        for bad in ["", "..", "a/b", "A", "a.b", "ä", &"x".repeat(121)] {
            assert!(ModuleId::new(bad).is_err(), "{bad:?} must be refused");
            assert!(serde_json::from_value::<ModuleId>(bad.into()).is_err(), "{bad:?} must be refused in JSON");
        }
        assert_eq!(ModuleId::new("microsoft-365").map(|id| id.to_string()), Ok("microsoft-365".to_owned()));
    }
}
