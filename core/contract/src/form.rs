//! The settings form of a module: fields, their defaults and when they are shown. What every connection has (name,
//! source type, proxy, schedule) belongs to the host and is not in here.

use crate::{FieldId, SlotName, Template};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Values of a form, without any secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, Value>);

impl Settings {
    /// A text value; `None` if missing, empty or of another type.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A yes-or-no value; anything else is no.
    #[must_use]
    pub fn flag(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Sets a value.
    pub fn set(&mut self, field: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(field.into(), value.into());
    }
}

/// The whole form, in the order in which it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Key in [`Settings`].
    pub id: FieldId,
    /// What stands before the field.
    pub label: String,
    /// What a person should know while filling it in.
    #[serde(default)]
    pub help: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be filled while it is visible.
    #[serde(default)]
    pub required: bool,
    /// Defaults; the first whose condition holds is taken. Filled in the order of the fields, so that a default may
    /// name an earlier field.
    #[serde(default)]
    pub defaults: Vec<ConditionalDefault>,
    /// Shown only under this condition. A hidden field keeps its value and is not checked.
    #[serde(default)]
    pub visible_when: Vec<Condition>,
    /// Whether it is folded away at first.
    #[serde(default)]
    pub advanced: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text {
        /// Rule for its characters.
        #[serde(default)]
        format: Option<Format>,
    },
    /// One of a list.
    Choice {
        /// The list.
        choices: Vec<Choice>,
    },
    /// Yes or no.
    Toggle,
    /// A secret; the value goes to the vault under this slot and never into [`Settings`].
    Secret {
        /// Slot of the manifest.
        slot: SlotName,
    },
}

/// One entry of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// What choosing it means.
    #[serde(default)]
    pub help: String,
}

/// Rules for the characters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Eight, four, four, four and twelve hexadecimal digits.
    Guid,
    /// An absolute `https` address without user information and fragment.
    HttpsUrl,
    /// An `https` origin: no path, no query.
    HttpsOrigin,
    /// An `https` address, or `http` with a loopback host: RFC 8252 section 7.3.
    RedirectUri,
    /// A GUID or a domain name, the two ways of naming a directory.
    Tenant,
    /// A host name suffix that starts with a dot.
    HostSuffix,
    /// Any format of a later contract; not checked here.
    #[serde(other)]
    Other,
}

/// All of these make a condition: the field holds one of the values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Field that decides.
    pub field: FieldId,
    /// Values for which the condition holds.
    pub is: Vec<String>,
}

/// A default under a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionalDefault {
    /// Holds always if empty.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The value, for texts and choices a template over earlier fields.
    pub value: Template,
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, settings: &Settings) -> bool {
        settings.text(self.field.as_str()).is_some_and(|value| self.is.iter().any(|one| one == value))
    }
}

impl Field {
    /// Whether the field is shown.
    #[must_use]
    pub fn is_visible(&self, settings: &Settings) -> bool {
        self.visible_when.iter().all(|condition| condition.holds(settings))
    }

    /// The default under `settings`, `None` if there is none or it names an empty field.
    #[must_use]
    pub fn default_value(&self, settings: &Settings) -> Option<Value> {
        let chosen = self.defaults.iter().find(|one| one.when.iter().all(|condition| condition.holds(settings)))?;
        let text = chosen.value.fill(settings).ok()?;
        Some(if matches!(self.kind, FieldKind::Toggle) { Value::Bool(text == "true") } else { Value::String(text) })
    }
}

impl Form {
    /// The field of an id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id.as_str() == id)
    }

    /// What has to be chosen so that the field of a secret is shown: fields with the value for each, in their order.
    #[must_use]
    pub fn shows_slot(&self, slot: &str, given: &Settings) -> Vec<(&FieldId, &str)> {
        let is_its = |field: &&Field| matches!(&field.kind, FieldKind::Secret { slot: own } if own.as_str() == slot);
        let Some(field) = self.fields.iter().find(is_its) else { return Vec::new() };
        let mut settings = given.clone();
        let mut chosen = Vec::new();
        for condition in &field.visible_when {
            if !condition.holds(&self.effective(&settings))
                && let Some(value) = condition.is.first()
            {
                settings.set(condition.field.as_str(), value.as_str());
                chosen.push((&condition.field, value.as_str()));
            }
        }
        chosen
    }

    /// `given` with every empty field filled by its default. Values that no field knows are left out: they can only
    /// come from another version of the form.
    #[must_use]
    pub fn effective(&self, given: &Settings) -> Settings {
        let mut settings = Settings::default();
        for field in &self.fields {
            let id = field.id.as_str();
            let own = given.0.get(id).filter(|value| !matches!(value, Value::Null) && value.as_str() != Some(""));
            if let Some(value) = own.cloned().or_else(|| field.default_value(&settings)) {
                settings.set(id, value);
            }
        }
        settings
    }
}
