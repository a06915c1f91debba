//! The machine: one match, which the compiler keeps whole.

use crate::State::{Degraded, Disabled, Failing, Healthy, NeedsConsent, NeverRan, Paused};
use crate::{Event, State};

/// The state after an event. A connection that a person holds stays held whatever is found about it; let go, it has yet
/// to show how it stands.
#[must_use]
pub const fn next(state: State, event: Event) -> State {
    match (event, state) {
        // What a person says counts whatever was before.
        (Event::Pause, _) => Paused,
        (Event::Disable, _) => Disabled,
        (Event::Resume, Paused | Disabled) => NeverRan,
        (Event::Resume, free) => free,
        // Nothing that is found lets go what a person holds.
        (_, held @ (Paused | Disabled)) => held,
        // Otherwise what is found decides, wherever it came from.
        (Event::Nothing, _) => NeverRan,
        (Event::Complete, _) => Healthy,
        (Event::Concern, _) => Degraded,
        (Event::ConsentMissing, _) => NeedsConsent,
        (Event::Failed, _) => Failing,
    }
}

#[cfg(test)]
mod tests {
    use super::next;
    use crate::{Event, State};

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
