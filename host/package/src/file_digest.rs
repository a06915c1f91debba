//! Files that know their own digest.

use crate::error::PackageError;
use crate::table_hash::hex;
use aws_lc_rs::digest;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What a finished file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFacts {
    pub(crate) bytes: u64,
    /// Hexadecimal.
    pub(crate) sha256: String,
}

/// A new file whose bytes are counted and hashed as they are written.
pub(crate) struct DigestFile {
    file: File,
    path: PathBuf,
    context: digest::Context,
    bytes: u64,
}

impl DigestFile {
    /// Creates the file; it must not exist.
    pub(crate) fn create(path: &Path) -> Result<Self, PackageError> {
        let file = File::create_new(path).map_err(PackageError::storage("create", path))?;
        Ok(Self { file, path: path.to_owned(), context: digest::Context::new(&digest::SHA256), bytes: 0 })
    }

    /// Brings everything to the disk.
    pub(crate) fn finish(self) -> Result<FileFacts, PackageError> {
        self.file.sync_all().map_err(PackageError::storage("write", &self.path))?;
        Ok(FileFacts { bytes: self.bytes, sha256: hex(self.context.finish().as_ref()) })
    }
}

impl Write for DigestFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.context.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a file and returns what it is.
pub(crate) fn file_facts(path: &Path) -> Result<FileFacts, PackageError> {
    let failed = || PackageError::storage("read", path);
    let mut file = File::open(path).map_err(failed())?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(failed())?;
        if read == 0 {
            return Ok(FileFacts { bytes, sha256: hex(context.finish().as_ref()) });
        }
        context.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}
