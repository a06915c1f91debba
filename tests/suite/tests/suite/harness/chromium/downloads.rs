//! Files that a page lets somebody download.

use super::Browser;
use crate::harness::served::eventually;
use std::path::{Path, PathBuf};

/// Where a browser with this profile puts them.
pub(super) fn folder(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

impl Browser {
    /// Waits for the one file with this ending, whole, and moves it to `folder`.
    #[track_caller]
    pub(crate) fn downloaded(&self, ending: &str, folder: &Path) -> PathBuf {
        let source = self::folder(self.profile());
        let found = eventually(ending, || {
            let mut files = std::fs::read_dir(&source).ok()?.flatten().map(|entry| entry.path());
            // One under way has another ending.
            files.find(|path| path.extension().is_some_and(|known| known == ending))
        });
        std::fs::create_dir_all(folder).expect("a folder");
        let place = folder.join(found.file_name().expect("a file has a name"));
        std::fs::copy(&found, &place).and_then(|_| std::fs::remove_file(&found)).expect("a file");
        place
    }
}
