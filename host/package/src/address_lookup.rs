//! Finding the person behind an address.

use crate::address_index::{address_fingerprint, bucket};
use crate::address_record::{AddressRecord, Owner, RECORD, guid_text};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One person's; [`AddressLookup::user_id`] tells the id.
    Person,
    /// Nobody's.
    Nobody,
    /// Several people's at the same rank, so nobody's for certain.
    Several,
}

/// A finished index: one small read per address, none for an address that is asked again.
#[derive(Debug)]
pub(crate) struct AddressLookup {
    seed: [u8; 16],
    records: File,
    /// Number of the first record of each bucket, and where the last one ends.
    starts: Vec<u64>,
    ids: File,
    bytes: Vec<u8>,
    last: Vec<u8>,
    found: Found,
    user_id: Vec<u8>,
}

impl AddressLookup {
    pub(crate) fn new(seed: [u8; 16], records: File, starts: Vec<u64>, ids: File) -> Self {
        let (bytes, last, user_id) = (Vec::new(), Vec::new(), Vec::new());
        // Nothing was asked yet, and the answer to the empty address is the right one.
        Self { seed, records, starts, ids, bytes, last, found: Found::Nobody, user_id }
    }

    /// Looks an address up. Rows come in the order of their address, so the last one is often asked again.
    pub(crate) fn find(&mut self, address: &[u8]) -> io::Result<Found> {
        if self.last != address {
            self.found = self.read(address)?;
            self.last.clear();
            self.last.extend_from_slice(address);
        }
        Ok(self.found)
    }

    /// Id of the person that was found last.
    pub(crate) fn user_id(&self) -> &[u8] {
        &self.user_id
    }

    fn read(&mut self, address: &[u8]) -> io::Result<Found> {
        let Ok(address) = std::str::from_utf8(address) else { return Ok(Found::Nobody) };
        if address.is_empty() {
            return Ok(Found::Nobody);
        }
        let wanted = address_fingerprint(&self.seed, address);
        let start = |bucket: usize| self.starts.get(bucket).copied().unwrap_or(0);
        let (from, to) = (start(bucket(wanted)), start(bucket(wanted) + 1));
        self.bytes.resize(usize::try_from(to - from).unwrap_or(0) * RECORD, 0);
        self.records.seek(SeekFrom::Start(from * RECORD as u64))?;
        self.records.read_exact(&mut self.bytes)?;
        let (records, _) = self.bytes.as_chunks::<RECORD>();
        let place = records.binary_search_by_key(&wanted, |bytes| AddressRecord::from_bytes(bytes).fingerprint);
        let Some(record) = place.ok().and_then(|place| records.get(place)) else { return Ok(Found::Nobody) };
        self.user_id.clear();
        match AddressRecord::from_bytes(record).owner {
            Owner::Several => return Ok(Found::Several),
            Owner::Guid(bytes) => guid_text(bytes, &mut self.user_id),
            Owner::Text(position, length) => {
                self.ids.seek(SeekFrom::Start(position))?;
                self.user_id.resize(usize::try_from(length).unwrap_or(0), 0);
                self.ids.read_exact(&mut self.user_id)?;
            }
        }
        Ok(Found::Person)
    }
}
