//! Secrets at rest.
//!
//! **What it is.** Envelope encryption in two layers. A [`KeyProvider`] holds the key-encryption
//! keys of one installation; [`ProviderKind`] lists which there are. Each connection has data keys,
//! stored as [`WrappedKey`]s below a key-encryption key; a secret is stored as a [`SealedValue`]
//! below a data key. Both carry key ids, so that either layer can change its key while everything
//! written before stays readable.
//!
//! **What it must never do.** Know where rows are stored, or what a secret is for. Let a value be
//! opened for another connection, slot or origin than it was sealed for: those are authenticated
//! with it. Give its key material or a secret a `Debug`, `Display`, `Clone` or `Serialize`.
//!
//! **Where to start reading.** [`Vault`] makes, unlocks, rotates and rewraps data keys;
//! [`ConnectionKeys`] seals and opens the secrets of one connection; `associated_data.rs` says what
//! exactly a ciphertext is bound to. [`Recipient`] encrypts what leaves the installation for somebody's own key.

mod associated_data;
mod binding;
mod cipher;
mod connection_keys;
mod credential;
mod error;
mod key_file;
mod key_file_access;
mod key_file_error;
mod key_file_text;
mod key_list;
mod origin;
mod os_keyring;
mod passphrase;
mod passphrase_lock;
mod private_file;
mod provider;
mod provider_kind;
mod recipient;
mod row;
mod run_key;
mod secret;
mod vault;

pub use binding::{ConnectionRef, InvalidSlotName, RunRef, SecretBinding, SlotName};
pub use connection_keys::ConnectionKeys;
pub use credential::{CredentialError, SystemdCredential};
pub use error::{ErrorKind, VaultError};
pub use key_file::KeyFile;
pub use key_file_error::KeyFileError;
pub use origin::{InvalidOrigin, Origin};
pub use os_keyring::{KeyringError, OsKeyring};
pub use passphrase::{PassphraseError, PassphraseFile};
pub use private_file::{Replace, write_private_file};
pub use provider::{KekId, KeyEncryptionKey, KeyProvider, ProviderError};
pub use provider_kind::{ProviderKind, UnknownProvider};
pub use recipient::{Identities, Recipient, RecipientError};
pub use row::{Algorithm, DataKeyId, NONCE_LENGTH, SealedValue, UnknownAlgorithm, WrappedKey};
pub use run_key::RunKey;
pub use secret::Secret;
pub use vault::Vault;
