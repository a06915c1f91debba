//! What the audit trail says: who did what to whom, and never a secret.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::audit_action::Action;
use crate::numbers::Numbers;
use crate::{Connection, ConnectionId};

/// What stands in place of everything that was erased.
pub const ERASED: &str = "erased";

/// A longer text of a detail is cut: the trail tells what changed and is no copy of it.
const LONGEST_TEXT: usize = 500;

/// By which way somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorWay {
    /// The page, or another client of its API.
    Page,
    /// The command line.
    CommandLine,
    /// Nobody: the beacon does it by itself.
    Beacon,
}

impl ActorWay {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Page, Self::CommandLine, Self::Beacon];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::CommandLine => "command_line",
            Self::Beacon => "beacon",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// An account of the page, a user of the operating system, or `beacon`.
    pub who: String,
    /// By which way.
    pub way: ActorWay,
    /// The address that the page's client has, where it is known.
    pub client: Option<String>,
}

impl Actor {
    /// The beacon itself.
    #[must_use]
    pub fn beacon() -> Self {
        Self { who: "beacon".to_owned(), way: ActorWay::Beacon, client: None }
    }

    /// Whether a person acts.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.way != ActorWay::Beacon
    }
}

/// Who acts on the store just now, and when.
#[derive(Debug, Clone)]
pub(crate) struct Acting {
    pub(crate) actor: Arc<Actor>,
    pub(crate) at: Timestamp,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionOutcome {
    /// Done.
    Done,
    /// Tried, and failed.
    Failed,
    /// Refused.
    Refused,
}

impl ActionOutcome {
    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// What was done, before it is an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    pub(crate) action: Action,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) details: Map<String, Value>,
    pub(crate) outcome: ActionOutcome,
}

impl Deed {
    /// Something that was done to something: its kind in one word, its id, and its name at this time.
    #[must_use]
    pub fn new(action: Action, kind: &'static str, id: impl ToString, name: impl ToString) -> Self {
        Self {
            action,
            kind,
            id: id.to_string(),
            name: name.to_string(),
            connection: None,
            details: Map::new(),
            outcome: ActionOutcome::Done,
        }
    }

    /// Something that was done to a connection.
    #[must_use]
    pub fn to_connection(action: Action, connection: &Connection) -> Self {
        Self::new(action, "connection", connection.id, &connection.name).about(connection.id)
    }

    /// Something that was done to the installation as a whole.
    #[must_use]
    pub fn to_installation(action: Action) -> Self {
        Self::new(action, "installation", "", "")
    }

    /// It is about a connection: erased with what else is known of it.
    #[must_use]
    pub fn about(mut self, connection: ConnectionId) -> Self {
        self.connection = Some(connection);
        self
    }

    /// One detail. Never a secret: of those there is only "set", "replaced" and "removed".
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // What is no JSON tells nothing.
        let value = serde_json::to_value(value).unwrap_or_default();
        self.details.insert(name.to_owned(), cut(value));
        self
    }

    /// Numbers of entries: however many there are, none is cut away.
    #[must_use]
    pub(crate) fn with_numbers(mut self, numbers: &Numbers) -> Self {
        self.details.insert("numbers".to_owned(), Value::String(numbers.to_string()));
        self
    }

    /// Everything in which two values differ, down to single fields: old and new.
    #[must_use]
    pub fn changes(mut self, old: &impl Serialize, new: &impl Serialize) -> Self {
        let value = |value: Result<Value, _>| value.unwrap_or_default();
        differences(&mut self.details, "", &value(serde_json::to_value(old)), &value(serde_json::to_value(new)));
        self
    }

    /// It did not go well.
    #[must_use]
    pub fn ended(mut self, outcome: ActionOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Whether there is anything to tell beside that it was done.
    #[must_use]
    pub fn has_details(&self) -> bool {
        !self.details.is_empty()
    }
}

fn differences(found: &mut Map<String, Value>, path: &str, old: &Value, new: &Value) {
    if old == new {
        return;
    }
    let fields = |value: &Value| match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::Null => Some(Map::new()),
        _ => None,
    };
    let both_empty = !old.is_object() && !new.is_object();
    match (fields(old), fields(new)) {
        (Some(old), Some(new)) if !both_empty => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let side = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
                differences(found, &path, &side(&old), &side(&new));
            }
        }
        _ => {
            let change = serde_json::json!({ "old": cut(old.clone()), "new": cut(new.clone()) });
            let path = if path.is_empty() { "value" } else { path };
            found.insert(path.to_owned(), change);
        }
    }
}

fn cut(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > LONGEST_TEXT => {
            Value::String(text.chars().take(LONGEST_TEXT).chain(['…']).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(cut).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(name, value)| (name, cut(value))).collect()),
        other => other,
    }
}

/// An entry of the trail, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// Its number: one more than the one before.
    pub number: u64,
    /// When; RFC 3339 in UTC with nine digits of the second.
    pub at: String,
    /// Who.
    pub who: String,
    /// By which way.
    pub way: String,
    /// Address of the page's client, empty where there is none.
    pub client: String,
    /// What was done.
    pub action: String,
    /// What it was done to: the kind.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// Its name at that time.
    pub subject_name: String,
    /// Id of the connection that it is about, empty if it is about none.
    pub connection_id: String,
    /// More about it, JSON as it is stored.
    pub details: String,
    /// How it went.
    pub outcome: String,
    /// Whether its content was erased.
    pub erased: bool,
    /// SHA-256 of its content, in hexadecimal digits.
    pub content_hash: String,
    /// SHA-256 that chains it to the entry before.
    pub hash: String,
}

/// Which entries are wanted. What is empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Exactly this person, whatever the case of letters.
    pub who: Option<String>,
    /// This action; with a full stop at the end all that begin so.
    pub action: Option<String>,
    /// Those whose subject has this kind or id, or a name with this text in it, whatever the case.
    pub subject: Option<String>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Deed;
    use crate::Action;

    #[test]
    fn only_what_differs_is_told_field_by_field() {
        let old = json!({ "name": "a", "settings": { "cloud": "x", "flow": "code" }, "scopes": ["a"], "proxy": null });
        let new =
            json!({ "name": "a", "settings": { "cloud": "y" }, "scopes": ["a", "b"], "proxy": { "server": "p" } });
        let deed = Deed::to_installation(Action::ConnectionChanged).changes(&old, &new);
        let expected = json!({
            "settings.cloud": { "old": "x", "new": "y" },
            "settings.flow": { "old": "code", "new": null },
            "scopes": { "old": ["a"], "new": ["a", "b"] },
            "proxy.server": { "old": null, "new": "p" },
        });
        assert_eq!(json!(deed.details), expected);
        assert!(!Deed::to_installation(Action::ConnectionChanged).changes(&old, &old).has_details());
    }

    #[test]
    fn a_long_text_is_cut() {
        let deed = Deed::to_installation(Action::ConnectionChanged).with("text", "x".repeat(10_000));
        assert!(json!(deed.details).to_string().len() < 600);
    }
}
