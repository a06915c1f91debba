//! Names that stand for others: the same throughout, so that what belongs together can still be seen.

mod log_line;

use crate::trouble::Trouble;
use beacon_delivery::UploadAddress;
use beacon_store::{Store, Target};
use etcetera::BaseStrategy as _;
use serde_json::Value;
use url::Url;

/// What stands in place of a name of something that is not there any more, or goes by another name now.
const GONE: &str = "(gone)";

/// What stands between names where a field holds several.
const SEVERAL: &str = ", ";

/// Fields of the log, and members of documents, whose value is a name and nothing else.
const NAME_FIELDS: &[&str] = &["connection", "connections", "destination", "folder", "name", "schedule", "tenant"];

/// What each name is replaced by. The default leaves every name in.
#[derive(Clone, Default)]
pub struct Pseudonyms {
    /// In small letters, each with what stands for it; the longest first.
    names: Vec<(String, String)>,
    /// Fields whose value is emptied where it is no name that is known.
    fields: &'static [&'static str],
    /// Whether names are to go, and nobody could read which there are.
    blind: bool,
}

impl Pseudonyms {
    /// Every name that an operator or a tenant gave to something of this installation.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn of(store: &Store) -> Result<Self, Trouble> {
        let mut names = Self { blind: false, ..Self::of_nobody() };
        for (number, connection) in (1..).zip(store.connections()?) {
            let tenant = format!("tenant-{number}");
            let own = format!("connection-{number}");
            names.add(connection.name.as_str(), &own);
            names.add(&connection.id.to_string(), &own);
            // As folders of packages are called.
            names.add(&connection.name.as_str().replace(' ', "_"), &own);
            for key in connection.tenant_id.iter().chain(&connection.tenant_key) {
                names.add(&key.to_string(), &tenant);
            }
            names.add(connection.tenant_name.as_deref().unwrap_or_default(), &tenant);
            names.add(connection.consented_account.as_deref().unwrap_or_default(), &format!("account-of-{tenant}"));
            let proxy = connection.proxy.as_ref().and_then(|proxy| proxy.username.as_deref());
            names.add(proxy.unwrap_or_default(), "proxy-account");
        }
        for (number, destination) in (1..).zip(store.destinations()?) {
            let own = format!("destination-{number}");
            names.add(destination.name.as_str(), &own);
            match &destination.target {
                Target::Folder { folder } => names.add(&folder.display().to_string(), &format!("/{own}")),
                Target::Upload { address, username, .. } => {
                    let host =
                        address.parse::<UploadAddress>().ok().and_then(|address| Url::parse(address.as_str()).ok());
                    names.add(host.as_ref().and_then(Url::host_str).unwrap_or_default(), &format!("host-of-{own}"));
                    names.add(username.as_deref().unwrap_or_default(), &format!("account-of-{own}"));
                }
            }
        }
        for (number, schedule) in (1..).zip(store.schedules()?) {
            let own = format!("schedule-{number}");
            names.add(schedule.plan.name.as_str(), &own);
            names.add(&schedule.id.to_string(), &own);
        }
        for (number, profile) in (1..).zip(store.profiles()?) {
            names.add(profile.name.as_str(), &format!("profile-{number}"));
        }
        for (number, notification) in (1..).zip(store.notifications()?) {
            names.add(notification.name.as_str(), &format!("notification-{number}"));
        }
        for (number, account) in (1..).zip(store.accounts()?) {
            // Everybody's is called so.
            if account.name != "administrator" {
                names.add(&account.name, &format!("account-{number}"));
            }
        }
        let proxy = store.default_proxy()?.and_then(|proxy| proxy.settings.username);
        names.add(proxy.as_deref().unwrap_or_default(), "proxy-account");
        Ok(names)
    }

    /// What can be taken out where no database can be read: the name of whoever's home it is, and what stands in fields.
    #[must_use]
    pub fn of_nobody() -> Self {
        let mut names = Self { names: Vec::new(), fields: NAME_FIELDS, blind: true };
        names.add_home();
        names
    }

    /// The same for a document whose fields hold none of those names.
    #[must_use]
    pub fn of_sentences(&self) -> Self {
        Self { fields: &[], ..self.clone() }
    }

    /// Whether nobody knows which names a sentence may hold, and none is to get out.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.blind
    }

    fn add_home(&mut self) {
        if let Ok(strategy) = etcetera::choose_base_strategy() {
            self.add(&strategy.home_dir().display().to_string(), "~");
        }
    }

    fn add(&mut self, name: &str, stands: &str) {
        // A home of `/` is nobody's.
        if !name.is_empty() && name != "/" {
            let name = name.to_ascii_lowercase();
            let at = self.names.partition_point(|(known, _)| known.len() >= name.len());
            self.names.insert(at, (name, stands.to_owned()));
        }
    }

    /// The text with other names in place of those that are known. Only whole words are names, and one without a letter
    /// is a number to whoever reads a sentence. One pass, the longest name first: what stands for a name is no name.
    #[must_use]
    pub fn replaced(&self, text: &str) -> String {
        // Of the same length: only ASCII changes.
        let lower = text.to_ascii_lowercase();
        let mut result = String::with_capacity(text.len());
        let mut before = None;
        let mut at = 0;
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let found = if is_of_word(before) { None } else { lower.get(at..).and_then(|rest| self.begins(rest)) };
            if let Some((name, stands)) = found {
                result.push_str(stands);
                at += name.len();
                before = name.chars().next_back();
            } else {
                result.push(letter);
                at += letter.len_utf8();
                before = Some(letter);
            }
        }
        result
    }

    /// The longest name that a text begins with.
    fn begins(&self, lower: &str) -> Option<&(String, String)> {
        self.names.iter().find(|(name, _)| {
            let after = lower.strip_prefix(name.as_str()).map(|rest| rest.chars().next());
            after.is_some_and(|after| !is_of_word(after)) && name.chars().any(char::is_alphabetic)
        })
    }

    /// The same for every text within a value; a field that holds a name is emptied if nobody knows it. Names of members
    /// are our own words.
    #[must_use]
    pub fn replaced_within(&self, value: Value, clean: &impl Fn(&str) -> String) -> Value {
        match value {
            Value::String(text) => Value::String(self.replaced(&clean(&text))),
            Value::Array(values) => values.into_iter().map(|value| self.replaced_within(value, clean)).collect(),
            Value::Object(members) => {
                let replaced = |(member, value): (String, Value)| match value {
                    Value::String(text) if self.is_field(&member) => (member, Value::String(self.named(&text))),
                    Value::Array(values) if self.is_field(&member) => {
                        let named = |value: Value| value.as_str().map_or(Value::Null, |name| self.named(name).into());
                        (member, values.into_iter().map(named).collect())
                    }
                    value => (member, self.replaced_within(value, clean)),
                };
                members.into_iter().map(replaced).collect()
            }
            other => other,
        }
    }

    /// Lines of the log. They tell of what was there before, too: a name that a field holds and nobody knows any more goes
    /// from their sentences as well.
    #[must_use]
    pub fn replaced_lines(&self, lines: &[String]) -> Vec<String> {
        let mut names = self.clone();
        for held in lines.iter().flat_map(|line| self.held_names(line)) {
            for name in held.split(SEVERAL).filter(|name| self.known(name).is_none()) {
                names.add(name, GONE);
            }
        }
        lines.iter().map(|line| names.replaced_line(line)).collect()
    }

    /// What stands in a field that holds a name, or several.
    fn named(&self, text: &str) -> String {
        let one = |name| self.known(name).unwrap_or(if text.is_empty() { "" } else { GONE });
        self.known(text).map_or_else(|| text.split(SEVERAL).map(one).collect::<Vec<_>>().join(SEVERAL), str::to_owned)
    }

    fn known(&self, name: &str) -> Option<&str> {
        let found = self.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, stands)| stands.as_str())
    }

    fn is_field(&self, name: &str) -> bool {
        self.fields.contains(&name)
    }
}

fn is_of_word(letter: Option<char>) -> bool {
    letter.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::{GONE, Pseudonyms};
    use serde_json::json;

    fn names(known: &[(&str, &str)]) -> Pseudonyms {
        let mut names = Pseudonyms { names: Vec::new(), ..Pseudonyms::of_nobody() };
        known.iter().for_each(|(name, stands)| names.add(name, stands));
        names
    }

    #[test]
    fn whole_words_are_replaced_whatever_their_case() {
        for (text, expected) in [
            ("Contoso failed", "connection-1 failed"),
            ("packages/CONTOSO/2026", "packages/connection-1/2026"),
            ("contosoan, Contoso.", "contosoan, connection-1."),
            ("Ünder Contosö", "Ünder Contosö"),
            ("contoso contoso", "connection-1 connection-1"),
            ("", ""),
        ] {
            assert_eq!(names(&[("contoso", "connection-1")]).replaced(text), expected);
        }
    }

    #[test]
    fn the_longest_name_wins_and_what_stands_for_a_name_is_none() {
        let names = names(&[
            ("Contoso", "connection-1"),
            ("Contoso Ltd", "connection-2"),
            ("connection", "connection-3"),
            ("12", "connection-4"),
            ("", "nobody"),
        ]);
        for (text, expected) in [
            ("of Contoso Ltd", "of connection-2"),
            ("of Contoso Ltda", "of connection-1 Ltda"),
            ("a connection to Contoso", "a connection-3 to connection-1"),
            ("since 2026-12-01 12:12", "since 2026-12-01 12:12"),
        ] {
            assert_eq!(names.replaced(text), expected);
        }
    }

    #[test]
    fn every_text_is_reached_no_member_is_renamed_and_fields_hold_known_names_only() {
        let names = names(&[("Contoso", "connection-1"), ("12", "connection-2"), ("x", "connection-3")]);
        let value = json!({
            "x": { "y": ["of Contoso", 3, null] },
            "contoso": "Fabrikam",
            "connection": "12",
            "connections": ["Fabrikam", "contoso"],
            "schedule": null,
        });
        let expected = json!({
            "x": { "y": ["of connection-1", 3, null] },
            "contoso": "Fabrikam",
            "connection": "connection-2",
            "connections": [GONE, "connection-1"],
            "schedule": null,
        });
        assert_eq!(names.replaced_within(value.clone(), &str::to_owned), expected);
        assert_eq!(
            names.of_sentences().replaced_within(json!({ "name": "x1" }), &str::to_owned),
            json!({ "name": "x1" })
        );
        assert_eq!(Pseudonyms::default().replaced_within(value.clone(), &str::to_owned), value);
    }
}
