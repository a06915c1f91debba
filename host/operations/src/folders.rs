//! Where things lie in the data folder.

use crate::trouble::Trouble;
use beacon_store::{Connection, ConnectionId, RunId};
use etcetera::BaseStrategy as _;
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};

/// Paths below one data folder.
#[derive(Clone, Debug)]
pub struct Folders {
    root: PathBuf,
}

impl Folders {
    /// The named folder, or the platform's place for a program's data.
    pub fn new(named: Option<PathBuf>) -> Result<Self, Trouble> {
        if let Some(root) = named {
            return Ok(Self { root });
        }
        let strategy = etcetera::choose_base_strategy().map_err(|_| {
            Trouble::settings(
                "beacon.no_data_folder",
                "this user has no folder for program data",
                "Name one with --data DIR or BEACON_DATA.",
            )
        })?;
        Ok(Self { root: strategy.data_dir().join("m365-beacon") })
    }

    /// The data folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// File of an installed module.
    pub fn module(&self, id: &str, version: &str) -> PathBuf {
        self.root.join("modules").join(id).join(version).join("module.wasm")
    }

    /// The keys of the vault, where a passphrase locks them.
    pub fn locked_keys(&self) -> PathBuf {
        self.root.join("keys.locked")
    }

    /// File with installed product names.
    pub fn names(&self) -> PathBuf {
        self.root.join("names.tsv")
    }

    /// What runs need while they are at work.
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Folder of a run that goes on.
    pub fn run(&self, run: RunId) -> PathBuf {
        self.runs().join(run.to_string())
    }

    /// Log of a run.
    pub fn run_log(&self, run: RunId) -> PathBuf {
        self.root.join("logs").join(format!("{run}.jsonl"))
    }

    /// What the page is answered from, one file for each connection.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// All files that the page's answers about a connection come from; the first is the data itself.
    pub fn snapshot_files(&self, connection: ConnectionId) -> [PathBuf; 4] {
        let file = self.snapshots().join(format!("{connection}.sqlite"));
        let [run, wal, shm] = ["run", "sqlite-wal", "sqlite-shm"].map(|end| file.with_extension(end));
        [file, run, wal, shm]
    }

    /// Copies of files that command lines bring, as long as they are read.
    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// Usage that was imported from files, one for each application.
    pub fn usage(&self, connection: ConnectionId) -> PathBuf {
        self.root.join("usage").join(connection.to_string())
    }

    /// Packages, a folder for each connection.
    pub fn packages(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// Whether something lies at a path. What lies outside of the data folder may be on a share that is not mounted: then
    /// its folder is missing as well, and nobody knows.
    pub(crate) fn is_there(&self, path: &Path) -> io::Result<bool> {
        let is_missing = |path: &Path| match path.symlink_metadata() {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        };
        if !is_missing(path)? {
            return Ok(true);
        }
        let is_ours = std::path::absolute(path)?.starts_with(std::path::absolute(&self.root)?);
        match path.parent().filter(|_| !is_ours) {
            Some(folder) if is_missing(folder)? => {
                let text = "the folder around it is not there, as if a drive were not connected; if that is gone for good, make an empty one";
                Err(io::Error::new(io::ErrorKind::NotFound, text))
            }
            _ => Ok(false),
        }
    }

    /// Sorted by name, packages of one connection are sorted by time; the id keeps two of the same second apart.
    pub fn package(&self, output: Option<&Path>, connection: &Connection, run: RunId, at: Timestamp) -> PathBuf {
        let time = at.strftime("%Y-%m-%dT%H%M%SZ");
        let id: String = run.to_string().chars().take(8).collect();
        let root = output.map_or_else(|| self.packages(), Path::to_path_buf);
        let folder = root.join(folder_name(connection.name.as_str())).join(format!("{time}-{id}"));
        // It is looked for later by processes that work elsewhere.
        std::path::absolute(&folder).unwrap_or(folder)
    }
}

/// A connection name holds letters, digits, underscore and space; spaces are a nuisance in paths.
fn folder_name(connection: &str) -> String {
    connection.replace(' ', "_")
}
