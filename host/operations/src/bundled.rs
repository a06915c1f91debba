//! The connector module that this program brings along. Its digest is the root of trust until modules are signed.

use beacon_sandbox::ModuleDigest;

/// Bytes of the built-in Microsoft 365 connector, empty if the program was built without it.
const MICROSOFT_365: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/microsoft-365.wasm"));

/// The built-in modules.
pub(crate) fn modules() -> impl Iterator<Item = &'static [u8]> {
    [MICROSOFT_365].into_iter().filter(|bytes| !bytes.is_empty())
}

/// Whether a module is one that this program brings along.
pub(crate) fn is_trusted(digest: ModuleDigest) -> bool {
    modules().any(|bytes| ModuleDigest::of(bytes) == digest)
}
