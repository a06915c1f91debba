use std::collections::BTreeSet;

use crate::{ConnectionRef, DataKeyId, KekId, Origin, ProviderError, SlotName};

/// What somebody has to do about a [`VaultError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The secret has to be entered again.
    EnterSecretAgain,
    /// The installation has to be put right: a key is missing, a stored row was altered, a file
    /// can't be read.
    Installation,
    /// A programming error in this product.
    Internal,
}

/// Why a key or a secret could not be made or opened. No variant holds key material or a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The connection now points somewhere else than when the secret was stored.
    #[error(
        "the origins of slot `{slot}` changed from {} to {}, so its secret must be entered again",
        listed(sealed),
        listed(requested)
    )]
    OriginsChanged {
        /// The slot.
        slot: SlotName,
        /// What the stored secret was sealed for.
        sealed: BTreeSet<Origin>,
        /// What it should have been opened for.
        requested: BTreeSet<Origin>,
    },
    /// The stored secret was altered, or was written for another connection, slot or version.
    #[error("the stored secret of slot `{slot}` does not belong here or was altered")]
    ValueNotAuthentic {
        /// The slot.
        slot: SlotName,
    },
    /// The stored data key was altered, or was written for another connection.
    #[error("the stored data key {key_id} does not belong to connection {connection} or was altered")]
    KeyNotAuthentic {
        /// The data key.
        key_id: DataKeyId,
        /// The connection it was to be opened for.
        connection: ConnectionRef,
    },
    /// A stored secret names a data key that is not among those of its connection.
    #[error("connection {connection} has no data key {key_id}")]
    UnknownDataKey {
        /// The data key that is named.
        key_id: DataKeyId,
        /// The connection.
        connection: ConnectionRef,
    },
    /// A stored data key was wrapped with a key that the provider does not have.
    #[error(
        "data key {key_id} needs key {kek_id} of provider `{expected}`, which is not in `{provider}` at {location}"
    )]
    UnknownKeyEncryptionKey {
        /// The data key that can't be opened.
        key_id: DataKeyId,
        /// The missing key.
        kek_id: KekId,
        /// The provider that held it.
        expected: String,
        /// The provider in use.
        provider: &'static str,
        /// Where that provider keeps its keys.
        location: String,
    },
    /// The provider of key-encryption keys failed.
    #[error("the provider `{provider}` of key-encryption keys failed")]
    Provider {
        /// Its name.
        provider: &'static str,
        /// Its own cause.
        #[source]
        source: ProviderError,
    },
    /// A connection without data keys can neither seal nor open.
    #[error("connection {connection} has no data key yet")]
    NoDataKey {
        /// The connection.
        connection: ConnectionRef,
    },
    /// Keys of one connection were used with the binding of another.
    #[error("a secret of connection {requested} was asked of the keys of connection {keys}")]
    OtherConnection {
        /// The connection whose keys these are.
        keys: ConnectionRef,
        /// The connection that the binding names.
        requested: ConnectionRef,
    },
    /// A connection has had 2^32 data keys, or a secret is longer than the cipher can take.
    #[error("a limit of the encryption format was reached")]
    TooLong,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

impl VaultError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OriginsChanged { .. } => "vault.origins_changed",
            Self::ValueNotAuthentic { .. } => "vault.value_not_authentic",
            Self::KeyNotAuthentic { .. } => "vault.key_not_authentic",
            Self::UnknownDataKey { .. } => "vault.unknown_data_key",
            Self::UnknownKeyEncryptionKey { .. } => "vault.unknown_key_encryption_key",
            Self::Provider { .. } => "vault.provider",
            Self::NoDataKey { .. } => "vault.no_data_key",
            Self::OtherConnection { .. } => "vault.other_connection",
            Self::TooLong => "vault.too_long",
            Self::NoRandomness => "vault.no_randomness",
        }
    }

    /// What somebody has to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::OriginsChanged { .. } | Self::ValueNotAuthentic { .. } | Self::UnknownDataKey { .. } => {
                ErrorKind::EnterSecretAgain
            }
            Self::KeyNotAuthentic { .. }
            | Self::UnknownKeyEncryptionKey { .. }
            | Self::Provider { .. }
            | Self::NoRandomness => ErrorKind::Installation,
            Self::NoDataKey { .. } | Self::OtherConnection { .. } | Self::TooLong => ErrorKind::Internal,
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::OriginsChanged { .. } | Self::ValueNotAuthentic { .. } | Self::UnknownDataKey { .. } => {
                "Enter the secret of this connection again."
            }
            Self::KeyNotAuthentic { .. } => "Restore the data folder from a backup, or enter the secrets again.",
            Self::UnknownKeyEncryptionKey { .. } => "Bring back the keys that this data folder was used with.",
            Self::Provider { .. } => "Make the place of the keys readable for the user that runs beacon.",
            Self::NoRandomness => "Check the random source of the operating system.",
            Self::NoDataKey { .. } | Self::OtherConnection { .. } | Self::TooLong => {
                "Report this to the makers of beacon."
            }
        }
    }
}

fn listed(origins: &BTreeSet<Origin>) -> String {
    if origins.is_empty() {
        return "none".to_owned();
    }
    origins.iter().map(Origin::as_str).collect::<Vec<_>>().join(", ")
}
