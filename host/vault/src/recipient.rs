//! Bytes for one recipient: encrypted as an age file (<https://age-encryption.org/v1>), so that only the holder of the
//! matching identity can read them, with this program or with any other that knows the format.

use std::fmt;
use std::io;
use std::str::FromStr;

use age::x25519;
use age::{DecryptError, EncryptError};
use zeroize::Zeroizing;

use crate::Secret;

/// The public half of an age key pair, `age1…`: whom something is encrypted to.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    /// Encrypts `plaintext` to this recipient alone; gives the bytes of an age file.
    ///
    /// # Errors
    /// [`RecipientError::Encryption`].
    pub fn encrypt(&self, plaintext: &Secret) -> Result<Vec<u8>, RecipientError> {
        age::encrypt(&self.0, plaintext.expose()).map_err(|error| RecipientError::Encryption(Box::new(error)))
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        // What was given is never repeated: it may be the secret half, taken by mistake.
        if text.to_ascii_uppercase().starts_with(IDENTITY) {
            return Err(RecipientError::IdentityInstead);
        }
        text.parse().map(Self).map_err(|_| RecipientError::NotARecipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How the secret half of a key pair begins.
const IDENTITY: &str = "AGE-SECRET-KEY-";

/// The secret halves of age key pairs, as an identity file holds them. Without `Debug`, `Clone` and `Serialize`, as every
/// holder of key material.
pub struct Identities(Vec<x25519::Identity>);

impl Identities {
    /// Reads the text of an identity file, as `age-keygen` writes it: one `AGE-SECRET-KEY-1…` a line; empty lines and
    /// lines that begin with `#` do not count.
    ///
    /// # Errors
    /// [`RecipientError::NotAnIdentity`] with the number of the line, 1 for a file without any.
    pub fn read(text: &Secret) -> Result<Self, RecipientError> {
        let text = text.expose_str().ok_or(RecipientError::NotAnIdentity { line: 1 })?;
        let lines = (1..).zip(text.lines().map(str::trim));
        let meant = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let identities: Vec<x25519::Identity> = meant
            .map(|(number, line)| line.parse().map_err(|_| RecipientError::NotAnIdentity { line: number }))
            .collect::<Result<_, _>>()?;
        if identities.is_empty() {
            return Err(RecipientError::NotAnIdentity { line: 1 });
        }
        Ok(Self(identities))
    }

    /// Decrypts an age file.
    ///
    /// # Errors
    /// [`RecipientError::OtherRecipient`], [`RecipientError::NotAnAgeFile`].
    pub fn decrypt(&self, file: &[u8]) -> Result<Secret, RecipientError> {
        let failed = |error: DecryptError| match error {
            DecryptError::NoMatchingKeys => RecipientError::OtherRecipient,
            other => RecipientError::NotAnAgeFile(Box::new(other)),
        };
        let decryptor = age::Decryptor::new_buffered(file).map_err(failed)?;
        let identities = self.0.iter().map(|identity| identity as &dyn age::Identity);
        let mut reader = decryptor.decrypt(identities).map_err(failed)?;
        // The plaintext is shorter than its file: with this room nothing is copied while it is read.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(file.len()));
        io::copy(&mut reader, &mut *plaintext).map_err(|error| failed(DecryptError::Io(error)))?;
        Ok(Secret::new(std::mem::take(&mut *plaintext)))
    }
}

/// Why something could not be encrypted to a recipient, or opened by an identity. No variant holds what was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecipientError {
    /// The text is no recipient.
    #[error("that is not an age recipient")]
    NotARecipient,
    /// The secret half of a key pair was given where the public one belongs.
    #[error("that is the secret half of an age key pair, not the recipient")]
    IdentityInstead,
    /// The text is no identity file.
    #[error("line {line} of the identity file is not an age identity")]
    NotAnIdentity {
        /// The first line that is not one, from 1.
        line: usize,
    },
    /// The file was encrypted to somebody else.
    #[error("the file was encrypted to another recipient")]
    OtherRecipient,
    /// The file is no age file, or was altered.
    #[error("the file is not an age file, or was altered")]
    NotAnAgeFile(#[source] Box<DecryptError>),
    /// The library refused.
    #[error("the bytes could not be encrypted")]
    Encryption(#[source] Box<EncryptError>),
}

impl RecipientError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotARecipient => "age.not_a_recipient",
            Self::IdentityInstead => "age.identity_instead",
            Self::NotAnIdentity { .. } => "age.not_an_identity",
            Self::OtherRecipient => "age.other_recipient",
            Self::NotAnAgeFile(_) => "age.not_an_age_file",
            Self::Encryption(_) => "age.encryption",
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotARecipient => {
                "Give what `age-keygen` prints as the public key: it begins with age1. Recipients of plugins and SSH \
                 keys are not understood."
            }
            Self::IdentityInstead => {
                "Give the public key, which begins with age1; `age-keygen -y FILE` prints it. A secret key that was \
                 typed lies in the history of the shell: make another one."
            }
            Self::NotAnIdentity { .. } => "Name the file that `age-keygen` wrote.",
            Self::OtherRecipient => "Name the identity file that belongs to the recipient it was encrypted to.",
            Self::NotAnAgeFile(_) => "Copy the file again from where it was written.",
            Self::Encryption(_) => "Report this to the makers of beacon.",
        }
    }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;
    use age::x25519::Identity;

    use super::{Identities, Recipient, RecipientError};
    use crate::Secret;

    fn pair() -> (Recipient, Identities) {
        let identity = Identity::generate();
        let file = format!("# made for a test\n\n{}\n", identity.to_string().expose_secret());
        let identities = Identities::read(&Secret::from(file)).ok().unwrap();
        (identity.to_public().to_string().parse().ok().unwrap(), identities)
    }

    #[test]
    fn only_the_identity_of_the_recipient_opens_it() {
        let ((recipient, identities), (_, others)) = (pair(), pair());
        let file = recipient.encrypt(&Secret::from("a plain secret".repeat(9000))).unwrap();
        assert!(file.starts_with(b"age-encryption.org/v1\n"));
        assert!(!file.windows(14).any(|window| window == b"a plain secret"));
        assert_eq!(identities.decrypt(&file).ok().unwrap().expose(), "a plain secret".repeat(9000).as_bytes());
        assert!(matches!(others.decrypt(&file).err(), Some(RecipientError::OtherRecipient)));
        let mut altered = file.clone();
        *altered.last_mut().unwrap() ^= 1;
        for damaged in [&altered[..], &file[..file.len() - 1], b"age", b""] {
            assert!(matches!(identities.decrypt(damaged).err(), Some(RecipientError::NotAnAgeFile(_))));
        }
    }

    #[test]
    fn a_secret_half_is_refused_and_never_repeated() {
        let secret = Identity::generate().to_string();
        for text in [secret.expose_secret().to_owned(), secret.expose_secret().to_lowercase()] {
            let error = text.parse::<Recipient>().err().unwrap();
            assert!(matches!(error, RecipientError::IdentityInstead));
            assert!(!error.to_string().contains(&text));
        }
        for text in ["", "age1", "age1xyz", "ssh-ed25519 AAAA"] {
            assert!(matches!(text.parse::<Recipient>().err(), Some(RecipientError::NotARecipient)), "{text:?}");
        }
        for (text, line) in [("", 1), ("# nothing\n", 1), ("\n# a\nage1xyz\n", 3)] {
            let error = Identities::read(&Secret::from(text.to_owned())).err().unwrap();
            assert!(matches!(error, RecipientError::NotAnIdentity { line: found } if found == line), "{text:?}");
        }
    }
}
