use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::Origin;

/// The connection that keys and secrets belong to, as the vault knows it: an opaque id. A destination of packages is one
/// to the vault, too: its id is drawn as a connection's is, so that one's secrets never open as the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionRef(Uuid);

/// The run that a journal key is derived for, as the vault knows it: an opaque id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunRef(Uuid);

macro_rules! opaque_id {
    ($name:ident) => {
        impl $name {
            pub(crate) fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

opaque_id!(ConnectionRef);
opaque_id!(RunRef);

/// The name of a secret's place in a connection, such as `client_secret`: 1 to 160 characters of `a`
/// to `z`, `0` to `9`, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotName(String);

impl SlotName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SlotName {
    type Err = InvalidSlotName;

    fn from_str(text: &str) -> Result<Self, InvalidSlotName> {
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.');
        if (1..=160).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlotName { found: text.chars().take(160).collect() })
        }
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text that is not a [`SlotName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a slot name has 1 to 160 characters of a-z, 0-9, `-`, `_` and `.`, which {found:?} does not follow")]
pub struct InvalidSlotName {
    /// The text, at most its first 160 characters.
    pub found: String,
}

/// What a secret is tied to. A value opens only under the binding it was sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretBinding {
    /// The connection the secret belongs to.
    pub connection: ConnectionRef,
    /// Its place in that connection.
    pub slot: SlotName,
    /// The exact origins it may be sent to.
    pub origins: BTreeSet<Origin>,
}

#[cfg(test)]
mod tests {
    use super::SlotName;

    #[test]
    fn slot_names_are_short_and_plain() {
        for text in ["client_secret", "proxy.password", "a", &"x".repeat(160)] {
            assert_eq!(text.parse::<SlotName>().unwrap().as_str(), text);
        }
        for text in ["", "Client", "a b", "ä", "a/b", &"x".repeat(161)] {
            assert!(text.parse::<SlotName>().is_err(), "{text:?}");
        }
    }
}
