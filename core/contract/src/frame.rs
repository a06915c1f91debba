//! Frames: the envelope of every message in both directions.
//!
//! A message is a sequence of frames without separator. Each frame starts with eight bytes: kind (`u8`), flags
//! (`u8`), two zero bytes, and the length of what follows (`u32`, little endian).

use serde::Serialize;

/// Flag: a reader that does not know this kind must refuse the message instead of skipping the frame.
pub const CRITICAL: u8 = 0b0000_0001;

/// Bytes before the payload of a frame.
pub(crate) const HEADER_BYTES: usize = 8;

/// One frame, borrowed from the message it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Which frame this is; see `docs/wire.md` for the numbers.
    pub kind: u8,
    /// Bit set; only [`CRITICAL`] has a meaning in contract 1, the others are ignored.
    pub flags: u8,
    /// The payload: JSON for header frames, bytes for bodies and columns.
    pub bytes: &'a [u8],
}

impl Frame<'_> {
    /// Whether an unknown kind must be refused.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.flags & CRITICAL != 0
    }
}

/// Why a message cannot be split into frames.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// Fewer than eight bytes are left where a frame should start.
    #[error("the frame header at byte {at} is cut off")]
    CutHeader {
        /// Offset in the message.
        at: usize,
    },
    /// The length of a frame points past the end of the message.
    #[error("the frame at byte {at} claims {claimed} bytes, {left} are left")]
    CutPayload {
        /// Offset of the frame in the message.
        at: usize,
        /// What its header says.
        claimed: u32,
        /// What the message still holds.
        left: usize,
    },
    /// The two reserved bytes are not zero.
    #[error("the reserved bytes of the frame at byte {at} are not zero")]
    Reserved {
        /// Offset of the frame in the message.
        at: usize,
    },
}

/// Splits a message into frames without copying. After an error it yields nothing more.
#[derive(Clone, Debug)]
pub struct FrameReader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> FrameReader<'a> {
    /// Reads `message` from its start.
    #[must_use]
    pub fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0 }
    }

    fn read(&mut self) -> Result<Option<Frame<'a>>, FrameError> {
        let at = self.at;
        let rest = self.message.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let Some(([kind, flags, zero_1, zero_2, l0, l1, l2, l3], payload)) = rest.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(FrameError::CutHeader { at });
        };
        if *zero_1 != 0 || *zero_2 != 0 {
            return Err(FrameError::Reserved { at });
        }
        let claimed = u32::from_le_bytes([*l0, *l1, *l2, *l3]);
        let cut = FrameError::CutPayload { at, claimed, left: payload.len() };
        let Ok(length) = usize::try_from(claimed) else { return Err(cut) };
        let Some(bytes) = payload.get(..length) else { return Err(cut) };
        self.at = at + HEADER_BYTES + length;
        Ok(Some(Frame { kind: *kind, flags: *flags, bytes }))
    }
}

impl<'a> Iterator for FrameReader<'a> {
    type Item = Result<Frame<'a>, FrameError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose();
        if matches!(item, Some(Err(_))) {
            self.at = self.message.len();
        }
        item
    }
}

/// Builds a message, frame after frame, in one buffer.
#[derive(Debug, Default)]
pub struct FrameWriter {
    message: Vec<u8>,
}

impl FrameWriter {
    /// An empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a frame whose payload `fill` writes.
    ///
    /// A payload of 4 GiB or more cannot be told in the header; it is written with the length `u32::MAX`, which
    /// every reader refuses. Nothing in this project comes near it: a poll is capped at 32 MiB.
    pub fn frame(&mut self, kind: u8, flags: u8, fill: impl FnOnce(&mut Vec<u8>)) {
        self.message.extend_from_slice(&[kind, flags, 0, 0, 0, 0, 0, 0]);
        let start = self.message.len();
        fill(&mut self.message);
        let length = u32::try_from(self.message.len() - start).unwrap_or(u32::MAX);
        if let Some(slot) = self.message.get_mut(start - 4..start) {
            slot.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// Appends a header frame. Our own header types hold only strings, numbers, lists and maps with string keys,
    /// for which JSON cannot fail; a foreign type that does fail is written as `null`, which no reader accepts.
    pub fn json(&mut self, kind: u8, flags: u8, header: &impl Serialize) {
        self.frame(kind, flags, |message| {
            let start = message.len();
            if serde_json::to_writer(&mut *message, header).is_err() {
                message.truncate(start);
                message.extend_from_slice(b"null");
            }
        });
    }

    /// The finished message.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.message
    }

    /// Takes the message out and leaves an empty one, keeping no memory.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.message)
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.message.is_empty()
    }

    /// Bytes written so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.message.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(frames in prop::collection::vec((any::<u8>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..200)), 0..20)) {
            let mut writer = FrameWriter::new();
            for (kind, flags, bytes) in &frames {
                writer.frame(*kind, *flags, |message| message.extend_from_slice(bytes));
            }
            let message = writer.finish();
            let read: Vec<_> = FrameReader::new(&message).map(|frame| frame.map(|f| (f.kind, f.flags, f.bytes.to_vec()))).collect::<Result<_, _>>().expect("own frames are readable");
            prop_assert_eq!(read, frames);
        }

        #[test]
        fn any_bytes_end_without_panic(message in prop::collection::vec(any::<u8>(), 0..400)) {
            let frames: Vec<_> = FrameReader::new(&message).collect();
            let payload: usize = frames.iter().flatten().map(|f| f.bytes.len() + HEADER_BYTES).sum();
            prop_assert!(payload <= message.len());
        }
    }

    #[test]
    fn a_length_past_the_end_is_refused_once() {
        let mut reader = FrameReader::new(&[1, 0, 0, 0, 9, 0, 0, 0, 7]);
        assert_eq!(reader.next(), Some(Err(FrameError::CutPayload { at: 0, claimed: 9, left: 1 })));
        assert_eq!(reader.next(), None);
    }
}
