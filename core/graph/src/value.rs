//! Values as Graph writes them. Each member is read tolerantly: what is not of the expected kind counts as absent, so
//! that one odd property does not cost the whole page. Texts are borrowed from the body unless they contain escapes.
//!
//! One kind of value for every item, looked up by name, instead of a type for each: a typed reader costs kilobytes of
//! code a type, and a module has to stay small.

use beacon_json::{Object, has_upper};
use beacon_kit::parse_timestamp;
use std::borrow::Cow;

/// Graph's way of writing "never" in a timestamp: the year 1.
const NEVER: i64 = -62_135_596_800_000_000;

/// Pairs of one object, at most: Graph's extension attributes are 15.
const MOST_PAIRS: usize = 256;

/// Reads what Graph writes in ways of its own.
pub trait Values<'v> {
    /// An identifier: a text in lower case, so that ids compare as they are.
    fn guid(&self, name: &str) -> Option<Cow<'v, str>>;

    /// The identifiers of a list.
    fn guids(&self, name: &str) -> impl Iterator<Item = Cow<'v, str>> + Clone;

    /// A timestamp in microseconds since 1970; the year 1 is absent.
    fn moment(&self, name: &str) -> Option<i64>;

    /// The members that are texts, sorted by name.
    fn pairs(&self) -> Vec<(&'v str, &'v str)>;
}

impl<'v> Values<'v> for Object<'v> {
    fn guid(&self, name: &str) -> Option<Cow<'v, str>> {
        self.text(name).map(lower)
    }

    fn guids(&self, name: &str) -> impl Iterator<Item = Cow<'v, str>> + Clone {
        self.texts(name).map(lower)
    }

    fn moment(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(parse_timestamp).filter(|moment| *moment != NEVER)
    }

    fn pairs(&self) -> Vec<(&'v str, &'v str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for (name, text) in self.members().filter_map(|(name, value)| Some((name, value.text()?))) {
            // A handful at most: inserting each costs less than sorting. Of a repeated name the first counts.
            let at = pairs.partition_point(|(before, _)| *before < name);
            if pairs.len() < MOST_PAIRS && pairs.get(at).is_none_or(|(there, _)| *there != name) {
                pairs.insert(at, (name, text));
            }
        }
        pairs
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if has_upper(text) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_json::Tape;
    use proptest::prelude::*;

    fn check(json: &str, test: impl FnOnce(Object<'_>)) {
        test(Tape::new().whole(json).expect(json).object());
    }

    #[test]
    fn texts_are_borrowed_unless_they_must_be_changed() {
        check(r#"{"a":"abc","b":"a\"c","c":"","d":"0a-b","e":"0A-b"}"#, |object| {
            assert_eq!(object.text("a"), Some("abc"));
            assert_eq!(object.text("b"), Some("a\"c"));
            assert_eq!(object.text("c"), None);
            assert!(matches!(object.guid("d"), Some(Cow::Borrowed("0a-b"))));
            assert_eq!(object.guid("e").as_deref(), Some("0a-b"));
            assert_eq!(object.guid("c"), None);
        });
    }

    #[test]
    fn odd_values_are_absent() {
        for odd in ["null", "1.5", "[1,[2]]", r#"{"a":{"b":1}}"#, "99999999999999999999", "true", r#""x""#] {
            check(&format!(r#"{{"m":{odd}}}"#), |object| {
                assert_eq!(object.text("m").is_some(), odd == r#""x""#, "{odd}");
                assert_eq!((object.moment("m"), object.number("m")), (None, None), "{odd}");
                assert_eq!(object.flag("m").is_some(), odd == "true", "{odd}");
                assert_eq!(
                    (object.objects("m").count() > 0, object.texts("m").count()),
                    (odd == "[1,[2]]", 0),
                    "{odd}"
                );
                assert_eq!((object.object("m").text("a"), object.text("n")), (None, None));
            });
            assert_eq!(Tape::new().whole(odd).expect(odd).object().text("m"), None);
        }
        check(r#"{"a":"0001-01-01T00:00:00Z","b":"1970-01-01T00:00:01Z","c":7,"d":["x",null,""]}"#, |object| {
            assert_eq!((object.moment("a"), object.moment("b")), (None, Some(1_000_000)));
            assert_eq!(object.number("c"), Some(7));
            assert_eq!(object.texts("d").collect::<Vec<_>>(), ["x"]);
        });
        check(r#"{"b":"2","c":null,"a":"1","b":"3"}"#, |object| {
            assert_eq!(object.pairs(), [("a", "1"), ("b", "2")]);
        });
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{1,40}") {
            let json = serde_json::json!({ "m": text }).to_string();
            check(&json, |object| assert_eq!(object.text("m"), Some(text.as_str())));
        }
    }
}
