//! Values as Graph writes them. Each takes any JSON and reads what it does not expect as absent: one odd property
//! must not cost the whole page. Texts are borrowed from the body unless they contain escapes.

use beacon_kit::parse_timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Graph's way of writing "never" in a timestamp: the year 1.
const NEVER: i64 = -62_135_596_800_000_000;

/// What a single value can be. One reader for all of them keeps the module small: each kind of value that visits the
/// parser on its own costs kilobytes of code.
enum Scalar<'a> {
    Absent,
    Text(Cow<'a, str>),
    Boolean(bool),
    Number(i64),
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Boolean(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Scalar::Absent, Scalar::Number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Absent)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Absent)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Absent)
    }
}

/// A tolerant value made from a [`Scalar`].
macro_rules! scalar {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? ($inner:ty) = $scalar:ident => $made:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name $(<$life>)? (pub $inner);

        impl<'de $(: $life, $life)?> Deserialize<'de> for $name $(<$life>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $scalar = deserializer.deserialize_any(ScalarVisitor)?;
                Ok(Self($made))
            }
        }
    };
}

scalar! {
    /// A text.
    Words<'a>(Option<Cow<'a, str>>) = scalar => match scalar {
        Scalar::Text(text) => Some(text),
        _ => None,
    }
}

impl Words<'_> {
    /// The text, `None` if it is absent or empty.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

scalar! {
    /// An identifier: a text in lower case, so that ids compare as they are. Borrowed if it is in lower case already.
    Guid<'a>(Option<Cow<'a, str>>) = scalar => match scalar {
        Scalar::Text(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Some(Cow::Owned(text.to_ascii_lowercase()))
        }
        Scalar::Text(text) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    }
}

impl Guid<'_> {
    /// The identifier.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

scalar! {
    /// Yes or no.
    Flag(Option<bool>) = scalar => match scalar {
        Scalar::Boolean(value) => Some(value),
        _ => None,
    }
}

scalar! {
    /// A whole number.
    Number(Option<i64>) = scalar => match scalar {
        Scalar::Number(value) => Some(value),
        _ => None,
    }
}

scalar! {
    /// A timestamp in microseconds since 1970; the year 1 is absent.
    Moment(Option<i64>) = scalar => match scalar {
        Scalar::Text(text) => parse_timestamp(&text).filter(|moment| *moment != NEVER),
        _ => None,
    }
}

/// What a list or an object makes of its own kind of JSON; absent for every other.
trait Reading<'de>: Default {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Reading<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }
    fn visit_str<E>(self, _: &str) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::map(map)
    }
}

/// A list; anything else is an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData::<Self>))
    }
}

impl<'de, T: Deserialize<'de>> Reading<'de> for List<T> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Self(entries))
    }
}

/// An object with members of its own; anything else is one without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opaque<T>(pub T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Opaque<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData::<Self>))
    }
}

impl<'de, T: Deserialize<'de> + Default> Reading<'de> for Opaque<T> {
    fn map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Self)
    }
}

/// An object of texts; members of another kind are left out. Sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData::<Self>))
    }
}

impl<'de: 'a, 'a> Reading<'de> for Pairs<'a> {
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut pairs: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<Words<'a>, Words<'a>>()? {
            if let (Some(name), Some(value)) = (name.0, value.0) {
                // Graph writes them in order, so this is the end.
                let at = pairs.partition_point(|(known, _)| *known < name);
                pairs.insert(at, (name, value));
            }
        }
        Ok(Self(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> T {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn texts_are_borrowed_unless_they_must_be_changed() {
        assert!(matches!(read::<Words<'_>>(r#""abc""#).0, Some(Cow::Borrowed("abc"))));
        assert_eq!(read::<Words<'_>>(r#""a\"c""#).get(), Some("a\"c"));
        assert_eq!(read::<Words<'_>>(r#""""#).get(), None);
        assert!(matches!(read::<Guid<'_>>(r#""0a-b""#).0, Some(Cow::Borrowed("0a-b"))));
        assert_eq!(read::<Guid<'_>>(r#""0A-b""#).get(), Some("0a-b"));
        assert_eq!(read::<Guid<'_>>(r#""""#).get(), None);
    }

    #[test]
    fn odd_values_are_absent() {
        for json in ["null", "1.5", "[1,[2]]", r#"{"a":{"b":1}}"#, "99999999999999999999"] {
            assert_eq!(read::<Words<'_>>(json), Words(None), "{json}");
            assert_eq!(read::<Moment>(json), Moment(None), "{json}");
            assert_eq!(read::<Flag>(json), Flag(None), "{json}");
            assert_eq!(read::<Number>(json), Number(None), "{json}");
        }
        assert_eq!(read::<List<Number>>(r#""x""#), List(vec![]));
        assert_eq!(read::<List<Number>>("[1,null]"), List(vec![Number(Some(1)), Number(None)]));
        assert_eq!(read::<Opaque<Pairs<'_>>>("null"), Opaque::default());
        assert_eq!(read::<Moment>(r#""0001-01-01T00:00:00Z""#), Moment(None));
        assert_eq!(read::<Moment>(r#""1970-01-01T00:00:01Z""#), Moment(Some(1_000_000)));
        let pairs = read::<Pairs<'_>>(r#"{"b":"2","c":null,"a":"1"}"#);
        assert_eq!(pairs.0, [("a".into(), "1".into()), ("b".into(), "2".into())] as [(Cow<'_, str>, Cow<'_, str>); 2]);
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{0,40}") {
            let json = serde_json::to_string(&text).expect("a text");
            let words = read::<Words<'_>>(&json);
            prop_assert_eq!(words.0.as_deref(), Some(text.as_str()));
        }
    }
}
