use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::{StoreError, folder};

const LOCK_FILE: &str = "beacon.lock";

/// A process id has at most ten digits.
const LONGEST_PID: u64 = 10;

/// The ownership of a data folder: an advisory lock that the system gives back when the process ends, however it ends.
/// The file itself stays, and holds the owner's process id while there is one.
pub(crate) struct FolderLock {
    file: File,
}

impl FolderLock {
    pub(crate) fn take(folder: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::from_io(folder, source);
        let mut file = folder::open_private(&folder.join(LOCK_FILE)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { folder: folder.to_owned(), pid: read_pid(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        write!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Only for the message of the next one; the lock itself goes with the file.
        let _ = self.file.set_len(0);
    }
}

/// The process that owns a data folder, as far as its file tells. The lock itself is not touched: whoever is about to
/// take it must not meet somebody who only looked. A process that was killed leaves its id behind.
#[must_use]
pub fn noted_owner(folder: &Path) -> Option<u32> {
    let mut file = File::open(folder.join(LOCK_FILE)).ok()?;
    read_pid(&mut file)
}

/// The owner, where it can be told: it may be about to write its id, and Windows lets nobody else read a locked file.
fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(LONGEST_PID).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::FolderLock;
    use crate::StoreError;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(folder.path()).ok().unwrap();
        let error = FolderLock::take(folder.path()).err().unwrap();
        assert!(matches!(error, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id()), "{error}");
        assert!(error.to_string().ends_with(&format!("is in use by process {}", std::process::id())));
        assert_eq!(super::noted_owner(folder.path()), Some(std::process::id()));
        drop(lock);
        assert_eq!(super::noted_owner(folder.path()), None);
        assert!(FolderLock::take(folder.path()).is_ok());
    }
}
