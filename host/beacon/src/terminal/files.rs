//! Files that a person names: theirs, wherever the command is executed.

use super::{Person, Terminal};
use crate::files;
use beacon_contract::FailKind;
use beacon_operations::Trouble;
use beacon_vault::Secret;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The largest file that is read at once: modules and certificates are far below.
const LARGEST_FILE: usize = 64 << 20;

/// A file of the person, as this process can open it. A copy is gone with this.
pub(crate) struct Fetched {
    path: PathBuf,
    _copy: Option<TempDir>,
}

impl Fetched {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Terminal {
    /// A file that the person names.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument.
    pub(crate) fn read(&self, path: &Path, argument: &str) -> Result<Vec<u8>, Trouble> {
        let mut bytes = Vec::new();
        self.pieces(path, argument, |piece| {
            bytes.extend_from_slice(piece);
            if bytes.len() <= LARGEST_FILE { Ok(()) } else { Err(too_large(path, argument)) }
        })?;
        Ok(bytes)
    }

    /// A secret from a file that the person names, or from what they type for `-`.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument.
    pub(crate) fn read_secret(&self, path: &Path, argument: &str) -> Result<Secret, Trouble> {
        match &self.person {
            Person::Here => files::secret(path, argument),
            Person::Away(line) => line.secret(path, argument),
        }
    }

    /// A file that the person names and that may be of any size, as a file that this process can open.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument.
    pub(crate) fn fetch(&self, path: &Path, argument: &str, incoming: &Path) -> Result<Fetched, Trouble> {
        if self.line().is_none() {
            files::pieces(path, argument, |_| Ok(()))?;
            return Ok(Fetched { path: path.to_owned(), _copy: None });
        }
        let failed = |error: std::io::Error| {
            let title = format!("the file {} after {argument} cannot be taken in", path.display());
            Trouble::new(FailKind::Retry, "beacon.file_copy", title, "Check free space of the data folder.").with(error)
        };
        std::fs::create_dir_all(incoming).map_err(failed)?;
        let folder = tempfile::tempdir_in(incoming).map_err(failed)?;
        let copy = folder.path().join(path.file_name().unwrap_or_default());
        let mut file = std::fs::File::create(&copy).map_err(failed)?;
        self.pieces(path, argument, |piece| file.write_all(piece).map_err(failed))?;
        Ok(Fetched { path: copy, _copy: Some(folder) })
    }

    fn pieces(
        &self,
        path: &Path,
        argument: &str,
        take: impl FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        match &self.person {
            Person::Here => files::pieces(path, argument, take),
            Person::Away(line) => line.pieces(path, argument, take),
        }
    }

    /// Writes a file that the person names, for its owner's eyes.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument.
    pub(crate) fn write(&self, path: &Path, argument: &str, bytes: &[u8]) -> Result<(), Trouble> {
        match &self.person {
            Person::Here => files::write(path, argument, bytes),
            Person::Away(line) => line.write(path, argument, bytes),
        }
    }

    /// A folder that the person names from where they are, for this process to use.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        match &self.person {
            Person::Here => path.to_owned(),
            Person::Away(line) => line.folder().join(path),
        }
    }
}

fn too_large(path: &Path, argument: &str) -> Trouble {
    let title = format!("the file {} after {argument} is too large", path.display());
    Trouble::settings("beacon.file_size", title, "Check that it is the file you mean.")
}
