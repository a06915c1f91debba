//! Events.

use crate::arbitrary::event;
use crate::messages::{additions, changed, with_additions};
use beacon_contract::{CHUNK_BYTES, Event, EventError, FrameWriter, RequestId, decode_events};
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

#[test]
fn a_chunk_has_at_most_a_mebibyte() {
    let of = |length| message(&[Event::Chunk { id: RequestId(7), bytes: &vec![1; length] }]);
    assert!(decode_events(&of(CHUNK_BYTES)).is_ok());
    assert!(
        matches!(decode_events(&of(CHUNK_BYTES + 1)), Err(EventError::Chunk { length }) if length == CHUNK_BYTES + 5)
    );
}
