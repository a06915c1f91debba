use std::io;
use std::path::PathBuf;

use crate::VaultError;

/// Why a key file can't be used. No variant holds what is in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no such file, and it was not to be made.
    #[error("there is no key file {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Other users may read or write the file.
    #[error("the key file {} can be used by others (mode {mode:03o}); only its owner may (mode 600)", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file belongs to another user than the one who runs this process.
    #[error("the key file {} belongs to user {owner}, but this process runs as user {user}", path.display())]
    OtherOwner {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// The effective user of the process.
        user: u32,
    },
    /// The path leads to a folder, a device or the like.
    #[error("the key file {} is not a regular file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The content is not that of a key file.
    #[error("the key file {} is damaged in line {line}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first line that can't be read, from 1.
        line: usize,
    },
    /// The platform names no folder for configuration, for example a service without a home.
    #[error("this user has no configuration folder to keep the key file in")]
    NoConfigurationFolder,
    /// A new key could not be drawn.
    #[error("a new key could not be made")]
    NewKey(#[source] Box<VaultError>),
    /// The file could not be read or written.
    #[error("the key file {} could not be {action}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was attempted, as a participle.
        action: &'static str,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
}

impl KeyFileError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "key_file.missing",
            Self::OpenToOthers { .. } => "key_file.open_to_others",
            Self::OtherOwner { .. } => "key_file.other_owner",
            Self::NotAFile { .. } => "key_file.not_a_file",
            Self::Damaged { .. } => "key_file.damaged",
            Self::NoConfigurationFolder => "key_file.no_configuration_folder",
            Self::NewKey(_) => "key_file.new_key",
            Self::Io { .. } => "key_file.io",
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::Damaged { .. } => {
                "Bring the key file back from a backup, or name it with --key-file; without it the stored secrets must be \
                 entered again."
            }
            Self::OpenToOthers { .. } => {
                "Close it with `chmod 600`. If others could read it, change the keys and the secrets."
            }
            Self::OtherOwner { .. } => "Run beacon as that user, or give the file to the user that runs beacon.",
            Self::NotAFile { .. } | Self::NoConfigurationFolder => "Name another place for the key file.",
            Self::NewKey(_) => "Check the random source of the operating system.",
            Self::Io { .. } => "Let the user that runs beacon read and write the file and its folder.",
        }
    }
}
