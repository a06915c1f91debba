//! Certificates as people have them: PEM, or PKCS#12 with a password. The vault holds PEM.

use crate::trouble::Trouble;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beacon_vault::Secret;
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as Pkcs12Error;
use zeroize::Zeroizing;

/// How DER begins that is longer than a few bytes: a sequence. No PEM text begins so.
const DER_SEQUENCE: u8 = 0x30;

/// Whether the bytes of a file are PKCS#12, or at least no text.
#[must_use]
pub fn is_pkcs12(bytes: &[u8]) -> bool {
    bytes.first() == Some(&DER_SEQUENCE)
}

/// Certificate and key of a PKCS#12 file as PEM.
///
/// # Errors
/// [`Trouble`] if the password is wrong, or the file holds no key or several.
pub fn from_pkcs12(bytes: &Secret, password: &Secret) -> Result<Secret, Trouble> {
    let password = password.expose_str().ok_or_else(|| {
        let title = "the password of the PKCS#12 file is not text";
        Trouble::settings("certificate.password", title, "Give the password in a file of UTF-8 text.")
    })?;
    let archive = Pkcs12Archive::from_pkcs12(bytes.expose(), password).map_err(unreadable)?;
    let [key] = archive.keys.as_slice() else {
        let title = format!("the PKCS#12 file holds {} private keys, and one is needed", archive.keys.len());
        let advice = "Export the one certificate together with its private key.";
        return Err(Trouble::settings("certificate.keys", title, advice));
    };
    let mut pem = Zeroizing::new(String::new());
    block(&mut pem, "PRIVATE KEY", key.key.as_der());
    for certificate in &archive.certs {
        block(&mut pem, "CERTIFICATE", certificate.cert.as_der());
    }
    Ok(Secret::new(pem.as_bytes().to_vec()))
}

/// Appends a block of PEM (RFC 7468); one long line is read by everybody who reads it here.
fn block(pem: &mut Zeroizing<String>, label: &str, der: &[u8]) {
    let encoded = Zeroizing::new(STANDARD.encode(der));
    for part in ["-----BEGIN ", label, "-----\n", &encoded, "\n-----END ", label, "-----\n"] {
        pem.push_str(part);
    }
}

/// The library's errors name structures; people know passwords and exports. Nothing of the file is repeated.
fn unreadable(error: Pkcs12Error) -> Trouble {
    match error {
        Pkcs12Error::MacError(_) | Pkcs12Error::Pkcs5Error(_) | Pkcs12Error::UnpadError => {
            let title = "the password of the PKCS#12 file is wrong";
            Trouble::settings("certificate.password", title, "Give the password that the file was exported with.")
        }
        Pkcs12Error::UnsupportedEncryptionScheme | Pkcs12Error::UnsupportedMacAlgorithm => {
            let title = "the PKCS#12 file is encrypted in a way that is not known here";
            Trouble::settings("certificate.encryption", title, "Export it again with AES256-SHA256.")
        }
        _ => {
            let title = "the file is no PKCS#12 file, or it is damaged";
            Trouble::settings(
                "certificate.unreadable",
                title,
                "Export the certificate with its key again, or give PEM.",
            )
        }
    }
}
