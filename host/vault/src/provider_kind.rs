use std::fmt;
use std::str::FromStr;

/// The ways to hold the key-encryption keys of an installation, in the order in which a new installation tries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// A credential that the service manager hands to the service, see [`crate::SystemdCredential`].
    SystemdCredential,
    /// The keyring of the operating system, see [`crate::OsKeyring`].
    OsKeyring,
    /// A file for its owner alone, see [`crate::KeyFile`].
    KeyFile,
    /// A file that only a passphrase opens, see [`crate::PassphraseFile`].
    Passphrase,
}

impl ProviderKind {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::SystemdCredential, Self::OsKeyring, Self::KeyFile, Self::Passphrase];

    /// The stored name, which is also the one that people type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SystemdCredential => "systemd-credential",
            Self::OsKeyring => "os-keyring",
            Self::KeyFile => "key-file",
            Self::Passphrase => "passphrase",
        }
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for ProviderKind {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownProvider { found: text.chars().take(80).collect() })
    }
}

/// A text that names no provider of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no provider of keys named {found:?}; there are {}", ProviderKind::ALL.map(ProviderKind::as_str).join(", "))]
pub struct UnknownProvider {
    /// The text, at most its first 80 characters.
    pub found: String,
}
