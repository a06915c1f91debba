use crate::{Action, Event, State, next};
use jiff::Timestamp;
use serde::Serialize;

/// Why a connection stands as it does, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Stable code.
    pub code: String,
    /// What is: one sentence.
    pub title: String,
    /// What to do, in words; empty if nothing has to be done.
    pub next_step: String,
    /// Where that is done.
    pub action: Action,
}

/// What a look at a connection brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub event: Event,
    /// Since when it is so, as far as that can be told.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
}

/// How a connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// Since when it is in this state, whatever its cause was meanwhile.
    pub since: Timestamp,
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
}

impl Standing {
    /// How a connection stands that nobody has looked at before.
    #[must_use]
    pub fn first(finding: Finding, now: Timestamp) -> Self {
        let state = next(State::NeverRan, finding.event);
        Self { state, since: finding.at.min(now), cause: finding.cause }
    }

    /// How it stands after this. The time stays as long as the state does: failing has one beginning, however often and
    /// in however many ways it failed since.
    #[must_use]
    pub fn after(&self, finding: Finding, now: Timestamp) -> Self {
        let state = next(self.state, finding.event);
        let by_person = matches!(finding.event, Event::Pause | Event::Disable | Event::Resume);
        if state == self.state && state.is_held() && !by_person {
            return self.clone();
        }
        let known = finding.at.min(now);
        // That runs are complete may be older than what was wrong meanwhile, such as a credential that was renewed.
        let cured = matches!(finding.event, Event::Complete | Event::Nothing) && known <= self.since;
        let since = match () {
            () if state == self.state => self.since,
            () if cured => now,
            () => known,
        };
        Self { state, since, cause: finding.cause }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Finding, Standing};
    use crate::{Action, Event, State};
    use jiff::{SignedDuration, Timestamp};

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn found(event: Event, hour: i64) -> Finding {
        let cause = Cause {
            code: format!("{event:?}.{hour}"),
            title: String::new(),
            next_step: String::new(),
            action: Action::None,
        };
        Finding { event, at: at(hour), cause }
    }

    #[test]
    fn failing_keeps_its_first_time_and_tells_its_newest_cause() {
        let standing = Standing::first(found(Event::Complete, 1), at(1));
        let failing = standing.after(found(Event::Failed, 2), at(2)).after(found(Event::Failed, 9), at(9));
        assert_eq!((failing.state, failing.since), (State::Failing, at(2)));
        assert_eq!(failing.cause.code, "Failed.9");
        let again = failing.after(found(Event::Complete, 10), at(10));
        assert_eq!((again.state, again.since), (State::Healthy, at(10)));
    }

    #[test]
    fn what_is_paused_tells_who_paused_it_and_not_what_is_found() {
        let paused = Standing::first(found(Event::Pause, 1), at(1));
        assert_eq!(paused.after(found(Event::Failed, 2), at(2)), paused);
        let resumed = paused.after(found(Event::Resume, 3), at(3)).after(found(Event::Failed, 2), at(3));
        assert_eq!((resumed.state, resumed.since), (State::Failing, at(2)));
    }

    #[test]
    fn what_was_put_right_is_right_since_then() {
        let degraded = Standing::first(found(Event::Concern, 5), at(5));
        let healthy = degraded.after(found(Event::Complete, 1), at(7));
        assert_eq!((healthy.state, healthy.since), (State::Healthy, at(7)));
    }

    #[test]
    fn nothing_began_in_the_future() {
        assert_eq!(Standing::first(found(Event::Failed, 9), at(2)).since, at(2));
    }
}
