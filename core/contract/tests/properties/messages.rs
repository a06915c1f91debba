//! Messages as a driver or a module of a later minor version would write them.

use beacon_contract::{FrameReader, FrameWriter};
use proptest::prelude::*;
use serde_json::Value;

/// What a later version may add.
#[derive(Clone, Debug)]
pub(crate) struct Additions {
    field: Value,
    /// A kind of neither direction, its flags without the critical one, its bytes.
    frame: (u8, u8, Vec<u8>),
}

pub(crate) fn additions() -> impl Strategy<Value = Additions> {
    let frame = (90..=255u8, any::<u8>().prop_map(|flags| flags & !1), prop::collection::vec(any::<u8>(), 0..20));
    (crate::arbitrary::json(), frame).prop_map(|(field, frame)| Additions { field, frame })
}

/// The message with an unknown frame before each header frame, an unknown member in each of their objects, and every
/// flag but the critical one set. `raw` are the kinds that hold no JSON; `payload` those that must directly follow
/// their header.
pub(crate) fn with_additions(message: &[u8], additions: &Additions, raw: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    for frame in FrameReader::new(message) {
        let frame = frame.expect("own frames are readable");
        let (kind, flags, bytes) = &additions.frame;
        if !payload.contains(&frame.kind) {
            writer.frame(*kind, *flags, |message| message.extend_from_slice(bytes));
        }
        if raw.contains(&frame.kind) {
            writer.frame(frame.kind, 0xff, |message| message.extend_from_slice(frame.bytes));
            continue;
        }
        let mut header: Value = serde_json::from_slice(frame.bytes).expect("a header is JSON");
        header.as_object_mut().expect("a header is an object").insert("later".to_owned(), additions.field.clone());
        writer.json(frame.kind, frame.flags | 0xfe, &header);
    }
    writer.finish()
}

/// The message with some bytes changed.
pub(crate) fn changed(mut message: Vec<u8>, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (at, byte) in changes.iter().filter(|_| !message.is_empty()).collect::<Vec<_>>() {
        let at = at.index(message.len());
        message[at] = *byte;
    }
    message
}
