//! Whether a stored error tells of a customer. Others have errors as well, which stay.

use serde_json::Value;

/// Keys of what an error is, in our own words.
const OWN_WORDS: [&str; 2] = ["code", "kind"];

/// What a customer is known by.
pub(crate) struct Mention {
    /// Ids, and names of package folders: nothing else is called so.
    marks: Vec<String>,
    /// Names of connections and tenants, which may be words of any sentence.
    names: Vec<String>,
}

impl Mention {
    pub(crate) fn new(names: &[String], marks: Vec<String>) -> Self {
        // Folders have no spaces in their names.
        let folders = names.iter().map(|name| name.replace(' ', "_"));
        Self { marks, names: names.iter().cloned().chain(folders).collect() }
    }

    /// Whether an error, as it is stored, is about the customer.
    pub(crate) fn is_in(&self, error: &str) -> bool {
        serde_json::from_str(error).map_or_else(|_| self.is_in_text(error), |error| self.is_in_value(&error))
    }

    fn is_in_value(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in_text(text),
            Value::Array(values) => values.iter().any(|value| self.is_in_value(value)),
            Value::Object(members) => {
                members.iter().any(|(key, value)| !OWN_WORDS.contains(&key.as_str()) && self.is_in_value(value))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn is_in_text(&self, text: &str) -> bool {
        self.marks.iter().any(|mark| text.contains(mark.as_str())) || self.names.iter().any(|name| names(text, name))
    }
}

/// Whether a text has a name as whole words. One that is a single word counts as it is written: `IT` is not `it`.
fn names(text: &str, name: &str) -> bool {
    if name.chars().all(char::is_alphanumeric) {
        return has_whole(text, name);
    }
    has_whole(&text.to_lowercase(), &name.to_lowercase())
}

fn has_whole(text: &str, name: &str) -> bool {
    let is_word = |next: Option<char>| next.is_some_and(|next| next.is_alphanumeric() || next == '_');
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let behind = text.get(at.saturating_add(name.len())..).and_then(|behind| behind.chars().next());
            !is_word(before) && !is_word(behind)
        })
}

#[cfg(test)]
mod tests {
    use super::Mention;
    use serde_json::json;

    #[track_caller]
    fn check(name: &str, title: &str, expected: bool) {
        let error = json!({ "code": "store.IT Code", "kind": "IT", "title": "it failed", "detail": [title] });
        assert_eq!(
            Mention::new(&[name.to_owned()], Vec::new()).is_in(&error.to_string()),
            expected,
            "{name} in {title}"
        );
    }

    #[test]
    fn names_are_whole_words() {
        check("IT", "Try it again: WITH SITES", false);
        check("IT", "the package of IT was refused", true);
        check("Code", "the code of the answer", false);
        check("Contoso", "/packages/Contoso_Europe/1", false);
        check("Contoso Europe", "/packages/Contoso_Europe/1", true);
        check("Contoso Europe", "CONTOSO EUROPE: refused", true);
        check("contoso.com", "user@Contoso.com was refused", true);
        check("contoso.com", "contoso.community", false);
    }

    #[test]
    fn marks_count_anywhere() {
        let mention = Mention::new(&[], vec!["2026-01-01T000000Z-abcdef12".to_owned()]);
        assert!(mention.is_in(r#"{"title":"/share/2026-01-01T000000Z-abcdef12.partial"}"#));
        assert!(mention.is_in("no JSON 2026-01-01T000000Z-abcdef12"));
        assert!(!mention.is_in(r#"{"title":"/share/2026-01-01T000000Z-abcdef13"}"#));
    }
}
