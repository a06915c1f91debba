//! A unit as systemd reads it, as far as tests need it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A unit in a folder that is the root of a system.
pub(super) struct Unit {
    root: PathBuf,
    path: PathBuf,
    text: String,
}

impl Unit {
    pub(super) fn read(root: &Path, path: &str) -> Self {
        let path = root.join(path.trim_start_matches('/'));
        let text = std::fs::read_to_string(&path).expect("the unit");
        Self { root: root.to_owned(), path, text }
    }

    /// All values of a setting.
    pub(super) fn values(&self, setting: &str) -> Vec<&str> {
        let pairs = self.text.lines().filter_map(|line| line.split_once('='));
        pairs.filter(|(name, _)| *name == setting).map(|(_, value)| value).collect()
    }

    /// The one value of a setting.
    #[track_caller]
    pub(super) fn value(&self, setting: &str) -> &str {
        let values = self.values(setting);
        assert_eq!(values.len(), 1, "{setting}: {}", self.text);
        values[0]
    }

    /// The lines from one on, up to an empty one.
    pub(super) fn part(&self, first: &str) -> Vec<&str> {
        self.text.lines().skip_while(|line| *line != first).take_while(|line| !line.is_empty()).collect()
    }

    /// What systemd says of it, where there is systemd. (A container may have none.)
    pub(super) fn judged_by_systemd(&self) {
        let Ok(verified) = Command::new("systemd-analyze").arg("verify").arg(&self.path).output() else { return };
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        assert!(!said.contains("m365-beacon.service"), "{said}");
        let rated = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
            .arg(&self.path)
            .output()
            .expect("systemd-analyze");
        assert!(rated.status.success(), "{}", String::from_utf8_lossy(&rated.stdout));
    }

    /// Its command as systemd would start it, below the root: folders of its own, nothing else in the environment.
    pub(super) fn command(&self) -> Command {
        for folder in self.values("StateDirectory").iter().map(|name| format!("var/lib/{name}")) {
            std::fs::create_dir_all(self.root.join(folder)).expect("a folder");
        }
        let line = self.value("ExecStart").split(' ');
        let mut command = Command::new("sh");
        // The mask is of the process, and there is no safe way to set it for another one but to ask it.
        command.args(["-c", "umask \"$1\" && shift && exec \"$@\"", "sh", self.value("UMask")]).args(line);
        command.env_clear();
        for pair in self.values("Environment") {
            let (name, value) = pair.split_once('=').expect("a name and a value");
            command.env(name, below(&self.root, value));
        }
        command
    }
}

/// A path of the system, below the folder that stands for its root.
pub(super) fn below(root: &Path, path: &str) -> PathBuf {
    match path.strip_prefix('/') {
        Some(inside) => root.join(inside),
        None => path.into(),
    }
}
