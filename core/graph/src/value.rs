//! Objects as Graph writes them. Each member is read tolerantly: what is not of the expected kind counts as absent, so
//! that one odd property does not cost the whole page. Texts are borrowed from the body unless they contain escapes.
//!
//! One kind of value for every item, looked up by name, instead of a type for each: a typed reader costs kilobytes of
//! code a type, and a module has to stay small.

use beacon_kit::parse_timestamp;
use serde_json_borrow::{ObjectAsVec, Value};
use std::borrow::Cow;

/// Graph's way of writing "never" in a timestamp: the year 1.
const NEVER: i64 = -62_135_596_800_000_000;

/// An object; anything else is one without members.
#[derive(Clone, Copy, Debug)]
pub struct Object<'v>(Option<&'v ObjectAsVec<'v>>);

impl<'v> Object<'v> {
    /// The object that a value is.
    pub(crate) fn of(value: &'v Value<'v>) -> Self {
        Self(value.as_object())
    }

    fn member(&self, name: &str) -> Option<&'v Value<'v>> {
        self.0.and_then(|members| members.get(name))
    }

    /// A text; `None` if it is empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'v str> {
        self.member(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// An identifier: a text in lower case, so that ids compare as they are.
    #[must_use]
    pub fn guid(&self, name: &str) -> Option<Cow<'v, str>> {
        self.text(name).map(lower)
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.member(name).and_then(Value::as_bool)
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.member(name).and_then(Value::as_i64)
    }

    /// A timestamp in microseconds since 1970; the year 1 is absent.
    #[must_use]
    pub fn moment(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(parse_timestamp).filter(|moment| *moment != NEVER)
    }

    /// An object within this one.
    #[must_use]
    pub fn object(&self, name: &str) -> Object<'v> {
        Object(self.member(name).and_then(Value::as_object))
    }

    fn list(&self, name: &str) -> &'v [Value<'v>] {
        self.member(name).and_then(Value::as_array).unwrap_or_default()
    }

    /// The objects of a list.
    pub fn objects(&self, name: &str) -> impl Iterator<Item = Object<'v>> + Clone {
        self.list(name).iter().map(Object::of)
    }

    /// The texts of a list, without empty ones.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &'v str> + Clone {
        self.list(name).iter().filter_map(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The identifiers of a list.
    pub fn guids(&self, name: &str) -> impl Iterator<Item = Cow<'v, str>> + Clone {
        self.texts(name).map(lower)
    }

    /// The members that are texts, sorted by name.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'v str, &'v str)> {
        let members = self.0.into_iter().flat_map(|members| members.as_vec());
        let mut pairs: Vec<_> = members.filter_map(|(name, value)| Some((name.as_ref(), value.as_str()?))).collect();
        // Graph writes them in order, which this notices. Of a repeated name the first counts, as in `get`.
        pairs.sort_by_key(|(name, _)| *name);
        pairs.dedup_by_key(|(name, _)| *name);
        pairs
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    if upper { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(json: &str, test: impl FnOnce(Object<'_>)) {
        test(Object::of(&serde_json::from_str::<Value<'_>>(json).expect(json)));
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
            assert_eq!(Object::of(&serde_json::from_str(odd).expect(odd)).text("m"), None);
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
