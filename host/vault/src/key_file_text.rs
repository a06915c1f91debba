//! The text of a key file: a header, then one line `<id> <key in base64url>` per key, the newest (the
//! active one) last.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::KeyEncryptionKey;
use crate::cipher::KEY_LENGTH;

/// First line of the file: what it is, and the version of its layout.
const HEADER: &str = "beacon-key-file 1";

/// 32 bytes in base64url without padding.
const ENCODED_KEY_LENGTH: usize = 43;

/// One line per key: id (36), space, key, line feed.
const LINE_LENGTH: usize = 36 + 1 + ENCODED_KEY_LENGTH + 1;

/// The keys in the order of the file, or the number of the first line that can't be read.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<KeyEncryptionKey>, usize> {
    let mut lines = text.strip_suffix(b"\n").ok_or(1_usize)?.split(|byte| *byte == b'\n').zip(1..);
    if lines.next().map(|(line, _)| line) != Some(HEADER.as_bytes()) {
        return Err(1);
    }
    let mut keys: Vec<KeyEncryptionKey> = Vec::new();
    for (line, number) in lines {
        let key = parse_line(line).ok_or(number)?;
        if keys.iter().any(|earlier| earlier.id() == key.id()) {
            return Err(number);
        }
        keys.push(key);
    }
    Ok(keys)
}

fn parse_line(line: &[u8]) -> Option<KeyEncryptionKey> {
    let (id, encoded) = line.split_at_checked(36)?;
    let encoded = encoded.strip_prefix(b" ")?;
    let id = Uuid::try_parse_ascii(id).ok()?;
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    let length = URL_SAFE_NO_PAD.decode_slice(encoded, key.as_mut_slice()).ok()?;
    KeyEncryptionKey::from_slice(id.into(), key.get(..length)?)
}

pub(crate) fn format(keys: &[&KeyEncryptionKey]) -> Zeroizing<Vec<u8>> {
    let room = HEADER.len() + 1 + LINE_LENGTH.saturating_mul(keys.len());
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    text.extend_from_slice(HEADER.as_bytes());
    text.push(b'\n');
    for key in keys {
        text.extend_from_slice(key.id().to_string().as_bytes());
        text.push(b' ');
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(key.expose()));
        text.extend_from_slice(encoded.as_bytes());
        text.push(b'\n');
    }
    text
}
