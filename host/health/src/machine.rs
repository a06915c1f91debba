//! The machine: one table.

use crate::State::{Degraded, Disabled, Failing, Healthy, NeedsConsent, NeverRan, Paused};
use crate::{Event, State};

/// What becomes of each state, in the order of [`State::ALL`], by what happened. A connection that a person holds stays
/// held whatever is found about it; let go, it has yet to show how it stands.
#[rustfmt::skip]
const TABLE: [(Event, [State; 7]); 8] = [
    //                       NeedsConsent  Failing       Degraded      NeverRan      Healthy       Paused    Disabled
    (Event::Nothing,        [NeverRan,     NeverRan,     NeverRan,     NeverRan,     NeverRan,     Paused,   Disabled]),
    (Event::Complete,       [Healthy,      Healthy,      Healthy,      Healthy,      Healthy,      Paused,   Disabled]),
    (Event::Concern,        [Degraded,     Degraded,     Degraded,     Degraded,     Degraded,     Paused,   Disabled]),
    (Event::ConsentMissing, [NeedsConsent, NeedsConsent, NeedsConsent, NeedsConsent, NeedsConsent, Paused,   Disabled]),
    (Event::Failed,         [Failing,      Failing,      Failing,      Failing,      Failing,      Paused,   Disabled]),
    (Event::Pause,          [Paused,       Paused,       Paused,       Paused,       Paused,       Paused,   Paused]),
    (Event::Disable,        [Disabled,     Disabled,     Disabled,     Disabled,     Disabled,     Disabled, Disabled]),
    (Event::Resume,         [NeedsConsent, Failing,      Degraded,     NeverRan,     Healthy,      NeverRan, NeverRan]),
];

/// The state after an event.
#[must_use]
pub fn next(state: State, event: Event) -> State {
    let row = TABLE.iter().find(|(of, _)| *of == event);
    let column = State::ALL.iter().position(|of| *of == state);
    row.zip(column).and_then(|((_, states), column)| states.get(column).copied()).unwrap_or(state)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, next};
    use crate::{Event, State};

    #[test]
    fn the_table_has_a_row_for_each_event() {
        assert_eq!(TABLE.map(|(event, _)| event), Event::ALL);
    }

    #[test]
    fn what_a_person_holds_stays_held_until_a_person_lets_it_go() {
        let found = [Event::Nothing, Event::Complete, Event::Concern, Event::ConsentMissing, Event::Failed];
        for event in found {
            assert_eq!(next(State::Paused, event), State::Paused, "{event:?}");
            assert_eq!(next(State::Disabled, event), State::Disabled, "{event:?}");
        }
        for state in State::ALL {
            assert_eq!(next(state, Event::Pause), State::Paused);
            assert_eq!(next(state, Event::Disable), State::Disabled);
            let resumed = next(state, Event::Resume);
            assert_eq!(resumed, if state.is_held() { State::NeverRan } else { state });
        }
    }

    #[test]
    fn what_is_found_decides_wherever_it_came_from() {
        let free = State::ALL.into_iter().filter(|state| !state.is_held());
        for state in free {
            assert_eq!(next(state, Event::Complete), State::Healthy);
            assert_eq!(next(state, Event::Concern), State::Degraded);
            assert_eq!(next(state, Event::ConsentMissing), State::NeedsConsent);
            assert_eq!(next(state, Event::Failed), State::Failing);
            assert_eq!(next(state, Event::Nothing), State::NeverRan);
        }
    }
}
