//! One line of the log, as text and as JSON.

use crate::redact::{SECRET, names_secret, redacted};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use tracing::Level;

/// The longest value of a field, in characters. A library's sentence may be of any length.
const LONGEST: usize = 2_000;

/// What is written of one event.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) level: Level,
    pub(crate) area: String,
    pub(crate) message: String,
    /// Of the event first, then of the spans around it from the inside out; a name appears once.
    pub(crate) fields: Vec<(&'static str, Value)>,
}

impl Line {
    /// For people: time, level, area, what happened, fields.
    pub(crate) fn text(&self, said: &str) -> String {
        format!("{:.3} {:<5} {}: {said}", self.at, self.level, self.area)
    }

    /// For the journal of systemd, which notes time and program by itself and reads the level from the line (sd-daemon(3)).
    pub(crate) fn for_journal(&self, said: &str) -> String {
        let priority = match self.level {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        format!("<{priority}>{}: {said}", self.area)
    }

    /// What happened, and the fields: what the line says to people.
    pub(crate) fn said(&self) -> String {
        let mut said = self.message.clone();
        for (name, value) in &self.fields {
            let shown = match value {
                _ if names_secret(name) => SECRET.to_owned(),
                Value::String(text) if !text.is_empty() && !text.contains([' ', '"', '=']) => text.clone(),
                other => other.to_string(),
            };
            let _ = write!(said, " {name}={shown}");
        }
        // A line is a line, whatever a library says.
        redacted(&said.replace(['\n', '\r'], " "))
    }

    /// For machines: one object.
    pub(crate) fn json(&self) -> String {
        let mut object = Map::new();
        object.insert("time".to_owned(), Value::String(format!("{:.3}", self.at)));
        object.insert("level".to_owned(), Value::String(self.level.as_str().to_lowercase()));
        object.insert("area".to_owned(), Value::String(self.area.clone()));
        object.insert("message".to_owned(), Value::String(redacted(&self.message)));
        for (name, value) in &self.fields {
            let value = match value {
                _ if names_secret(name) => SECRET.into(),
                Value::String(text) => Value::String(redacted(text)),
                other => other.clone(),
            };
            object.entry((*name).to_owned()).or_insert(value);
        }
        Value::Object(object).to_string()
    }
}

/// A value that is not too long.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            at: "2026-11-26T06:00:00.1234Z".parse().expect("a time"),
            level: Level::WARN,
            area: "server".to_owned(),
            message: "an import ended".to_owned(),
            fields: vec![
                ("state", "failed".into()),
                ("title", "Ask adele@contoso.com\nto sign in.".into()),
                ("attempts", 3.into()),
            ],
        }
    }

    #[test]
    fn the_same_line_for_people_for_the_journal_and_for_machines() {
        let said = "an import ended state=failed title=\"Ask (address)\\nto sign in.\" attempts=3";
        assert_eq!(line().text(&line().said()), format!("2026-11-26T06:00:00.123Z WARN  server: {said}"));
        assert_eq!(line().for_journal(&line().said()), format!("<4>server: {said}"));
        let json: Value = serde_json::from_str(&line().json()).expect("JSON");
        let expected = serde_json::json!({
            "time": "2026-11-26T06:00:00.123Z",
            "level": "warn",
            "area": "server",
            "message": "an import ended",
            "state": "failed",
            "title": "Ask (address)\nto sign in.",
            "attempts": 3,
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn the_value_of_a_field_that_names_a_secret_is_never_written() {
        for name in ["password", "proxy_password", "client_secret"] {
            let mut line = line();
            line.fields.push((name, "two words".into()));
            for written in [line.said(), line.json()] {
                assert!(!written.contains("two") && written.contains("(secret)"), "{written}");
            }
        }
    }

    #[test]
    fn a_field_never_hides_what_every_line_has() {
        let mut line = line();
        line.fields.push(("level", "none".into()));
        let json: Value = serde_json::from_str(&line.json()).expect("JSON");
        assert_eq!(json["level"], "warn");
    }
}
