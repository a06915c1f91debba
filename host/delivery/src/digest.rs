//! SHA-256 in the three forms that files, manifests and headers want.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Length of a digest in bytes.
const LENGTH: usize = 32;

/// How a manifest begins the digest of a file.
const PREFIX: &str = "sha256:";

/// The SHA-256 of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest([u8; LENGTH]);

impl Digest {
    /// Of bytes at hand.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut digester = Digester::new();
        digester.update(bytes);
        digester.finish()
    }

    /// As a manifest writes it: `sha256:` and 64 hexadecimal digits.
    pub(crate) fn from_manifest(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?.as_bytes();
        let mut digest = [0; LENGTH];
        if digits.len() != 2 * LENGTH {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(digest))
    }

    /// As a `Content-Digest` header writes it (RFC 9530, section 2).
    pub(crate) fn content_digest(&self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }

    /// As the older `Digest` header writes it (RFC 3230, section 4.3.2), which more servers know.
    pub(crate) fn digest(&self) -> String {
        format!("SHA-256={}", STANDARD.encode(self.0))
    }
}

/// A digest in the making.
pub(crate) struct Digester(Context);

impl Digester {
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        let mut digest = [0; LENGTH];
        // SHA-256 has this length by definition.
        digest.iter_mut().zip(self.0.finish().as_ref()).for_each(|(to, from)| *to = *from);
        Digest(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn the_digest_of_nothing_in_all_forms() {
        let digest = Digest::of(b"");
        let hex = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::from_manifest(hex), Some(digest));
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(digest.content_digest(), format!("sha-256=:{base64}:"));
        assert_eq!(digest.digest(), format!("SHA-256={base64}"));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for text in ["", "sha256:", "sha256:00", "md5:00", &format!("sha256:{}", "zz".repeat(32))] {
            assert_eq!(Digest::from_manifest(text), None, "{text}");
        }
        assert_eq!(Digest::from_manifest(&format!("sha256:{}", "ä".repeat(32))), None);
    }
}
