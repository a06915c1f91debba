use zeroize::Zeroizing;

/// Bytes that nobody may print, copy or store in the clear; wiped when dropped.
///
/// There is deliberately no `Debug`, `Display`, `Clone`, `PartialEq` or `Serialize`: the only way
/// to the bytes is a call that says so.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over without copying them.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes. Keep the borrow short and make no copy that outlives it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, or `None` where they are not UTF-8.
    #[must_use]
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use crate::{ConnectionKeys, Identities, KeyEncryptionKey, PassphraseFile, RunKey};

    /// Fails to compile ("type annotations needed") as soon as the type implements one of the
    /// traits: then two implementations of `Ambiguous` apply to it and the placeholder can't be
    /// inferred.
    macro_rules! assert_implements_none {
        ($type:ty: $($trait:path),+) => { $(
            const _: fn() = || {
                trait Ambiguous<Marker> { fn resolve() {} }
                impl<T: ?Sized> Ambiguous<()> for T {}
                struct Implements;
                impl<T: ?Sized + $trait> Ambiguous<Implements> for T {}
                let _ = <$type as Ambiguous<_>>::resolve;
            };
        )+ };
    }

    macro_rules! assert_opaque {
        ($($type:ty),+) => { $(
            assert_implements_none!($type: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize, PartialEq);
        )+ };
    }

    assert_opaque!(Secret, RunKey, KeyEncryptionKey, ConnectionKeys, Identities, PassphraseFile);

    #[test]
    fn text_is_given_back_as_it_came() {
        assert_eq!(Secret::from("pässwort".to_owned()).expose_str(), Some("pässwort"));
        assert_eq!(Secret::new(vec![0xff, 0x00]).expose(), [0xff, 0x00]);
        assert_eq!(Secret::new(vec![0xff]).expose_str(), None);
    }
}
