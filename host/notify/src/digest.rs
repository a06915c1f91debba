//! What is told: how states changed, of one connection or of five hundred.

use crate::privacy::without_people;
use beacon_health::{Standing, State};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Connections that a message lists; those beyond are counted.
const LISTED: usize = 200;

/// Next steps of a mail are told for this many; the page has all.
const EXPLAINED: usize = 25;

/// One connection of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Its name.
    pub connection: String,
    /// The state before.
    pub before: State,
    /// The state after.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Stable code of the cause.
    pub code: String,
    /// The cause: one sentence.
    pub title: String,
    /// The next step, in words.
    pub next_step: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// Its id, the same at every attempt.
    pub id: String,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it was put together.
    pub at: Timestamp,
    /// Id of the beacon that tells it.
    pub beacon: String,
    /// How many connections changed, by the state they are in now.
    pub counts: BTreeMap<State, usize>,
    /// The connections, the worst first.
    pub connections: Vec<Told>,
    /// How many more there are than are listed.
    pub more: usize,
}

impl Told {
    /// What is told of one connection.
    #[must_use]
    pub fn new(id: String, connection: String, before: State, after: &Standing) -> Self {
        Self {
            id,
            connection,
            before,
            state: after.state,
            since: after.since,
            code: after.cause.code.clone(),
            title: without_people(&after.cause.title),
            next_step: without_people(&after.cause.next_step),
        }
    }
}

impl Digest {
    /// A message about these changes, given from the oldest to the newest. Of a connection that changed more than once
    /// the first state and the last one are told; `None` if everything is as it was.
    #[must_use]
    pub fn new(id: String, beacon: String, at: Timestamp, changes: impl IntoIterator<Item = Told>) -> Option<Self> {
        let mut by_connection: BTreeMap<String, Told> = BTreeMap::new();
        for mut change in changes {
            if let Some(earlier) = by_connection.get(&change.id) {
                change.before = earlier.before;
            }
            by_connection.insert(change.id.clone(), change);
        }
        let mut connections: Vec<_> = by_connection.into_values().filter(|one| one.before != one.state).collect();
        if connections.is_empty() {
            return None;
        }
        connections.sort_by(|one, other| (one.state, &one.connection).cmp(&(other.state, &other.connection)));
        let mut counts = BTreeMap::new();
        for one in &connections {
            *counts.entry(one.state).or_default() += 1;
        }
        let more = connections.len().saturating_sub(LISTED);
        connections.truncate(LISTED);
        Some(Self { id, kind: "connections.changed", at, beacon, counts, connections, more })
    }

    /// A message that says nothing but that messages arrive.
    #[must_use]
    pub fn test(id: String, beacon: String, at: Timestamp) -> Self {
        let (counts, connections) = (BTreeMap::new(), Vec::new());
        Self { id, kind: "test", at, beacon, counts, connections, more: 0 }
    }

    /// In one line.
    #[must_use]
    pub fn subject(&self) -> String {
        if let ([only], 0) = (self.connections.as_slice(), self.more) {
            return format!("beacon: {}: {}", only.connection, only.state.words());
        }
        if self.connections.is_empty() {
            return "beacon: a test message".to_owned();
        }
        let counts = self.counts.iter().map(|(state, count)| format!("{count} {}", state.words()));
        format!("beacon: {}", counts.collect::<Vec<_>>().join(", "))
    }

    /// In plain text, for people.
    #[must_use]
    pub fn text(&self) -> String {
        if self.connections.is_empty() {
            return "This is a test. Messages of this beacon arrive here.\n".to_owned();
        }
        let mut text = String::new();
        let mut state = None;
        for (number, one) in self.connections.iter().enumerate() {
            if state != Some(one.state) {
                state = Some(one.state);
                let count = self.counts.get(&one.state).copied().unwrap_or_default();
                text.push_str(&format!("{} ({count})\n\n", capital(one.state.words())));
            }
            let since = one.since.strftime("%Y-%m-%d %H:%M UTC");
            text.push_str(&format!("- {}, since {since}, {} before\n", one.connection, one.before.words()));
            if number < EXPLAINED {
                text.push_str(&format!("  {}\n", one.title));
                if !one.next_step.is_empty() {
                    text.push_str(&format!("  {}\n", one.next_step));
                }
                text.push_str(&format!("  ({})\n", one.code));
            }
            let last = self.connections.get(number + 1).is_none_or(|next| next.state != one.state);
            if last {
                text.push('\n');
            }
        }
        if self.more > 0 {
            text.push_str(&format!("And {} more. The page of the beacon lists all under Health.\n", self.more));
        }
        text.push_str(&format!("Beacon {}\n", self.beacon));
        text
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::{Digest, Told};
    use beacon_health::State;
    use jiff::Timestamp;

    fn told(id: &str, before: State, state: State) -> Told {
        Told {
            id: id.to_owned(),
            connection: format!("Connection {id}"),
            before,
            state,
            since: Timestamp::UNIX_EPOCH,
            code: "some.code".to_owned(),
            title: "It did not work.".to_owned(),
            next_step: "Do this.".to_owned(),
        }
    }

    fn digest(changes: Vec<Told>) -> Option<Digest> {
        Digest::new("message".to_owned(), "beacon".to_owned(), Timestamp::UNIX_EPOCH, changes)
    }

    #[test]
    fn many_are_one_message_the_worst_first() {
        let failing = (0..500).map(|number| told(&format!("{number:03}"), State::Healthy, State::Failing));
        let all = failing.chain([told("x", State::Healthy, State::NeedsConsent)]).collect();
        let digest = digest(all).unwrap();
        assert_eq!(digest.subject(), "beacon: 1 needs consent, 500 failing");
        assert_eq!((digest.connections.len(), digest.more), (200, 301));
        assert_eq!(digest.connections[0].id, "x");
        let text = digest.text();
        assert!(text.len() < 20_000, "{}", text.len());
        assert!(text.contains("And 301 more."), "{text}");
    }

    #[test]
    fn what_changed_back_is_not_told_and_what_changed_twice_once() {
        let there_and_back = vec![told("a", State::Healthy, State::Failing), told("a", State::Failing, State::Healthy)];
        assert_eq!(digest(there_and_back), None);
        let twice = vec![told("a", State::Healthy, State::Degraded), told("a", State::Degraded, State::Failing)];
        let digest = digest(twice).unwrap();
        assert_eq!((digest.connections[0].before, digest.connections[0].state), (State::Healthy, State::Failing));
        assert_eq!(digest.subject(), "beacon: Connection a: failing");
    }
}
