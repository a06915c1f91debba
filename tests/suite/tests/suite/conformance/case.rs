//! Cases: events, poll by poll, and what the connector as ordinary code makes of them.

use super::native;
use crate::wire::{Direction, vectors};

/// One poll.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    pub(super) events: Vec<u8>,
    pub(super) wishes: Vec<u8>,
}

/// One run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) polls: Vec<Poll>,
}

impl Case {
    /// Compares the wishes of one poll with those of ordinary code.
    #[track_caller]
    pub(super) fn check(&self, place: &str, number: usize, wishes: &[u8]) {
        let expected = &self.polls[number].wishes;
        if wishes != expected {
            let same = wishes.iter().zip(expected).take_while(|(one, other)| one == other).count();
            let shown = |bytes: &[u8]| String::from_utf8_lossy(&bytes[same..bytes.len().min(same + 80)]).into_owned();
            panic!(
                "{}, poll {number} {place}: {} bytes instead of {}, different from byte {same}:\n{:?}\n{:?}",
                self.name,
                wishes.len(),
                expected.len(),
                shown(wishes),
                shown(expected),
            );
        }
    }
}

/// Every message of the vectors, readable or not: as the first thing that happens, and after a start.
pub(super) fn of_vectors(start: &[u8]) -> impl Iterator<Item = Case> {
    let cases = vectors(Direction::Events).into_iter().flat_map(move |vector| {
        let alone = native::run(&vector.name, vec![vector.message.clone()]);
        let after = native::run(&format!("{} after a start", vector.name), vec![start.to_vec(), vector.message]);
        [alone, after]
    });
    cases.collect::<Vec<_>>().into_iter()
}
