//! The people of a package and their numbers: their places in the order of their ids.

use crate::error::SnapshotError;
use crate::row_stream::RowStream;
use beacon_package::{PackageFolder, fingerprint};

/// Ids are known to nobody who could choose them, so the fingerprint needs no secret.
const SEED: [u8; 16] = [0; 16];

/// Bits of an entry that hold the number; the others are fingerprint.
const NUMBER: u128 = 0xffff_ffff;

/// Finds the number of an id. 16 bytes for each person.
pub(crate) struct Everybody(Vec<u128>);

impl Everybody {
    pub(crate) fn read(package: &PackageFolder) -> Result<Self, SnapshotError> {
        let mut rows = RowStream::open(package, "users", &["user_id"])?;
        let mut entries = Vec::new();
        while rows.advance()? {
            let number = entries.len() as u128 & NUMBER;
            entries.push(fingerprint(&SEED, rows.text(0).unwrap_or_default()) & !NUMBER | number);
        }
        entries.sort_unstable();
        Ok(Self(entries))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn number(&self, user_id: &str) -> Option<u32> {
        let wanted = fingerprint(&SEED, user_id) & !NUMBER;
        let place = self.0.partition_point(|entry| *entry < wanted);
        let found = self.0.get(place).filter(|entry| **entry & !NUMBER == wanted)?;
        u32::try_from(found & NUMBER).ok()
    }
}
