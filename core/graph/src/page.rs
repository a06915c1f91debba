//! One page of a list.

use crate::Words;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A body that is no page: no JSON, cut off, or without the list.
#[derive(Debug)]
pub struct Unreadable(pub String);

/// Reads a page and hands over its items one by one, in order and borrowed from `body`. Returns the address of the
/// next page, `None` on the last one. What was handed over before an error must not be used.
///
/// # Errors
/// [`Unreadable`] says where the body stops being a page.
pub fn read_page<'b, T: Deserialize<'b>>(
    body: &'b [u8],
    each: impl FnMut(T),
) -> Result<Option<Cow<'b, str>>, Unreadable> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let read = PageSeed { each, item: PhantomData }.deserialize(&mut deserializer);
    read.and_then(|next| deserializer.end().map(|()| next)).map_err(|error| Unreadable(error.to_string()))
}

#[derive(Deserialize)]
enum Member {
    #[serde(rename = "@odata.nextLink")]
    Next,
    #[serde(rename = "value")]
    Value,
    #[serde(other)]
    Other,
}

struct PageSeed<T, F> {
    each: F,
    item: PhantomData<T>,
}

impl<'b, T: Deserialize<'b>, F: FnMut(T)> DeserializeSeed<'b> for PageSeed<T, F> {
    type Value = Option<Cow<'b, str>>;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'b, T: Deserialize<'b>, F: FnMut(T)> Visitor<'b> for PageSeed<T, F> {
    type Value = Option<Cow<'b, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a page with a list named value")
    }

    fn visit_map<A: MapAccess<'b>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut next, mut listed) = (None, false);
        while let Some(member) = map.next_key()? {
            match member {
                Member::Next => next = map.next_value::<Words<'b>>()?.0,
                Member::Value => {
                    map.next_value_seed(ItemsSeed(&mut self))?;
                    listed = true;
                }
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if listed { Ok(next) } else { Err(de::Error::missing_field("value")) }
    }
}

struct ItemsSeed<'s, T, F>(&'s mut PageSeed<T, F>);

impl<'b, T: Deserialize<'b>, F: FnMut(T)> DeserializeSeed<'b> for ItemsSeed<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'b, T: Deserialize<'b>, F: FnMut(T)> Visitor<'b> for ItemsSeed<'_, T, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            (self.0.each)(item);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(Vec<u32>, Option<String>), Unreadable> {
        let mut items = Vec::new();
        let next = read_page(body.as_bytes(), |item| items.push(item))?.map(Cow::into_owned);
        Ok((items, next))
    }

    #[test]
    fn pages() {
        for (body, items, next) in [
            (r#"{"@odata.context":"x","value":[1,2]}"#, vec![1, 2], None),
            (r#"{"value":[],"@odata.nextLink":"https:\/\/a"}"#, vec![], Some("https://a")),
            (r#"{"@odata.nextLink":null,"value":[3],"more":{"value":[4]}}"#, vec![3], None),
        ] {
            assert_eq!(read(body).expect(body), (items, next.map(str::to_owned)), "{body}");
        }
        for body in ["", "<html>", "[]", "{}", r#"{"value":null}"#, r#"{"value":[1"#, r#"{"value":[1]} x"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
