//! Lines of the log, as `beacon_log` writes them: JSON, or a sentence with `name=value` behind it.

use super::Pseudonyms;
use serde_json::{Deserializer, Value};
use std::ops::Range;

impl Pseudonyms {
    /// What stands in the fields of a line that hold names.
    pub(super) fn held_names(&self, line: &str) -> Vec<String> {
        let Some(Value::Object(members)) = as_json(line) else {
            return self.fields_of(line).into_iter().map(|(_, value)| value).collect();
        };
        let held = members.into_iter().filter(|(member, _)| self.is_field(member));
        held.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
    }

    pub(super) fn replaced_line(&self, line: &str) -> String {
        if let Some(value) = as_json(line) {
            return self.replaced_within(value, &str::to_owned).to_string();
        }
        let (mut result, mut done) = (String::with_capacity(line.len()), 0);
        for (place, value) in self.fields_of(line) {
            result.push_str(&self.replaced(line.get(done..place.start).unwrap_or_default()));
            result.push_str(&self.named(&value));
            done = place.end;
        }
        result.push_str(&self.replaced(line.get(done..).unwrap_or_default()));
        result
    }

    /// The values of the fields of a line of text that hold names, and where they stand.
    fn fields_of(&self, line: &str) -> Vec<(Range<usize>, String)> {
        let mut fields: Vec<(Range<usize>, String)> = Vec::new();
        for (at, _) in line.match_indices('=') {
            let (before, start) = (line.get(..at).unwrap_or_default(), at + 1);
            let name = before.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next();
            let is_inside = fields.last().is_some_and(|(place, _)| at < place.end);
            if !is_inside && self.is_field(name.unwrap_or_default()) {
                let (length, value) = value(line.get(start..).unwrap_or_default());
                fields.push((start..start + length, value));
            }
        }
        fields
    }
}

/// The value that a text begins with, and its length there: quoted as in JSON, or one word. What began with a quote and is
/// not whole goes on to the end.
fn value(text: &str) -> (usize, String) {
    if text.starts_with('"') {
        let mut values = Deserializer::from_str(text).into_iter::<String>();
        return match values.next() {
            Some(Ok(value)) => (values.byte_offset(), value),
            _ => (text.len(), text.to_owned()),
        };
    }
    let length = text.find(char::is_whitespace).unwrap_or(text.len());
    (length, text.chars().take_while(|letter| !letter.is_whitespace()).collect())
}

fn as_json(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::Pseudonyms;

    #[test]
    fn names_that_nobody_knows_any_more_go_from_fields_and_sentences() {
        let mut names = Pseudonyms::of_nobody();
        names.add("Contoso Ltd", "connection-1");
        names.add("12", "connection-2");
        let lines = [
            (
                "area: it begins connection=\"Contoso Ltd\" tenant=abc code=x",
                "area: it begins connection=connection-1 tenant=(gone) code=x",
            ),
            (
                "area: Fabrikam is held title=\"Fabrikam \\\"is\\\" held\"",
                "area: (gone) is held title=\"(gone) \\\"is\\\" held\"",
            ),
            ("2026-12-01 area: connection=Fabrikam due=12", "2026-12-01 area: connection=(gone) due=12"),
            ("area: connections=\"12, Fabrikam\" advice=none", "area: connections=connection-2, (gone) advice=none"),
            ("area: tenant=\"\" connection=12", "area: tenant= connection=connection-2"),
            ("area: schedule=\"Every Ni", "area: schedule=(gone)"),
            ("{\"connection\":\"Northwind\",\"code\":\"x\"}", "{\"code\":\"x\",\"connection\":\"(gone)\"}"),
            ("{\"message\":\"Northwind ended, folder=x\"}", "{\"message\":\"(gone) ended, folder=x\"}"),
        ];
        let (written, expected): (Vec<_>, Vec<_>) =
            lines.iter().map(|(line, expected)| ((*line).to_owned(), (*expected).to_owned())).unzip();
        assert_eq!(names.replaced_lines(&written), expected);
        assert_eq!(Pseudonyms::default().replaced_lines(&written[..1]), written[..1]);
    }
}
