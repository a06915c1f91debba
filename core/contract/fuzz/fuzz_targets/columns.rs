//! Any bytes as columns: two bytes of rows, one of columns, then the frame. What is accepted is read without a check.
#![no_main]

use beacon_contract::decode_columns;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/properties/values.rs"]
mod values;

fuzz_target!(|bytes: &[u8]| {
    let [low, high, columns, frame @ ..] = bytes else { return };
    let rows = u16::from_le_bytes([*low, *high]);
    if let Ok(views) = decode_columns(frame, rows.into(), (*columns).into()) {
        assert!(views.capacity() <= frame.len() / 8);
        for view in views {
            assert_eq!(values::values(&view, rows.into()).len(), usize::from(rows));
        }
    }
    // A number of rows that no frame backs is refused before anything is reserved for it.
    assert!(*columns == 0 || decode_columns(frame, u32::MAX, (*columns).into()).is_err());
});
