//! Events.

use crate::arbitrary::event;
use crate::messages::{additions, changed, with_additions};
use beacon_contract::{CHUNK_BYTES, CRITICAL, Event, EventError, FrameReader, FrameWriter, RequestId, decode_events};
use proptest::prelude::*;

const CHUNK: u8 = 3;

fn message(events: &[Event<'_>]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    events.iter().for_each(|event| event.write(&mut writer));
    writer.finish()
}

fn events() -> impl Strategy<Value = Vec<Event<'static>>> {
    prop::collection::vec(event(), 0..5)
}

proptest! {
    #[test]
    fn what_is_written_is_read(events in events()) {
        let message = message(&events);
        prop_assert_eq!(decode_events(&message).expect("own events are readable"), events);
    }

    #[test]
    fn what_a_later_version_adds_is_ignored(events in events(), additions in additions()) {
        let message = with_additions(&message(&events), &additions, &[CHUNK], &[]);
        prop_assert_eq!(decode_events(&message).expect("readable"), events);
    }

    /// A cut message is refused, or it was cut between two events.
    #[test]
    fn a_cut_message_holds_nothing_that_was_not_written(events in events(), cut in any::<prop::sample::Index>()) {
        let message = message(&events);
        if !message.is_empty() && let Ok(read) = decode_events(&message[..cut.index(message.len())]) {
            prop_assert_eq!(&read[..], &events[..read.len()]);
            prop_assert!(read.len() < events.len());
        }
    }

    #[test]
    fn a_changed_message_is_refused_or_readable_again(events in events(), changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..6)) {
        let foreign = changed(message(&events), &changes);
        if let Ok(read) = decode_events(&foreign) {
            prop_assert!(read.len() <= foreign.len() / 8);
            let again = message(&read);
            prop_assert_eq!(decode_events(&again).expect("own events are readable"), read);
        }
    }
}

/// What serde's derived reader, which defines the form, makes of the header of one frame.
fn derived(kind: u8, header: &[u8]) -> Option<Event<'static>> {
    Some(match kind {
        1 => Event::Start(serde_json::from_slice(header).ok()?),
        2 => Event::Head(serde_json::from_slice(header).ok()?),
        5 => Event::Failed(serde_json::from_slice(header).ok()?),
        6 => Event::Granted(serde_json::from_slice(header).ok()?),
        7 => Event::Refused(serde_json::from_slice(header).ok()?),
        _ => return None,
    })
}

/// Members that headers have, with values of every kind.
fn header() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    let names = "id|status|headers|kind|code|message|request_sent|profile|scopes|claims|offline|stage|error|suberror|codes|\
description|correlation_id|timestamp|contract|task|settings|configured|now|seed|plan";
    let names: Vec<&'static str> = names.split('|').collect();
    let value = prop::sample::select(vec![
        r#"7"#,
        "-1",
        "70000",
        r#""x""#,
        r#""graph""#,
        "true",
        "[]",
        "{}",
        r#"[["a","b"]]"#,
        r#"["a"]"#,
        "[1]",
        r#""cut""#,
        r#""token""#,
        r#""device_code""#,
        r#"{"a":[1,{"b":null}]}"#,
        r#""A b""#,
    ]);
    let value = value.prop_map(|text| serde_json::from_str(text).expect("JSON"));
    prop::collection::vec((prop::sample::select(names), value), 0..20)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

proptest! {
    /// The reader that modules carry agrees with the derived one about what is readable and what it says.
    #[test]
    fn both_readers_agree(kind in prop::sample::select(vec![1u8, 2, 5, 6, 7]), added in header(), base in event()) {
        let mut writer = FrameWriter::new();
        base.write(&mut writer);
        let written = writer.finish();
        let frame = FrameReader::new(&written).next().expect("a frame").expect("own frame");
        let mut header = match serde_json::from_slice(frame.bytes) {
            Ok(serde_json::Value::Object(header)) if frame.kind == kind => header,
            _ => serde_json::Map::new(),
        };
        header.extend(added);
        let mut writer = FrameWriter::new();
        writer.json(kind, CRITICAL, &header);
        let message = writer.finish();
        let read = decode_events(&message).ok().and_then(|mut events| events.pop());
        let text = serde_json::to_vec(&header).expect("JSON");
        prop_assert_eq!(read, derived(kind, &text), "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn a_chunk_has_at_most_a_mebibyte() {
    let of = |length| message(&[Event::Chunk { id: RequestId(7), bytes: &vec![1; length] }]);
    assert!(decode_events(&of(CHUNK_BYTES)).is_ok());
    assert!(
        matches!(decode_events(&of(CHUNK_BYTES + 1)), Err(EventError::Chunk { length }) if length == CHUNK_BYTES + 5)
    );
}
