//! The command line of the vault.

use beacon_vault::{ProviderKind, Recipient};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Show who holds the keys, and how many secrets lie under which
    Status,
    /// Open every secret, and say which cannot be opened and why
    Check,
    /// Make new keys and encrypt every secret again
    Rotate(RotateArguments),
    /// Move the keys to another provider, or change the passphrase
    Rekey(RekeyArguments),
    /// Write all secrets to a file that only its recipient can read
    Export(ExportArguments),
    /// Forget every secret, where the keys are lost for good; connections, schedules and packages stay
    Reset {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RotateArguments {
    /// Write the new keys to this file, for providers that cannot keep them by themselves
    #[arg(long, value_name = "FILE")]
    pub(crate) key_out: Option<PathBuf>,
    /// Destroy the keys of before: backups of the data folder open no more, nor does another folder with the same keys
    #[arg(long)]
    pub(crate) forget_old: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RekeyArguments {
    /// Who holds the keys from now on: systemd-credential, os-keyring, key-file or passphrase
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: ProviderKind,
    /// Write the new keys to this file, for providers that cannot keep them by themselves
    #[arg(long, value_name = "FILE")]
    pub(crate) key_out: Option<PathBuf>,
    /// File with the new passphrase (- reads it from the input) [default: it is asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
    /// Destroy the keys where they were: backups of the data folder open no more, nor does another folder with the same keys
    #[arg(long)]
    pub(crate) forget_old: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// Whom it is for: the public key that `age-keygen` prints
    #[arg(long, value_name = "age1…")]
    pub(crate) to: String,
    /// The file; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

impl ExportArguments {
    /// Whom it is for. Read here and not by clap, which would repeat a secret key that was given by mistake.
    pub(crate) fn recipient(&self) -> Result<Recipient, beacon_operations::Trouble> {
        Ok(self.to.parse::<Recipient>()?)
    }
}
