//! Everybody with regard to one application, one byte each.

use crate::use_state::{Recency, UseState};

/// Holds the application, and no report was seen that lists them.
const HOLDER: u8 = 1;

/// States that a report gives, in the order of what counts more; their place plus [`LISTED`] is their byte.
const STATES: [UseState; 5] = [
    UseState::NoData,
    UseState::NeverUsed,
    UseState::Used(Recency::Before),
    UseState::Used(Recency::Unclear),
    UseState::Used(Recency::Within),
];
const LISTED: u8 = 2;

/// People by their place among everybody. 0 stands for those whom the application does not concern.
#[derive(Default)]
pub(crate) struct People(Vec<u8>);

impl People {
    fn raise(&mut self, place: usize, to: u8) {
        if self.0.len() <= place {
            self.0.resize(place.saturating_add(1), 0);
        }
        if let Some(byte) = self.0.get_mut(place) {
            *byte = (*byte).max(to);
        }
    }

    /// Somebody holds the application.
    pub(crate) fn hold(&mut self, place: usize) {
        self.raise(place, HOLDER);
    }

    /// A report lists somebody. Of several the one that counts more decides.
    pub(crate) fn list(&mut self, place: usize, state: UseState) {
        let byte = (LISTED..).zip(STATES).find(|(_, known)| *known == state).map_or(HOLDER, |(byte, _)| byte);
        self.raise(place, byte);
    }

    /// The state of everybody concerned; holders whom no report lists are in the given one.
    pub(crate) fn states(&self, unlisted: UseState) -> impl Iterator<Item = UseState> + '_ {
        let state = move |byte: &u8| match byte.checked_sub(LISTED) {
            Some(place) => STATES.get(usize::from(place)).copied(),
            None => (*byte == HOLDER).then_some(unlisted),
        };
        self.0.iter().filter_map(state)
    }
}
