//! Checks of a filled form that need no knowledge of the service: presence, type and characters.

use crate::form::{Field, FieldKind, Form, Format, Settings};
use crate::{SlotName, Text, egress};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with one field. The text of the code names the rule; the arguments hold the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Field id.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// `value`, and what else the text needs; the host adds `label`.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

impl FieldError {
    /// An error about the field of this id. The host knows its label.
    #[must_use]
    pub fn new(field: &str, code: &str) -> Self {
        Self { field: field.to_owned(), code: code.to_owned(), arguments: BTreeMap::new() }
    }

    /// Adds an argument of the text.
    #[must_use]
    pub fn with(self, name: &str, value: impl ToString) -> Self {
        self.and(name, value.to_string())
    }

    /// The same for every kind of value: one copy of it in a module.
    fn and(mut self, name: &str, value: String) -> Self {
        self.arguments.insert(name.to_owned(), value);
        self
    }
}

/// What the form finds and what the module's rules between fields find, as one list. A rule knows more than the
/// characters of one field: its sentence replaces the general one.
#[must_use]
pub fn joined_errors(mut general: Vec<FieldError>, rules: Vec<FieldError>) -> Vec<FieldError> {
    general.retain(|error| rules.iter().all(|rule| rule.field != error.field));
    general.extend(rules);
    general
}

/// The texts of the codes that [`Form::check`] uses. Modules need not bring them.
#[must_use]
pub fn form_text(code: &str) -> Option<Text> {
    let (title, advice) = match code {
        "form.unknown" => ("There is no setting named {label}.", "Known settings: {known}."),
        "form.required" => ("{label} is empty.", "Fill it in."),
        "form.type" => ("{label} has the wrong kind of value: {value}.", "Expected: {expected}."),
        "form.choice" => ("{label} cannot be {value}.", "Choose one of: {expected}."),
        "form.guid" => {
            ("{label} is not a GUID: {value}.", "Expected 8-4-4-4-12 hexadecimal digits, as the portal shows them.")
        }
        "form.https_url" => (
            "{label} is not an https address: {value}.",
            "Expected https://host/path, without user name and without #.",
        ),
        "form.https_origin" => {
            ("{label} is not an https origin: {value}.", "Expected https://host or https://host:port, without a path.")
        }
        "form.redirect_uri" => (
            "{label} cannot be a redirect address: {value}.",
            "Expected https://…, or http://localhost with an optional port and path.",
        ),
        "form.tenant" => (
            "{label} names no tenant: {value}.",
            "Enter the tenant id (a GUID) or one of its verified domains, for example contoso.onmicrosoft.com.",
        ),
        "form.host_suffix" => {
            ("{label} is not a host suffix: {value}.", "Expected a dot and a domain, for example .office.com.")
        }
        _ => return None,
    };
    Some(Text::new(title, advice))
}

impl Form {
    /// Whether an error only says that a secret is not there yet. It may follow later, and a refresh token comes with
    /// the consent: a connection can be stored without.
    #[must_use]
    pub fn is_missing_secret(&self, error: &FieldError) -> bool {
        let field = self.field(&error.field);
        error.code == "form.required" && field.is_some_and(|field| matches!(field.kind, FieldKind::Secret { .. }))
    }

    /// Checks `given` (not yet filled with defaults) for unknown fields, and the effective values for presence, type
    /// and characters. `configured` are the slots that hold a value.
    #[must_use]
    pub fn check(&self, given: &Settings, configured: &BTreeSet<SlotName>) -> Vec<FieldError> {
        let effective = self.effective(given);
        let known = || self.fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>().join(", ");
        let unknown = given.0.keys().filter(|id| self.field(id).is_none()).map(|id| FieldError {
            field: id.clone(),
            code: "form.unknown".to_owned(),
            arguments: BTreeMap::from([("label".to_owned(), id.clone()), ("known".to_owned(), known())]),
        });
        let visible = self.fields.iter().filter(|field| field.is_visible(&effective));
        unknown.chain(visible.filter_map(|field| check_field(field, &effective, configured))).collect()
    }
}

fn check_field(field: &Field, settings: &Settings, configured: &BTreeSet<SlotName>) -> Option<FieldError> {
    let value = settings.0.get(field.id.as_str());
    let wrong_type = |expected: &str| {
        value.map(|value| {
            FieldError::new(field.id.as_str(), "form.type").with("value", value).with("expected", expected)
        })
    };
    let empty = || field.required.then(|| FieldError::new(field.id.as_str(), "form.required"));
    match &field.kind {
        FieldKind::Secret { slot } => {
            if configured.contains(slot) {
                None
            } else {
                empty()
            }
        }
        FieldKind::Toggle => value.filter(|value| !value.is_boolean()).and_then(|_| wrong_type("true or false")),
        FieldKind::Text { format } => match value {
            None => empty(),
            Some(Value::String(text)) => {
                let format = (*format)?;
                (!format.accepts(text)).then(|| FieldError::new(field.id.as_str(), format.code()).with("value", text))
            }
            Some(_) => wrong_type("a text"),
        },
        FieldKind::Choice { choices } => match value {
            None => empty(),
            Some(Value::String(text)) if choices.iter().any(|choice| choice.value == *text) => None,
            Some(other) => {
                let expected = choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>().join(", ");
                let shown = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                Some(FieldError::new(field.id.as_str(), "form.choice").with("value", shown).with("expected", expected))
            }
        },
    }
}

impl Format {
    const fn code(self) -> &'static str {
        match self {
            Self::Guid => "form.guid",
            Self::HttpsUrl => "form.https_url",
            Self::HttpsOrigin => "form.https_origin",
            Self::RedirectUri => "form.redirect_uri",
            Self::Tenant => "form.tenant",
            Self::HostSuffix => "form.host_suffix",
            Self::Other => "form.type",
        }
    }

    /// Whether `text` has this format.
    #[must_use]
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Guid => is_guid(text),
            Self::HttpsUrl => egress::origin_of(text).is_some() && !text.contains(['#', ' ', '\\']),
            Self::HttpsOrigin => {
                egress::origin_of(text).is_some()
                    && text.get(8..).is_some_and(|rest| !rest.contains(['/', '?', '#', '\\']))
            }
            Self::RedirectUri => is_redirect_uri(text),
            Self::Tenant => is_guid(text) || (text.contains('.') && is_domain(text)),
            Self::HostSuffix => text.strip_prefix('.').is_some_and(|domain| domain.contains('.') && is_domain(domain)),
            Self::Other => true,
        }
    }
}

fn is_guid(text: &str) -> bool {
    let mut groups = text.split('-');
    [8, 4, 4, 4, 12].iter().all(|length| {
        groups.next().is_some_and(|group| group.len() == *length && group.chars().all(|c| c.is_ascii_hexdigit()))
    }) && groups.next().is_none()
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len()) && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn is_redirect_uri(text: &str) -> bool {
    let plain = !text.contains(['#', ' ', '\\']);
    let loopback = || {
        let rest = text.strip_prefix("http://")?;
        let authority = rest.split(['/', '?']).next()?;
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        Some(matches!(host, "localhost" | "127.0.0.1") && egress::port_of(port).is_some())
    };
    plain && (egress::origin_of(text).is_some() || loopback().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for (format, good, bad) in [
            (
                Format::Guid,
                vec!["5bb1a5a2-0d97-4335-9448-119f7b27aff9"],
                vec!["5bb1a5a2", "5bb1a5a2-0d97-4335-9448-119f7b27affg", ""],
            ),
            (Format::HttpsUrl, vec!["https://a/b?c"], vec!["http://a/", "https://u:p@a/", "https://a/#x", "a"]),
            (Format::HttpsOrigin, vec!["https://a", "https://a:8443"], vec!["https://a/", "https://a:x", "http://a"]),
            (
                Format::RedirectUri,
                vec!["https://a/b", "http://localhost", "http://127.0.0.1:9/x"],
                vec!["http://a/", "http://localhost.evil/", "ftp://localhost", "http://localhost:+80/"],
            ),
            (
                Format::Tenant,
                vec!["contoso.onmicrosoft.com", "5bb1a5a2-0d97-4335-9448-119f7b27aff9"],
                vec!["common", "a..b", "-a.b", "a b.c"],
            ),
            (Format::HostSuffix, vec![".office.com"], vec!["office.com", ".com", "."]),
        ] {
            for text in good {
                assert!(format.accepts(text), "{format:?} must accept {text:?}");
            }
            for text in bad {
                assert!(!format.accepts(text), "{format:?} must refuse {text:?}");
            }
        }
    }

    #[test]
    fn the_sentence_of_a_rule_replaces_the_general_one() {
        let general = ["tenant", "client_id"].map(|field| FieldError::new(field, "form.required")).to_vec();
        let joined = joined_errors(general, vec![FieldError::new("tenant", "a.rule")]);
        let shown: Vec<_> = joined.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
        assert_eq!(shown, [("client_id", "form.required"), ("tenant", "a.rule")]);
    }
}
