//! Reading files that a person names, with errors that say which.

use crate::trouble::Trouble;
use beacon_vault::Secret;
use std::io::Read as _;
use std::path::Path;

/// The largest file that an argument may name: modules and certificates are far below.
const ARGUMENT_BYTES: u64 = 16 << 20;

/// A whole file.
///
/// # Errors
/// [`Trouble`] that names the argument.
pub fn read(path: &Path, argument: &str) -> Result<Vec<u8>, Trouble> {
    let trouble = |error: std::io::Error| {
        let title = format!("the file {} after {argument} cannot be read", path.display());
        Trouble::settings("beacon.file", title, "Check the path and its permissions.").with(error)
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(ARGUMENT_BYTES).read_to_end(&mut bytes)).map_err(trouble)?;
    Ok(bytes)
}

/// A secret from a file, or from the terminal's input for `-`. A line end at the end belongs to the editor.
///
/// # Errors
/// [`Trouble`] that names the argument.
pub fn read_secret(path: &Path, argument: &str) -> Result<Secret, Trouble> {
    let read = read_secret_bytes(path, argument)?;
    let end = read.expose().iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    let bytes = read.expose().get(..end).unwrap_or_default();
    if bytes.is_empty() {
        let title = format!("the secret after {argument} is empty");
        return Err(Trouble::settings("settings.empty_secret", title, "Put the secret's value into that file."));
    }
    Ok(Secret::new(bytes.to_vec()))
}

/// The same as it is, to the last byte.
///
/// # Errors
/// [`Trouble`] that names the argument.
pub(crate) fn read_secret_bytes(path: &Path, argument: &str) -> Result<Secret, Trouble> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().take(ARGUMENT_BYTES).read_to_end(&mut bytes).map_err(|error| {
            Trouble::settings("beacon.input", "the secret cannot be read from the input", "Try again.").with(error)
        })?;
        bytes
    } else {
        read(path, argument)?
    };
    Ok(Secret::new(bytes))
}
