//! Everything that decides when a schedule's imports start.

use crate::fires::Fires;
use crate::{InvalidTiming, Rule, Window, delay};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The longest jitter: half a day.
const LONGEST_JITTER: SignedDuration = SignedDuration::from_hours(12);

/// A rule in a time zone, with jitter and window.
pub struct Timing {
    fires: Fires,
    jitter: SignedDuration,
    window: Option<Window>,
}

impl Timing {
    /// Puts it together. `zone` is a name of the IANA time zone database, such as `Europe/Berlin`.
    ///
    /// # Errors
    /// [`InvalidTiming`] with the field.
    pub fn new(rule: &Rule, zone: &str, jitter: SignedDuration, window: Option<Window>) -> Result<Self, InvalidTiming> {
        let known = TimeZone::get(zone);
        let known =
            known.map_err(|_| InvalidTiming::new("time zone", "must be a name like Europe/Berlin or UTC", zone))?;
        if jitter.is_negative() || jitter > LONGEST_JITTER {
            return Err(InvalidTiming::new("jitter", "must be 0 to 12 hours", jitter));
        }
        Ok(Self { fires: Fires::new(rule, known)?, jitter, window })
    }

    /// The first time after this moment.
    #[must_use]
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        self.fires.after(moment)
    }

    /// All times after this moment, in order.
    pub fn upcoming(&self, moment: Timestamp) -> impl Iterator<Item = Timestamp> {
        std::iter::successors(self.next_after(moment), |previous| self.next_after(*previous))
    }

    /// When the import of a connection may start that fired at a time: after its jitter, within the window.
    #[must_use]
    pub fn start(&self, connection: &[u8], fired_at: Timestamp) -> Timestamp {
        let delayed = fired_at.saturating_add(delay(connection, fired_at, self.jitter)).unwrap_or(fired_at);
        self.open(delayed)
    }

    /// The first moment from this one on at which an import may start.
    #[must_use]
    pub fn open(&self, moment: Timestamp) -> Timestamp {
        self.window.map_or(moment, |window| window.opens(moment, self.fires.zone()))
    }
}
