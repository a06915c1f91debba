//! Names that stand for others: the same throughout, so that what belongs together can still be seen.

use crate::trouble::Trouble;
use beacon_delivery::UploadAddress;
use beacon_store::{Store, Target};
use etcetera::BaseStrategy as _;
use serde_json::Value;
use url::Url;

/// What each name is replaced by, the longest name first.
#[derive(Default)]
pub struct Pseudonyms(Vec<(String, String)>);

impl Pseudonyms {
    /// Every name that an operator or a tenant gave to something of this installation.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn of(store: &Store) -> Result<Self, Trouble> {
        let mut names = Self::default();
        names.add_home();
        for (number, connection) in (1..).zip(store.connections()?) {
            let tenant = format!("tenant-{number}");
            let own = format!("connection-{number}");
            names.add(connection.name.as_str(), &own);
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
            names.add(schedule.plan.name.as_str(), &format!("schedule-{number}"));
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
        names.0.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Ok(names)
    }

    /// What can be taken out where no database can be read: the name of whoever's home it is.
    #[must_use]
    pub fn of_nobody() -> Self {
        let mut names = Self::default();
        names.add_home();
        names
    }

    fn add_home(&mut self) {
        if let Ok(strategy) = etcetera::choose_base_strategy() {
            self.add(&strategy.home_dir().display().to_string(), "~");
        }
    }

    fn add(&mut self, name: &str, stands: &str) {
        // A home of `/` is nobody's.
        if !name.is_empty() && name != "/" {
            self.0.push((name.to_ascii_lowercase(), stands.to_owned()));
        }
    }

    /// The text with other names in place of those that are known. Only whole words are names.
    #[must_use]
    pub fn replaced(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, stands)| replaced(&text, name, stands))
    }

    /// The same for every text within a value.
    #[must_use]
    pub fn replaced_within(&self, value: Value, clean: &impl Fn(&str) -> String) -> Value {
        match value {
            Value::String(text) => Value::String(self.replaced(&clean(&text))),
            Value::Array(values) => values.into_iter().map(|value| self.replaced_within(value, clean)).collect(),
            Value::Object(members) => {
                let members = members.into_iter();
                members.map(|(name, value)| (self.replaced(&name), self.replaced_within(value, clean))).collect()
            }
            other => other,
        }
    }
}

fn replaced(text: &str, name: &str, stands: &str) -> String {
    // Of the same length: only ASCII changes.
    let lower = text.to_ascii_lowercase();
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in lower.match_indices(name) {
        let end = at + found.len();
        let before = lower.get(..at).and_then(|before| before.chars().next_back());
        let after = lower.get(end..).and_then(|after| after.chars().next());
        let part_of_a_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        if part_of_a_word(before) || part_of_a_word(after) {
            continue;
        }
        result.push_str(text.get(done..at).unwrap_or_default());
        result.push_str(stands);
        done = end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::{Pseudonyms, replaced};
    use serde_json::json;

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
            assert_eq!(replaced(text, "contoso", "connection-1"), expected);
        }
    }

    #[test]
    fn the_longest_name_wins_and_every_text_is_reached() {
        let mut names = Pseudonyms::default();
        names.add("Contoso Ltd", "connection-2");
        names.add("Contoso", "connection-1");
        names.add("", "nobody");
        let value = json!({ "Contoso": ["Contoso Ltd", 3, null], "x": { "y": "of Contoso" } });
        let expected = json!({ "connection-1": ["connection-2", 3, null], "x": { "y": "of connection-1" } });
        assert_eq!(names.replaced_within(value, &str::to_owned), expected);
    }
}
