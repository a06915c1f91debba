//! Where the keys of an installation may come from, as its operator says it.

use crate::file;
use crate::trouble::Trouble;
use beacon_vault::{
    CredentialError, KeyFileError, KeyringError, PassphraseError, ProviderKind, Secret, SystemdCredential,
};
use std::error::Error;
use std::path::PathBuf;

/// What the operator says about keys.
#[derive(Clone, Debug, Default)]
pub struct KeySource {
    /// The provider for a new installation; for another one, the provider that it must have.
    pub provider: Option<ProviderKind>,
    /// The key file; in the platform's configuration folder if `None`.
    pub key_file: Option<PathBuf>,
    /// Where the service manager put the credentials of this process.
    pub credentials: Option<PathBuf>,
    /// Where a passphrase comes from.
    pub passphrase: PassphraseSource,
}

/// Where a passphrase comes from. Never from a command line: those are seen by every user of the machine.
#[derive(Clone, Debug, Default)]
pub enum PassphraseSource {
    /// From nowhere.
    #[default]
    None,
    /// From a file; its last line end does not count.
    File(PathBuf),
    /// From a person, who may decline.
    Ask(fn(&str) -> Option<Secret>),
}

impl PassphraseSource {
    pub(super) fn read(&self) -> Result<Secret, Trouble> {
        match self {
            Self::None => Err(refused(&PassphraseError::NotGiven)),
            Self::File(path) => {
                let mut bytes = file::read(path, "--passphrase-file")?;
                // A line end at the end belongs to the editor.
                while matches!(bytes.last(), Some(b'\n' | b'\r')) {
                    bytes.pop();
                }
                Ok(Secret::new(bytes))
            }
            Self::Ask(ask) => {
                ask("Passphrase of this beacon's keys").ok_or_else(|| refused(&PassphraseError::NotGiven))
            }
        }
    }
}

impl KeySource {
    /// The provider of a new installation: the credential that the service manager gave, else what was named, else the
    /// key file. The kernel's keyring forgets, so it is never taken unasked.
    pub(super) fn first(&self) -> ProviderKind {
        let given = self.credentials.as_deref().is_some_and(SystemdCredential::is_in);
        let file_named = self.key_file.is_some();
        match &self.passphrase {
            _ if given => ProviderKind::SystemdCredential,
            PassphraseSource::File(_) if !file_named => ProviderKind::Passphrase,
            _ => ProviderKind::KeyFile,
        }
    }
}

/// What every provider can say about its failures.
pub(super) trait ProviderFault: Error {
    const PROVIDER: ProviderKind;
    fn stable_code(&self) -> &'static str;
    fn next_step(&self) -> String;
}

macro_rules! fault {
    ($error:ty, $provider:ident) => {
        impl ProviderFault for $error {
            const PROVIDER: ProviderKind = ProviderKind::$provider;

            fn stable_code(&self) -> &'static str {
                self.code()
            }

            fn next_step(&self) -> String {
                self.hint().to_string()
            }
        }
    };
}

fault!(CredentialError, SystemdCredential);
fault!(KeyringError, OsKeyring);
fault!(KeyFileError, KeyFile);
fault!(PassphraseError, Passphrase);

/// The keys cannot be had: by whom, why, and the next step.
pub(super) fn refused<F: ProviderFault>(fault: &F) -> Trouble {
    let title = format!("the provider `{}` does not give the keys of this data folder: {fault}", F::PROVIDER);
    Trouble::settings(fault.stable_code(), title, fault.next_step()).caused_by(fault)
}
