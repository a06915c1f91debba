//! Files that a person names, on the machine and with the rights of the process that reads: that of their command line.

use crate::terminal::put_error;
use beacon_operations::Trouble;
use beacon_vault::{Replace, Secret, write_private_file};
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

/// The largest secret that is read; certificates are far below.
const SECRET_BYTES: u64 = 16 << 20;

/// Bytes that are handed on at once.
const PIECE: usize = 256 << 10;

/// The name that stands for the input.
const INPUT: &str = "-";

/// Reads a file, and hands on one piece after the other.
///
/// # Errors
/// [`Trouble`] that names the argument; those of `take`.
pub(crate) fn pieces(
    path: &Path,
    argument: &str,
    mut take: impl FnMut(&[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let failed = |error: io::Error| {
        let title = format!("the file {} after {argument} cannot be read", path.display());
        Trouble::settings("beacon.file", title, "Check the path and its permissions.").with(error)
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(()),
            read => take(piece.get(..read).unwrap_or_default())?,
        }
    }
}

/// A secret from a file, or for `-` from the input: asked for without showing what is typed, if somebody sits there. A
/// line end at the end belongs to the editor.
///
/// # Errors
/// [`Trouble`] that names the argument.
pub(crate) fn secret(path: &Path, argument: &str) -> Result<Secret, Trouble> {
    let mut bytes = if path.as_os_str() == INPUT {
        typed(argument).map_err(|error| {
            Trouble::settings("beacon.input", "the secret cannot be read from the input", "Try again.").with(error)
        })?
    } else {
        let mut bytes = Zeroizing::new(Vec::new());
        pieces(path, argument, |piece| {
            bytes.extend_from_slice(piece);
            if bytes.len() as u64 <= SECRET_BYTES { Ok(()) } else { Err(too_long(path, argument)) }
        })?;
        bytes
    };
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    if bytes.is_empty() {
        let title = format!("the secret after {argument} is empty");
        return Err(Trouble::settings("settings.empty_secret", title, "Put the secret's value into that file."));
    }
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

fn too_long(path: &Path, argument: &str) -> Trouble {
    let title = format!("the file {} after {argument} is larger than any secret", path.display());
    Trouble::settings("beacon.file_size", title, "Name the file that holds the secret and nothing else.")
}

fn typed(argument: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    if let Some(line) = typed_by_a_person(&format!("Value for {argument}")) {
        return Ok(Zeroizing::new(line?.as_bytes().to_vec()));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().lock().take(SECRET_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A line that is not shown while it is typed; `None` where nobody sits there.
fn typed_by_a_person(what: &str) -> Option<io::Result<Zeroizing<String>>> {
    let shown = console::Term::stderr();
    (io::stdin().is_terminal() && shown.is_term()).then(|| {
        put_error(&format!("{what} (not shown while you type): "));
        shown.read_secure_line().map(Zeroizing::new)
    })
}

/// Asks a person for a secret; `None` where nobody sits there, or they type nothing.
pub(crate) fn ask_secret(what: &str) -> Option<Secret> {
    let line = typed_by_a_person(what)?.ok()?;
    (!line.is_empty()).then(|| Secret::new(line.as_bytes().to_vec()))
}

/// Writes a file that only its owner may read, whole or not at all. One that is there is replaced.
///
/// # Errors
/// [`Trouble`] that names the argument.
pub(crate) fn write(path: &Path, argument: &str, bytes: &[u8]) -> Result<(), Trouble> {
    write_private_file(path, bytes, Replace::Always).map_err(|error| not_written(path, argument, error))
}

/// A file that only its owner may read and that grows beside its place: put there as a whole at the end.
pub(crate) struct Growing {
    file: tempfile::NamedTempFile,
    path: std::path::PathBuf,
    argument: String,
}

impl Growing {
    /// Begins it. One that is there is replaced at the end.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument.
    pub(crate) fn begin(path: &Path, argument: &str) -> Result<Self, Trouble> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".beacon-").tempfile_in(folder);
        let file = file.map_err(|error| not_written(path, argument, error))?;
        Ok(Self { file, path: path.to_owned(), argument: argument.to_owned() })
    }

    /// Appends to it.
    ///
    /// # Errors
    /// The system's cause.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// [`Trouble`] that names the argument; nothing is there then that was not there before.
    pub(crate) fn finish(self) -> Result<(), Trouble> {
        let Self { file, path, argument } = self;
        let synced = file.as_file().sync_all();
        let placed = synced.and_then(|()| file.persist(&path).map(drop).map_err(|error| error.error));
        placed.map_err(|error| not_written(&path, &argument, error))
    }
}

fn not_written(path: &Path, argument: &str, error: io::Error) -> Trouble {
    let title = format!("the file {} after {argument} cannot be written", path.display());
    Trouble::settings("beacon.file_write", title, "Check its folder and permissions.").with(error)
}
