use super::left::Left;
use serde::Serialize;

/// What becomes, or became, of the things in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// All of them.
    pub items: Vec<Item>,
    /// What is left to do for a person.
    pub left: Vec<Left>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// One thing in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// `connection`, `schedule`, `destination`, `profile`, `proxy`, `defaults` or `retention`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is new.
    Added,
    /// It takes the place of what has its name.
    Replaced,
    /// What has its name stays.
    Skipped,
}

impl Report {
    pub(super) fn item(&mut self, kind: &'static str, name: impl ToString, fate: Fate) {
        self.items.push(Item { kind, name: name.to_string(), fate });
    }
}
