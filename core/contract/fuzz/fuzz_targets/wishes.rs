//! Any bytes as wishes: as a message, and as the kind and the payload of one frame with a payload frame behind it.
#![no_main]

use beacon_contract::{FrameWriter, Wish, WishLimits, decode_columns, decode_wishes};
use libfuzzer_sys::fuzz_target;

fn check(message: &[u8]) {
    let limits = WishLimits::default();
    let Ok(wishes) = decode_wishes(message, limits) else { return };
    assert!(wishes.len() <= limits.frames.min(message.len() / 8));
    let mut writer = FrameWriter::new();
    for wish in &wishes {
        wish.write(&mut writer);
        if let Wish::Records(records, frame) = wish {
            let _ = decode_columns(frame, records.rows, records.columns.len());
        }
    }
    // A header may grow beyond its limit when it is written with other escapes, but never become unreadable.
    let wider = WishLimits { header_bytes: usize::MAX, plan_bytes: usize::MAX, ..limits };
    let again = writer.finish();
    assert_eq!(decode_wishes(&again, wider).map(|read| read.len()).ok(), Some(wishes.len()));
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let [kind, rest @ ..] = bytes else { return };
    let (header, payload) = rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
    let mut writer = FrameWriter::new();
    writer.frame(64 + kind % 16, kind >> 7, |message| message.extend_from_slice(header));
    if !payload.is_empty() {
        writer.frame(if kind % 2 == 0 { 69 } else { 66 }, 1, |message| message.extend_from_slice(&payload[1..]));
    }
    check(&writer.finish());
});
