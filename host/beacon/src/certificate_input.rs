//! A certificate that a person brings along, as PEM or as PKCS#12.

use crate::terminal::Terminal;
use beacon_operations::{Trouble, from_pkcs12, is_pkcs12};
use beacon_vault::Secret;
use std::path::Path;

/// A certificate with its key as PEM, from a file of either kind.
///
/// # Errors
/// [`Trouble`] if it cannot be read, or the password is missing, needless or wrong.
pub(crate) fn read_certificate(
    terminal: &Terminal,
    path: &Path,
    argument: &str,
    password: Option<&Path>,
) -> Result<Secret, Trouble> {
    // A binary file may end with what a text would have as its line end; only what is typed is text for certain.
    let content = match path.as_os_str() == "-" {
        true => terminal.read_secret(path, argument)?,
        false => Secret::new(terminal.read(path, argument)?),
    };
    match (is_pkcs12(content.expose()), password) {
        (true, Some(password)) => {
            from_pkcs12(&content, &terminal.read_secret(password, "--certificate-password-file")?)
        }
        (true, None) => {
            let title = format!("the file {} is PKCS#12 and needs its password", path.display());
            let advice = "Name a file with the password: --certificate-password-file FILE (- reads it from the input).";
            Err(Trouble::settings("certificate.password_missing", title, advice))
        }
        (false, Some(_)) => {
            let title = format!("the file {} is no PKCS#12 file, and a password was given", path.display());
            let advice = "Leave the password out, or name the PKCS#12 file. An encrypted key in PEM is not read: export \
                          certificate and key as PKCS#12.";
            Err(Trouble::settings("certificate.no_pkcs12", title, advice))
        }
        (false, None) => Ok(content),
    }
}
