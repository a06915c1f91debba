//! Who an address belongs to, as a record of fixed size.
//!
//! On disk a record is: fingerprint of the address (16 bytes, big endian, so that bytes are ordered like numbers), rank
//! (1 byte), kind of the owner (1 byte), owner (16 bytes).

use std::cmp::Ordering;

/// Size of a record on disk.
pub(crate) const RECORD: usize = 34;

/// What kind of address it is. A lower one decides: a principal name is held by one account at a time, while an old
/// alias of somebody else may read the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum AddressRank {
    PrincipalName = 0,
    Mail = 1,
    Alternate = 2,
}

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// Two people have it at the same rank.
    Several,
    /// A user whose id is a GUID as the dataset writes it.
    Guid([u8; 16]),
    /// A user with any other id: its place in the file of ids, as position and length.
    Text(u64, u64),
}

/// One address of one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AddressRecord {
    pub(crate) fingerprint: u128,
    pub(crate) rank: u8,
    pub(crate) owner: Owner,
}

/// The bytes of a GUID in lower case with hyphens; `None` for every other text, which would not come back the same.
pub(crate) fn guid_bytes(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = 0usize;
    for (position, byte) in text.iter().enumerate() {
        let digit = match byte {
            b'-' if matches!(position, 8 | 13 | 18 | 23) => continue,
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        let place = bytes.get_mut(digits / 2)?;
        *place = *place << 4 | digit;
        digits += 1;
    }
    (digits == 32).then_some(bytes)
}

/// The text of a GUID.
pub(crate) fn guid_text(bytes: [u8; 16], text: &mut Vec<u8>) {
    for (position, byte) in bytes.into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
        text.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
}

impl AddressRecord {
    pub(crate) fn to_bytes(self) -> [u8; RECORD] {
        let (kind, owner) = match self.owner {
            Owner::Several => (0, 0),
            Owner::Guid(bytes) => (1, u128::from_be_bytes(bytes)),
            Owner::Text(position, length) => (2, u128::from(position) << 64 | u128::from(length)),
        };
        let mut bytes = [0; RECORD];
        let parts = self.fingerprint.to_be_bytes().into_iter().chain([self.rank, kind]).chain(owner.to_be_bytes());
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; RECORD]) -> Self {
        let number = |from: usize| {
            let part = bytes.get(from..).and_then(|bytes| bytes.first_chunk::<16>());
            u128::from_be_bytes(part.copied().unwrap_or_default())
        };
        let owner = number(18);
        let (high, low) = ((owner >> 64) as u64, (owner & u128::from(u64::MAX)) as u64);
        let owner = match bytes.get(17) {
            Some(1) => Owner::Guid(owner.to_be_bytes()),
            Some(2) => Owner::Text(high, low),
            _ => Owner::Several,
        };
        Self { fingerprint: number(0), rank: bytes.get(16).copied().unwrap_or(u8::MAX), owner }
    }

    /// One record for two of the same address: the better rank, and nobody where two people share it.
    pub(crate) fn combined(self, other: Self) -> Self {
        match self.rank.cmp(&other.rank) {
            Ordering::Less => self,
            Ordering::Greater => other,
            Ordering::Equal if self.owner == other.owner => self,
            Ordering::Equal => Self { owner: Owner::Several, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back() {
        let guid = guid_bytes(b"05e9a617-0261-4cee-bb44-138d3ef5d965").unwrap();
        for owner in [Owner::Several, Owner::Guid(guid), Owner::Text(u64::MAX, 7)] {
            let record = AddressRecord { fingerprint: u128::MAX - 5, rank: 2, owner };
            assert_eq!(AddressRecord::from_bytes(&record.to_bytes()), record);
        }
        let mut text = Vec::new();
        guid_text(guid, &mut text);
        assert_eq!(text, b"05e9a617-0261-4cee-bb44-138d3ef5d965");
    }

    #[test]
    fn only_a_guid_that_comes_back_the_same_is_one() {
        for other in [
            &b"05E9A617-0261-4cee-bb44-138d3ef5d965"[..],
            b"05e9a617-0261-4cee-bb44-138d3ef5d96",
            b"05e9a617002610-4cee-bb44-138d3ef5d96",
            b"05e9a61700261-4cee-bb44-138d3ef5d965",
            b"u1",
            b"",
        ] {
            assert_eq!(guid_bytes(other), None);
        }
    }
}
