//! The kernel's keyring of a user (keyrings(7)), by system calls.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

use super::KeyringError;

/// Which keyring it is, for messages.
pub(super) const PLACE: &str = "the kernel's keyring of this user";

/// The most that the kernel keeps in one key.
const MAXIMUM_LENGTH: usize = 32 * 1024;

pub(super) fn read(entry: &str) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let key = find(entry)?;
    let mut text = Zeroizing::new(vec![0; MAXIMUM_LENGTH]);
    let length = key.read(&mut *text).map_err(|error| failed(entry, error))?;
    text.truncate(length);
    Ok(text)
}

pub(super) fn write(entry: &str, text: &[u8]) -> Result<(), KeyringError> {
    keyring().and_then(|ring| ring.add_key(entry, text)).map(drop).map_err(|error| failed(entry, error))
}

pub(super) fn remove(entry: &str) -> Result<(), KeyringError> {
    let key = find(entry)?;
    keyring().and_then(|ring| ring.unlink_key(key)).map_err(|error| failed(entry, error))
}

fn find(entry: &str) -> Result<Key, KeyringError> {
    keyring().and_then(|ring| ring.search(entry)).map_err(|error| failed(entry, error))
}

/// The user's keyring. A process may use only what its own keyrings lead to, and services and some shells have sessions
/// that do not lead to the user's; so it is linked to the keyring of this thread, which ends with it.
fn keyring() -> Result<KeyRing, KeyError> {
    KeyRing::from_special_id(KeyRingIdentifier::Thread, true)?.link_keyring_id(KeyRingIdentifier::User)?;
    KeyRing::from_special_id(KeyRingIdentifier::User, true)
}

fn failed(entry: &str, error: KeyError) -> KeyringError {
    match error {
        KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked => {
            KeyringError::Missing { entry: entry.to_owned() }
        }
        other => KeyringError::Unavailable { why: other.to_string() },
    }
}
