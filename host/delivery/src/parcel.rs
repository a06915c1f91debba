//! One package as it travels.

use crate::digest::Digest;
use crate::error::DeliveryError;
use beacon_package::{MANIFEST_NAME, PackageError, PackageFolder, is_safe_path};
use std::io;
use std::path::{Path, PathBuf};

/// A package, with what its manifest says about each file. Files are compared with that while they are sent: what was
/// altered on this side arrives nowhere.
#[derive(Debug)]
pub struct Parcel {
    folder: PathBuf,
    name: String,
    run: String,
    files: Vec<ParcelFile>,
    manifest: Vec<u8>,
}

/// One file beside the manifest.
#[derive(Clone, Debug)]
pub(crate) struct ParcelFile {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
}

impl Parcel {
    /// The package of a run.
    ///
    /// # Errors
    /// [`DeliveryError::PackageMissing`], [`DeliveryError::PackageAltered`] also where it is the package of another
    /// run, [`DeliveryError::PackageUnreadable`].
    pub fn open(folder: &Path, run: &str) -> Result<Self, DeliveryError> {
        let missing = || DeliveryError::PackageMissing { folder: folder.to_owned() };
        let altered = |file: &str| DeliveryError::PackageAltered { folder: folder.to_owned(), file: file.to_owned() };
        let package = PackageFolder::open(folder).map_err(|error| match error {
            PackageError::NotAPackage { .. } => missing(),
            PackageError::Storage { source, .. } => unreadable(folder, MANIFEST_NAME, source),
            _ => altered(MANIFEST_NAME),
        })?;
        let manifest = std::fs::read(folder.join(MANIFEST_NAME));
        let manifest = manifest.map_err(|source| unreadable(folder, MANIFEST_NAME, source))?;
        let name = folder.file_name().and_then(|name| name.to_str()).ok_or_else(missing)?.to_owned();
        if package.manifest().beacon.run_id != run {
            return Err(altered(MANIFEST_NAME));
        }
        let files = package.manifest().resources.iter().map(|resource| {
            let digest = Digest::from_manifest(&resource.hash).filter(|_| is_safe_path(&resource.path));
            Ok(ParcelFile {
                name: resource.path.clone(),
                media_type: resource.mediatype.clone(),
                bytes: resource.bytes,
                digest: digest.ok_or_else(|| altered(MANIFEST_NAME))?,
            })
        });
        let files = files.collect::<Result<_, _>>()?;
        Ok(Self { folder: folder.to_owned(), name, run: run.to_owned(), files, manifest })
    }

    /// Its name: that of its folder, here and at the destination.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Size of everything in it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let manifest = u64::try_from(self.manifest.len()).unwrap_or(u64::MAX);
        self.files.iter().fold(manifest, |sum, file| sum.saturating_add(file.bytes))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn files(&self) -> &[ParcelFile] {
        &self.files
    }

    pub(crate) fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// What a manifest at the destination says about this package.
    pub(crate) fn judge(&self, manifest: &[u8]) -> Found {
        if manifest == self.manifest {
            return Found::Whole;
        }
        let there: Option<serde_json::Value> = serde_json::from_slice(manifest).ok();
        let run = there.as_ref().and_then(|there| there.pointer("/beacon/run_id")).and_then(serde_json::Value::as_str);
        match run {
            Some(run) if run != self.run => Found::Other,
            // Half a manifest is left where a server writes without care, and is ours to write again.
            _ => Found::Nothing,
        }
    }

    pub(crate) fn altered(&self, file: &str) -> DeliveryError {
        DeliveryError::PackageAltered { folder: self.folder.clone(), file: file.to_owned() }
    }

    /// A file that cannot be opened or read: missing, or in the way of the system.
    pub(crate) fn unreadable(&self, file: &str, source: io::Error) -> DeliveryError {
        if source.kind() == io::ErrorKind::NotFound {
            self.altered(file)
        } else {
            unreadable(&self.folder, file, source)
        }
    }
}

/// What lies at a destination under the name of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This package.
    Whole,
    /// A package of another run.
    Other,
    /// Nothing, or what an interrupted attempt left.
    Nothing,
}

fn unreadable(folder: &Path, file: &str, source: io::Error) -> DeliveryError {
    DeliveryError::PackageUnreadable { folder: folder.to_owned(), file: file.to_owned(), source }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Digest, Found, Parcel, ParcelFile};
    use serde_json::json;
    use std::path::Path;

    /// A package that has no more than what travelling needs.
    pub(crate) fn parcel(root: &Path, run: &str, files: &[(&str, &[u8])]) -> Parcel {
        let folder = root.join(format!("2026-03-01T060000Z-{run}"));
        std::fs::create_dir_all(&folder).unwrap();
        let manifest = serde_json::to_vec(&json!({ "beacon": { "run_id": run }, "files": files.len() })).unwrap();
        std::fs::write(folder.join("datapackage.json"), &manifest).unwrap();
        let files = files.iter().map(|(name, content)| {
            std::fs::write(folder.join(name), content).unwrap();
            ParcelFile {
                name: (*name).to_owned(),
                media_type: "text/csv".to_owned(),
                bytes: content.len() as u64,
                digest: Digest::of(content),
            }
        });
        let files = files.collect();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        Parcel { folder, name, run: run.to_owned(), files, manifest }
    }

    #[test]
    fn what_lies_there_is_judged_by_its_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let parcel = parcel(folder.path(), "one", &[("users.csv", b"a")]);
        let own = parcel.manifest().to_vec();
        assert_eq!(parcel.judge(&own), Found::Whole);
        for cut in 0..own.len() {
            assert_eq!(parcel.judge(&own[..cut]), Found::Nothing, "{cut} bytes");
        }
        assert_eq!(parcel.judge(b"<html>welcome</html>"), Found::Nothing);
        assert_eq!(parcel.judge(br#"{"beacon":{"run_id":"one"},"files":7}"#), Found::Nothing);
        assert_eq!(parcel.judge(br#"{"beacon":{"run_id":"two"}}"#), Found::Other);
    }

    #[test]
    fn a_folder_without_a_package_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        for place in [folder.path().to_owned(), folder.path().join("nowhere")] {
            assert_eq!(Parcel::open(&place, "one").unwrap_err().code(), "delivery.package_missing");
        }
        std::fs::write(folder.path().join("datapackage.json"), "{").unwrap();
        assert_eq!(Parcel::open(folder.path(), "one").unwrap_err().code(), "delivery.package_altered");
    }
}
