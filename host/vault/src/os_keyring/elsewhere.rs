//! Systems whose keyring this version does not use.

use zeroize::Zeroizing;

use super::KeyringError;

/// Which keyring it is, for messages.
pub(super) const PLACE: &str = "the keyring of this system";

pub(super) fn read(_entry: &str) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    Err(unavailable())
}

pub(super) fn write(_entry: &str, _text: &[u8]) -> Result<(), KeyringError> {
    Err(unavailable())
}

pub(super) fn remove(_entry: &str) -> Result<(), KeyringError> {
    Err(unavailable())
}

fn unavailable() -> KeyringError {
    KeyringError::Unavailable { why: "this version uses that of Linux only".to_owned() }
}
