//! Finding, checking and loading connector modules.
//!
//! Each module lies in its own folder of the data folder and is checked against its digest at every load: an altered
//! one is refused and imports nothing (R17).

use crate::bundled;
use crate::folders::Folders;
use crate::trouble::Trouble;
use crate::words::Words;
use beacon_contract::{Manifest, ManifestError};
use beacon_package::ModuleIdentity;
use beacon_sandbox::{CompiledModule, Engine, ModuleDigest, SandboxLimits, inspect};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Compiled modules that are kept.
const COMPILED_KEPT: usize = 4;

/// What this process compiled, by digest. To compile takes as long as to import a small tenant, and a beacon that serves
/// imports many with the same module.
static COMPILED: Mutex<Vec<(ModuleDigest, CompiledModule)>> = Mutex::new(Vec::new());

/// A module that may be used.
pub struct Module {
    /// What it is and may do.
    pub manifest: Arc<Manifest>,
    /// SHA-256 of its bytes.
    pub digest: ModuleDigest,
    /// Whether this program brought it along.
    pub trusted: bool,
    bytes: Vec<u8>,
}

impl Module {
    /// The module that the operator brought, or the installed one of a source type.
    ///
    /// # Errors
    /// [`Trouble`] if there is none, or it is altered, refused or made for a newer host.
    pub fn find(folders: &Folders, brought: Option<Vec<u8>>, source_type: &str) -> Result<Self, Trouble> {
        match brought {
            Some(bytes) => Self::read(bytes),
            None => Self::installed(folders, source_type),
        }
    }

    /// A module from its bytes, checked before anything of it runs.
    ///
    /// # Errors
    /// [`Trouble`] if it is refused.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Trouble> {
        let facts = inspect(&bytes)?;
        let manifest = Manifest::from_json(&facts.manifest)?;
        made_for_this_host(&manifest)?;
        Ok(Self {
            manifest: Arc::new(manifest),
            digest: facts.digest,
            trusted: bundled::is_trusted(facts.digest),
            bytes,
        })
    }

    fn installed(folders: &Folders, source_type: &str) -> Result<Self, Trouble> {
        let module = Self::built_in(source_type)?;
        if !module.is_installed(folders)? {
            install(&module.path(folders), &module.bytes)?;
        }
        Ok(module)
    }

    /// All built-in modules, wherever they are installed.
    pub(crate) fn all_built_in() -> impl Iterator<Item = Result<Self, Trouble>> {
        bundled::modules().map(|bytes| Self::read(bytes.to_vec()))
    }

    /// Where it is installed, or would be.
    pub(crate) fn path(&self, folders: &Folders) -> PathBuf {
        folders.module(self.manifest.id.as_str(), &self.manifest.version)
    }

    /// Whether it is installed, byte for byte.
    ///
    /// # Errors
    /// [`Trouble`] if another one is, or what is there cannot be read.
    pub(crate) fn is_installed(&self, folders: &Folders) -> Result<bool, Trouble> {
        let path = self.path(folders);
        let found = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(unusable(&path, &error)),
        };
        let digest = ModuleDigest::of(&found);
        if digest == self.digest {
            return Ok(true);
        }
        let title = format!("the installed module {} was altered", path.display());
        let advice = "Nothing was imported. Delete that file: the module that came with beacon is then installed again. \
                      Find out who changed it.";
        Err(Trouble::new(beacon_contract::FailKind::Defect, "module.altered", title, advice)
            .with(format!("expected sha256 {}", self.digest))
            .with(format!("found sha256 {digest}")))
    }

    /// The built-in module of a source type. No file is touched.
    ///
    /// # Errors
    /// [`Trouble`] if there is none.
    pub(crate) fn built_in(source_type: &str) -> Result<Self, Trouble> {
        for module in Self::all_built_in() {
            let module = module?;
            if module.manifest.is_source_type(source_type) {
                return Ok(module);
            }
        }
        let known = Self::source_types();
        let title = format!("there is no connector for the source type {source_type:?}");
        let advice = if known.is_empty() {
            "This program was built without connector modules: run `cargo xtask pack` and build it again.".to_owned()
        } else {
            format!("Known source types: {}.", known.join(", "))
        };
        Err(Trouble::settings("module.unknown_source_type", title, advice))
    }

    /// Source types of the built-in modules.
    pub fn source_types() -> Vec<String> {
        let modules = Self::all_built_in().filter_map(Result::ok);
        modules.map(|module| module.manifest.source_type.clone()).collect()
    }

    /// Its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Its words.
    pub fn words(&self) -> Words {
        Words::new(Arc::clone(&self.manifest))
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Compiles the module, or takes what was compiled from the same bytes before; a fresh instance is made for each run.
    ///
    /// # Errors
    /// [`Trouble`] if it cannot be compiled.
    pub fn compile(&self) -> Result<CompiledModule, Trouble> {
        // Held while it compiles: a second import that starts in the same moment waits instead of doing it again.
        let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, module)) = compiled.iter().find(|(digest, _)| *digest == self.digest) {
            return Ok(module.clone());
        }
        let engine = Engine::new(SandboxLimits::default()).map_err(|error| Trouble::unexpected(&error))?;
        let module = engine.compile(&self.bytes)?;
        if compiled.len() >= COMPILED_KEPT {
            compiled.remove(0);
        }
        compiled.push((self.digest, module.clone()));
        Ok(module)
    }

    /// How packages name it.
    pub fn identity(&self) -> ModuleIdentity {
        ModuleIdentity {
            id: self.manifest.id.clone(),
            version: self.manifest.version.clone(),
            sha256: self.digest.to_string(),
            signing_key_id: None,
            trusted: self.trusted,
        }
    }
}

/// Refuses a module that needs a newer host, before anything of it runs: it may count on what this one does not do.
fn made_for_this_host(manifest: &Manifest) -> Result<(), Trouble> {
    const HOST: &str = env!("CARGO_PKG_VERSION");
    // Whoever read the manifest has seen to it that it is three numbers.
    let numbers =
        |version: &str| -> Vec<u32> { version.split('.').map(|number| number.parse().unwrap_or(u32::MAX)).collect() };
    if numbers(&manifest.minimum_host) <= numbers(HOST) {
        return Ok(());
    }
    let (id, version, needed) = (&manifest.id, &manifest.version, &manifest.minimum_host);
    let title = format!("the module {id} {version} needs beacon {needed} or newer, and this is {HOST}");
    let advice = "Nothing was run. Update beacon, or use an older version of the module.";
    Err(Trouble::settings("module.needs_newer_host", title, advice))
}

/// Writes the module beside its place and renames it, so that a half-written one is never found.
fn install(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let partial = path.with_extension("partial");
        let mut file = std::fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    };
    write().map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> Trouble {
    let title = format!("the module file {} cannot be used", path.display());
    let advice = "Check free space and permissions of the data folder, then try again.";
    Trouble::new(beacon_contract::FailKind::Retry, "module.file", title, advice).with(error)
}

impl From<ManifestError> for Trouble {
    fn from(error: ManifestError) -> Self {
        let advice = "Use a module that is made for this version of beacon.";
        Self::new(beacon_contract::FailKind::Defect, "module.manifest", &error, advice).caused_by(&error)
    }
}
