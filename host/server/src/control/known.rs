//! The file that leads to a beacon that serves.

use crate::secret_text;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FILE: &str = "control.json";

/// Where it is reached, and the secret that both sides know.
#[derive(Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) port: u16,
    pub(super) token: String,
}

pub(super) fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

impl Known {
    pub(super) fn new(port: u16) -> Self {
        Self { port, token: secret_text::new() }
    }

    /// Made anew, so that nobody's permissions of an older file stay.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let json = Zeroizing::new(serde_json::to_vec(self).map_err(io::Error::other)?);
        let partial = file.with_extension("partial");
        match std::fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        private(&partial)?.write_all(&json)?;
        std::fs::rename(partial, file)
    }

    /// `None` if nobody serves, or a crash left something else behind.
    pub(super) fn read(file: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(file) {
            Ok(json) => Ok(serde_json::from_slice(&Zeroizing::new(json)).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(unix)]
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    File::options().write(true).create_new(true).mode(0o600).open(path)
}

// On Windows the data folder's own permissions keep others out.
#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}
