//! What an upload shows at the door.

use crate::error::DeliveryError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beacon_vault::Secret;
use zeroize::Zeroizing;

/// The way into a destination. It holds secrets: no `Debug`, `Display`, `Clone`, `Serialize`.
pub enum Credential {
    /// None.
    Open,
    /// A bearer token (RFC 6750).
    Bearer(Secret),
    /// A name and a password (RFC 7617).
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A certificate of our own with its private key, both as PEM.
    ClientCertificate(Secret),
}

impl Credential {
    /// The certificate to show while the connection is made.
    pub(crate) fn identity(&self) -> Option<&Secret> {
        match self {
            Self::ClientCertificate(pem) => Some(pem),
            Self::Open | Self::Bearer(_) | Self::Basic { .. } => None,
        }
    }

    /// The value of the header `authorization`, if there is one.
    ///
    /// # Errors
    /// [`DeliveryError::Credential`] if the secret can be in no header.
    pub(crate) fn authorization(&self) -> Result<Option<Zeroizing<String>>, DeliveryError> {
        let unusable = DeliveryError::Credential { why: "a header cannot hold it" };
        let text = match self {
            Self::Open | Self::ClientCertificate(_) => return Ok(None),
            Self::Bearer(token) => match token.expose_str() {
                Some(token) => Zeroizing::new(format!("Bearer {token}")),
                None => return Err(unusable),
            },
            Self::Basic { username, password } => {
                let mut pair = Zeroizing::new(Vec::with_capacity(username.len() + 1 + password.expose().len()));
                pair.extend_from_slice(username.as_bytes());
                pair.push(b':');
                pair.extend_from_slice(password.expose());
                let encoded = Zeroizing::new(STANDARD.encode(&*pair));
                Zeroizing::new(format!("Basic {}", *encoded))
            }
        };
        // What a header can hold (RFC 9110, section 5.5), without what is not ASCII.
        let fits = text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        if fits { Ok(Some(text)) } else { Err(unusable) }
    }
}

#[cfg(test)]
mod tests {
    use super::Credential;
    use beacon_vault::Secret;

    fn header(credential: &Credential) -> Option<String> {
        Some(credential.authorization().unwrap()?.to_string())
    }

    #[test]
    fn each_way_has_its_header() {
        let basic =
            Credential::Basic { username: "Aladdin".to_owned(), password: Secret::from("open sesame".to_owned()) };
        // The example of RFC 7617, section 2.
        assert_eq!(header(&basic), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned()));
        assert_eq!(header(&Credential::Bearer(Secret::from("abc".to_owned()))), Some("Bearer abc".to_owned()));
        assert_eq!(header(&Credential::Open), None);
    }

    #[test]
    fn a_token_that_would_end_the_header_is_none() {
        let error = Credential::Bearer(Secret::from("a\r\nb: c".to_owned())).authorization().unwrap_err();
        assert_eq!(error.code(), "delivery.credential");
    }
}
