//! A message that holds one whole answer, in the form in which the answer was sent.
//!
//! Pages come packed. Keeping that form costs nothing, where packing the message again would cost more than reading it.

use beacon_contract::{CHUNK_BYTES, Event, FrameWriter, RequestId};
use bytes::Bytes;
use flate2::write::GzDecoder;
use std::io::Write as _;

/// What a message of one whole answer is made of: its head, a body that was sent packed by gzip, its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedAnswer<'a> {
    /// Which wish is answered.
    pub(crate) id: RequestId,
    /// Length of the head frame, with which the message begins.
    pub(crate) head: usize,
    /// The body as it was sent.
    pub(crate) gzip: &'a [Bytes],
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl PackedAnswer<'_> {
    /// Appends: lengths of message and head, the number of the wish (`u32` each, little endian), the head, the body.
    pub(super) fn write(&self, message: &[u8], entry: &mut Vec<u8>) {
        for number in [small(message.len()), small(self.head), self.id.0] {
            entry.extend_from_slice(&number.to_le_bytes());
        }
        entry.extend_from_slice(message.get(..self.head).unwrap_or_default());
        self.gzip.iter().for_each(|piece| entry.extend_from_slice(piece));
    }
}

/// Makes the message again; `None` for anything but what [`PackedAnswer::write`] wrote.
pub(super) fn unpacked(entry: &[u8]) -> Option<Vec<u8>> {
    let (message, rest) = entry.split_first_chunk::<4>()?;
    let (head, rest) = rest.split_first_chunk::<4>()?;
    let (id, rest) = rest.split_first_chunk::<4>()?;
    let [message, head] = [message, head].map(|number| usize::try_from(u32::from_le_bytes(*number)).unwrap_or(0));
    let id = RequestId(u32::from_le_bytes(*id));
    let (head, gzip) = rest.split_at_checked(head)?;
    let mut body = GzDecoder::new(Vec::with_capacity(message.min(super::ENTRY_BYTES)));
    body.write_all(gzip).ok()?;
    let body = body.finish().ok()?;
    let mut writer = FrameWriter::new();
    body.chunks(CHUNK_BYTES).for_each(|bytes| Event::Chunk { id, bytes }.write(&mut writer));
    Event::End { id }.write(&mut writer);
    let mut whole = head.to_vec();
    whole.append(&mut writer.finish());
    Some(whole).filter(|whole| whole.len() == message)
}
