//! What a module may be and use: the numbers of the host's sandbox, as far as a browser lets us hold to them.

use crate::fault::{Fault, GuestBuffer};
use std::ops::Range;

/// Largest module file, in bytes.
pub const MODULE_BYTES: u32 = 4 << 20;

/// Largest memory of a module, in bytes.
pub const MEMORY_BYTES: u32 = 256 << 20;

/// What a poll may be given, in bytes.
pub const INPUT_BYTES: u32 = 32 << 20;

/// What a poll may answer, in bytes. It is copied out, so this bounds the worker's memory too.
pub const OUTPUT_BYTES: u32 = 32 << 20;

/// The place that a module names, if it lies in a memory of so many bytes.
pub(crate) fn place(buffer: GuestBuffer, address: u32, length: u32, memory: u32) -> Result<Range<u32>, Fault> {
    match address.checked_add(length) {
        Some(end) if end <= memory => Ok(address..end),
        _ => Err(Fault::BadPointer { buffer, address, length }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_in_the_memory_as_a_whole() {
        let place = |address, length| place(GuestBuffer::Output, address, length, 65_536);
        assert_eq!(place(65_532, 4).ok(), Some(65_532..65_536));
        assert_eq!(place(65_536, 0).ok(), Some(65_536..65_536));
        for (address, length) in [(65_533, 4), (65_537, 0), (u32::MAX, 1), (u32::MAX, u32::MAX), (0, 65_537)] {
            let refused = place(address, length);
            assert!(matches!(refused, Err(Fault::BadPointer { .. })), "{address} {length}: {refused:?}");
        }
    }
}
