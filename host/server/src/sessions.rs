//! Who is signed in. In memory only: a restart signs everybody out.

use crate::secret_text::{self, Known};
use beacon_api::Role;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A session ends after this, used or not.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// A session that nobody uses ends after this.
const IDLE: SignedDuration = SignedDuration::from_hours(2);

/// A one-time link is good for so long.
const LINK: SignedDuration = SignedDuration::from_hours(24);

/// Wrong passwords for one account within [`WINDOW`] before further ones are refused unread.
const ATTEMPTS: usize = 5;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Refused sign-ins within [`WINDOW`] that the audit trail tells of.
const TOLD: usize = 100;

/// Accounts whose failures are remembered. Names are the guesser's, so there has to be an end.
const REMEMBERED: usize = 1_000;

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) account: String,
    pub(crate) role: Role,
    pub(crate) csrf: String,
    pub(crate) expires_at: Timestamp,
    used_at: Timestamp,
}

/// All sessions, links and failed attempts.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<BTreeMap<Known, Signed>>,
    links: Mutex<BTreeMap<Known, Timestamp>>,
    failures: Mutex<BTreeMap<String, Vec<Timestamp>>>,
    told: Mutex<Vec<Timestamp>>,
}

/// Whether the audit trail tells of a refused sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Yes,
    /// And of none after it for a while.
    Last,
    No,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sessions {
    /// Opens a session; gives the value of its cookie.
    pub(crate) fn open(&self, account: &str, role: Role, now: Timestamp) -> (String, Signed) {
        let token = secret_text::new();
        let expires_at = now.saturating_add(LIFETIME).unwrap_or(now);
        let signed = Signed { account: account.to_owned(), role, csrf: secret_text::new(), expires_at, used_at: now };
        let mut open = locked(&self.open);
        open.retain(|_, session| session.is_good(now));
        open.insert(secret_text::known(&token), signed.clone());
        (token, signed)
    }

    /// The session of a cookie.
    pub(crate) fn find(&self, token: &str, now: Timestamp) -> Option<Signed> {
        let mut open = locked(&self.open);
        let session = open.get_mut(&secret_text::known(token)).filter(|session| session.is_good(now))?;
        session.used_at = now;
        Some(session.clone())
    }

    /// Ends the session of a cookie.
    pub(crate) fn close(&self, token: &str) {
        locked(&self.open).remove(&secret_text::known(token));
    }

    /// Ends all sessions of an account: its password or role changed, or it is gone.
    pub(crate) fn close_account(&self, account: &str) {
        locked(&self.open).retain(|_, session| session.account != account);
    }

    /// A new one-time link's secret.
    pub(crate) fn new_link(&self, now: Timestamp) -> String {
        let token = secret_text::new();
        let mut links = locked(&self.links);
        links.retain(|_, ends| *ends > now);
        links.insert(secret_text::known(&token), now.saturating_add(LINK).unwrap_or(now));
        token
    }

    /// Whether a link is good.
    pub(crate) fn has_link(&self, token: &str, now: Timestamp) -> bool {
        locked(&self.links).get(&secret_text::known(token)).is_some_and(|ends| *ends > now)
    }

    /// Uses all links up: whoever had one has set the password now.
    pub(crate) fn use_links(&self) {
        locked(&self.links).clear();
    }

    /// Until when an account's sign-ins are refused unread.
    pub(crate) fn held_until(&self, account: &str, now: Timestamp) -> Option<Timestamp> {
        let failures = locked(&self.failures);
        let recent: Vec<_> = failures.get(account)?.iter().filter(|at| now.duration_since(**at) < WINDOW).collect();
        let first = recent.len().checked_sub(ATTEMPTS).and_then(|position| recent.get(position))?;
        first.saturating_add(WINDOW).ok()
    }

    /// Notes a wrong password.
    pub(crate) fn failed(&self, account: &str, now: Timestamp) {
        let mut failures = locked(&self.failures);
        failures.retain(|_, times| times.last().is_some_and(|at| now.duration_since(*at) < WINDOW));
        if failures.len() < REMEMBERED || failures.contains_key(account) {
            failures.entry(account.to_owned()).or_default().push(now);
        }
    }

    /// Counts a refused sign-in that the audit trail is to tell of.
    pub(crate) fn tell_refusal(&self, now: Timestamp) -> Told {
        let mut told = locked(&self.told);
        told.retain(|at| now.duration_since(*at) < WINDOW);
        if told.len() >= TOLD {
            return Told::No;
        }
        told.push(now);
        if told.len() == TOLD { Told::Last } else { Told::Yes }
    }

    /// Forgets wrong passwords after the right one.
    pub(crate) fn succeeded(&self, account: &str) {
        locked(&self.failures).remove(account);
    }
}

impl Signed {
    fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires_at && now.duration_since(self.used_at) < IDLE
    }
}

#[cfg(test)]
mod tests {
    use super::{Sessions, Told};
    use beacon_api::Role;
    use jiff::{SignedDuration, Timestamp};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_at_its_end_anyway() {
        let sessions = Sessions::default();
        let (token, _) = sessions.open("ada", Role::Reader, at(0));
        assert!(sessions.find(&token, at(119)).is_some());
        assert!(sessions.find(&token, at(119 + 120)).is_none());
        let (token, _) = sessions.open("ada", Role::Reader, at(0));
        for used in 1..12 {
            assert!(sessions.find(&token, at(used * 60)).is_some());
        }
        assert!(sessions.find(&token, at(12 * 60)).is_none());
    }

    #[test]
    fn five_wrong_passwords_hold_an_account_for_a_while() {
        let sessions = Sessions::default();
        for minute in 0..5 {
            assert!(sessions.held_until("ada", at(minute)).is_none());
            sessions.failed("ada", at(minute));
        }
        assert_eq!(sessions.held_until("ada", at(5)), Some(at(15)));
        assert!(sessions.held_until("bob", at(5)).is_none());
        assert!(sessions.held_until("ada", at(15)).is_none());
    }

    #[test]
    fn of_thousands_of_guesses_a_hundred_are_told() {
        let sessions = Sessions::default();
        let told: Vec<Told> = (0..1_000).map(|_| sessions.tell_refusal(at(0))).collect();
        assert!(told.iter().take(99).all(|told| *told == Told::Yes));
        assert_eq!(told.get(99), Some(&Told::Last));
        assert!(told.iter().skip(100).all(|told| *told == Told::No));
        assert_eq!(sessions.tell_refusal(at(15)), Told::Yes);
    }

    #[test]
    fn a_link_is_good_once_and_for_a_day() {
        let sessions = Sessions::default();
        let link = sessions.new_link(at(0));
        assert!(sessions.has_link(&link, at(60)));
        assert!(!sessions.has_link("something else", at(60)));
        assert!(!sessions.has_link(&link, at(24 * 60)));
        sessions.use_links();
        assert!(!sessions.has_link(&link, at(60)));
    }
}
