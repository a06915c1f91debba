//! Wishes.

use crate::arbitrary::wish;
use crate::messages::{additions, changed, with_additions};
use beacon_contract::{FrameWriter, Wish, WishLimits, decode_wishes};
use proptest::prelude::*;

const BODY: u8 = 66;
const COLUMNS: u8 = 69;

fn message(wishes: &[Wish<'_>]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    wishes.iter().for_each(|wish| wish.write(&mut writer));
    writer.finish()
}

fn read(message: &[u8]) -> Option<Vec<Wish<'_>>> {
    decode_wishes(message, WishLimits::default()).ok()
}

fn wishes() -> impl Strategy<Value = Vec<Wish<'static>>> {
    prop::collection::vec(wish(), 0..5)
}

proptest! {
    #[test]
    fn what_is_written_is_read(wishes in wishes()) {
        let message = message(&wishes);
        prop_assert_eq!(read(&message), Some(wishes));
    }

    #[test]
    fn what_a_later_version_adds_is_ignored(wishes in wishes(), additions in additions()) {
        let message = with_additions(&message(&wishes), &additions, &[BODY, COLUMNS], &[BODY, COLUMNS]);
        prop_assert_eq!(read(&message), Some(wishes));
    }

    /// A cut message is refused, or it was cut between two wishes: never between a header and its payload.
    #[test]
    fn a_cut_message_holds_nothing_that_was_not_written(wishes in wishes(), cut in any::<prop::sample::Index>()) {
        let message = message(&wishes);
        if !message.is_empty() && let Some(read) = read(&message[..cut.index(message.len())]) {
            prop_assert_eq!(&read[..], &wishes[..read.len()]);
            prop_assert!(read.len() < wishes.len());
        }
    }

    #[test]
    fn a_changed_message_is_refused_or_readable_again(wishes in wishes(), changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..6)) {
        let foreign = changed(message(&wishes), &changes);
        if let Some(wishes) = read(&foreign) {
            prop_assert!(wishes.len() <= foreign.len() / 8);
            let again = message(&wishes);
            prop_assert_eq!(read(&again), Some(wishes));
        }
    }

    /// Whatever a limit is, no more than that gets through.
    #[test]
    fn limits_hold(wishes in wishes(), frames in 0usize..4, notes in 0usize..3, header_bytes in 0usize..200) {
        let limits = WishLimits { frames, notes, header_bytes, plan_bytes: header_bytes / 2 };
        let message = message(&wishes);
        if let Ok(read) = decode_wishes(&message, limits) {
            prop_assert!(read.len() <= frames);
            prop_assert!(read.iter().filter(|wish| matches!(wish, Wish::Note(_))).count() <= notes);
            prop_assert_eq!(read, wishes);
        }
    }
}
