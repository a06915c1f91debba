//! Any bytes as frames.
#![no_main]

use beacon_contract::{FrameReader, FrameWriter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| {
    let mut writer = FrameWriter::new();
    let mut readable = true;
    for frame in FrameReader::new(message) {
        match frame {
            Ok(frame) => writer.frame(frame.kind, frame.flags, |message| message.extend_from_slice(frame.bytes)),
            Err(_) => readable = false,
        }
    }
    let written = writer.finish();
    assert!(message.starts_with(&written), "frames are read as they stand");
    assert_eq!(readable, written.len() == message.len(), "and all of them, or there is an error");
});
