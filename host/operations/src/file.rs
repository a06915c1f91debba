//! Reading files that are named in arguments and settings, with errors that say which. The file lies on the machine of
//! this process: what a person at a command line names, their terminal reads.

use crate::trouble::Trouble;
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
