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
            let files: Vec<_> = std::fs::read_dir(&source).ok()?.flatten().map(|entry| entry.path()).collect();
            // One under way has another ending, and its name is taken by an empty file meanwhile.
            let whole = |path: &&PathBuf| path.metadata().is_ok_and(|metadata| metadata.len() > 0);
            let has = |path: &PathBuf, wanted: &str| path.extension().is_some_and(|known| known == wanted);
            let under_way = files.iter().any(|path| has(path, "crdownload"));
            files.iter().find(|path| !under_way && has(path, ending)).filter(whole).cloned()
        });
        std::fs::create_dir_all(folder).expect("a folder");
        let place = folder.join(found.file_name().expect("a file has a name"));
        std::fs::copy(&found, &place).and_then(|_| std::fs::remove_file(&found)).expect("a file");
        place
    }
}
