//! Answers that break the rules of the wire or of a run.

use crate::Behaviour;
use crate::smuggle::get;
use beacon_contract::{CRITICAL, Done, FrameWriter, Note, NoteLevel, RequestId, Wish};
use std::collections::BTreeMap;

/// The whole answer of a behaviour of this family.
pub(crate) fn breach(behaviour: Behaviour, organization: &str) -> Option<Vec<u8>> {
    let mut writer = FrameWriter::new();
    let request = |number: u32| Wish::Http(get(RequestId(number), organization), &[]);
    match behaviour {
        Behaviour::UnreadableWishes => writer.frame(65, CRITICAL, |message| message.extend_from_slice(b"{\"id\":")),
        Behaviour::UnknownCriticalWish => writer.frame(250, CRITICAL, |_| {}),
        Behaviour::SameNumberTwice => (0..2).for_each(|_| request(1).write(&mut writer)),
        Behaviour::TooManyOpen => (1..=129).for_each(|number| request(number).write(&mut writer)),
        Behaviour::NotesFlood => {
            let arguments = BTreeMap::from([("text".to_owned(), "x".repeat(1_000))]);
            let note = Wish::Note(Note { level: NoteLevel::Warning, code: "hostile.note".to_owned(), arguments });
            (0..1_000).for_each(|_| note.write(&mut writer));
        }
        Behaviour::PlanTooLarge => {
            Wish::Done(Done { plan: Some("x".repeat(80 << 10).into()) }).write(&mut writer);
        }
        // Nothing open, nothing said: the run could wait for ever.
        Behaviour::Stall => {}
        Behaviour::WishAfterDone => {
            Wish::Done(Done::default()).write(&mut writer);
            request(1).write(&mut writer);
        }
        _ => return None,
    }
    Some(writer.finish())
}
