//! A passphrase as a lock: a key that Argon2id derives from it (RFC 9106), and the text that holds what it locks.
//!
//! The text has five lines: a header; the parameters of the derivation; salt, nonce and ciphertext in base64url. The
//! first three lines are authenticated with the ciphertext, so parameters and salt can't be exchanged. They are used
//! before that can be noticed, though; so parameters outside of the limits below are refused unused.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::cipher::{self, KEY_LENGTH, SymmetricKey};
use crate::row::NONCE_LENGTH;
use crate::{PassphraseError, Secret, VaultError};

const HEADER: &str = "beacon-locked-keys 1";
const SALT_LENGTH: usize = 16;

/// What a derivation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Memory in KiB.
    memory: u32,
    /// Passes over it.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

impl Cost {
    /// For new locks: the second of the choices that RFC 9106, section 4, recommends. A fifth of a second.
    pub(crate) const NEW: Self = Self { memory: 64 * 1024, passes: 3, lanes: 4 };

    /// Below this a passphrase would be guessed too fast, above that a start would take all memory or minutes.
    fn check(self) -> Result<Self, PassphraseError> {
        let sound = (19 * 1024..=512 * 1024).contains(&self.memory)
            && (2..=10).contains(&self.passes)
            && (1..=16).contains(&self.lanes);
        if sound { Ok(self) } else { Err(PassphraseError::Cost) }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("argon2id ")?.split(' ');
        let mut number = |name: &str| parts.next()?.strip_prefix(name)?.parse().ok();
        let cost = Self { memory: number("m=")?, passes: number("t=")?, lanes: number("p=")? };
        // Only the one way to write it: there is no other text that says the same.
        (cost.line() == line).then_some(cost)
    }

    fn line(self) -> String {
        format!("argon2id m={} t={} p={}", self.memory, self.passes, self.lanes)
    }
}

/// Locks `plaintext` with a passphrase and a new salt.
pub(crate) fn lock(passphrase: &Secret, cost: Cost, plaintext: &[u8]) -> Result<Vec<u8>, PassphraseError> {
    let mut salt = [0; SALT_LENGTH];
    cipher::fill_random(&mut salt)?;
    let nonce = cipher::random_nonce()?;
    let head = head(cost, &URL_SAFE_NO_PAD.encode(salt));
    let key = derive(passphrase, cost, &salt)?;
    let ciphertext = cipher::encrypt(&key, &nonce, head.as_bytes(), plaintext)?;
    let (nonce, ciphertext) = (URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(ciphertext));
    Ok(format!("{head}{nonce}\n{ciphertext}\n").into_bytes())
}

/// Opens what [`lock`] made.
pub(crate) fn unlock(passphrase: &Secret, text: &[u8]) -> Result<Secret, PassphraseError> {
    let lines = std::str::from_utf8(text).ok().and_then(|text| text.strip_suffix('\n'));
    let lines: Vec<&str> = lines.map(|text| text.split('\n').collect()).unwrap_or_default();
    let [HEADER, cost, salt, nonce, ciphertext] = lines.as_slice() else { return Err(PassphraseError::Damaged) };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| PassphraseError::Damaged);
    let exact = |_| PassphraseError::Damaged;
    let cost = Cost::parse(cost).ok_or(PassphraseError::Damaged)?.check()?;
    let salt_bytes: [u8; SALT_LENGTH] = bytes(salt)?.try_into().map_err(exact)?;
    let nonce: [u8; NONCE_LENGTH] = bytes(nonce)?.try_into().map_err(exact)?;
    let key = derive(passphrase, cost, &salt_bytes)?;
    cipher::decrypt(&key, &nonce, head(cost, salt).as_bytes(), &bytes(ciphertext)?)
        .map_err(|_| PassphraseError::DoesNotOpen)
}

fn head(cost: Cost, salt: &str) -> String {
    format!("{HEADER}\n{}\n{salt}\n", cost.line())
}

fn derive(passphrase: &Secret, cost: Cost, salt: &[u8]) -> Result<SymmetricKey, PassphraseError> {
    let parameters =
        Params::new(cost.memory, cost.passes, cost.lanes, Some(KEY_LENGTH)).map_err(|_| PassphraseError::Cost)?;
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.expose(), salt, key.as_mut_slice())
        .map_err(|_| PassphraseError::Derivation)?;
    SymmetricKey::from_slice(key.as_slice()).ok_or(PassphraseError::NewKey(Box::new(VaultError::TooLong)))
}

#[cfg(test)]
mod tests {
    use super::{Cost, lock, unlock};
    use crate::{PassphraseError, Secret};

    /// As cheap as is allowed.
    const CHEAP: Cost = Cost { memory: 19 * 1024, passes: 2, lanes: 1 };

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn only_the_passphrase_opens_and_nothing_may_be_exchanged() {
        let passphrase = secret("correct horse battery staple");
        let text = String::from_utf8(lock(&passphrase, CHEAP, b"keys").unwrap()).unwrap();
        assert_eq!(unlock(&passphrase, text.as_bytes()).ok().unwrap().expose(), b"keys");
        let wrong = unlock(&secret("correct horse battery stable"), text.as_bytes());
        assert!(matches!(wrong.err(), Some(PassphraseError::DoesNotOpen)));
        assert_ne!(lock(&passphrase, CHEAP, b"keys").unwrap(), text.as_bytes(), "salt and nonce are new each time");

        let other = String::from_utf8(lock(&passphrase, CHEAP, b"keys").unwrap()).unwrap();
        let line = |text: &str, at: usize| text.lines().nth(at).unwrap().to_owned();
        for at in [2, 3, 4] {
            let mixed = text.replace(&line(&text, at), &line(&other, at));
            assert!(matches!(unlock(&passphrase, mixed.as_bytes()).err(), Some(PassphraseError::DoesNotOpen)), "{at}");
        }
        let dearer = text.replace("t=2", "t=3");
        assert!(matches!(unlock(&passphrase, dearer.as_bytes()).err(), Some(PassphraseError::DoesNotOpen)));
    }

    #[test]
    fn parameters_out_of_bounds_are_refused_before_they_are_used() {
        let passphrase = secret("correct horse battery staple");
        let text = String::from_utf8(lock(&passphrase, CHEAP, b"keys").unwrap()).unwrap();
        let with = |cost: &str| unlock(&passphrase, text.replace("m=19456 t=2 p=1", cost).as_bytes()).err().unwrap();
        for cost in [
            "m=8 t=2 p=1",
            "m=19455 t=2 p=1",
            "m=19456 t=1 p=1",
            "m=524289 t=2 p=1",
            "m=4294967295 t=4294967295 p=1",
            "m=19456 t=11 p=1",
            "m=19456 t=2 p=0",
            "m=19456 t=2 p=17",
        ] {
            assert!(matches!(with(cost), PassphraseError::Cost), "{cost}");
        }
        for cost in
            ["m=019456 t=2 p=1", "m=+19456 t=2 p=1", "t=2 m=19456 p=1", "m=19456 t=2", "m=19456 t=2 p=1 x=1", ""]
        {
            assert!(matches!(with(cost), PassphraseError::Damaged), "{cost}");
        }
    }

    #[test]
    fn a_damaged_text_is_refused() {
        let passphrase = secret("correct horse battery staple");
        let text = String::from_utf8(lock(&passphrase, CHEAP, b"keys").unwrap()).unwrap();
        for damaged in ["", "\n", &text[1..], text.trim_end(), &format!("{text}\n"), &text.replace("keys 1", "keys 2")]
        {
            let error = unlock(&passphrase, damaged.as_bytes()).err().unwrap();
            assert!(matches!(error, PassphraseError::Damaged), "{damaged:?}");
        }
    }
}
