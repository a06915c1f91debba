//! One page of a list.

use crate::Object;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json_borrow::Value;
use std::fmt;

/// A body that is no page: no JSON, cut off, or without the list.
#[derive(Debug)]
pub struct Unreadable(pub String);

/// Reads a page and hands over its items one by one, in order and borrowed from `body`. Returns the address of the
/// next page, `None` on the last one. What was handed over before an error must not be used.
///
/// # Errors
/// [`Unreadable`] says where the body stops being a page.
pub fn read_page(body: &[u8], mut each: impl FnMut(Object<'_>)) -> Result<Option<String>, Unreadable> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    // One reader for every kind of item: the closure is called through a pointer.
    let read = Page(&mut each).deserialize(&mut deserializer);
    read.and_then(|next| deserializer.end().map(|()| next)).map_err(|error| Unreadable(error.to_string()))
}

struct Page<'e>(&'e mut dyn FnMut(Object<'_>));

impl<'b> DeserializeSeed<'b> for Page<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'b> Visitor<'b> for Page<'_> {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a page with a list named value")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut next, mut listed) = (None, false);
        while let Some(member) = map.next_key::<String>()? {
            match member.as_str() {
                "value" => {
                    map.next_value_seed(Items(&mut *self.0))?;
                    listed = true;
                }
                "@odata.nextLink" => next = map.next_value::<Value<'b>>()?.as_str().map(str::to_owned),
                _ => drop(map.next_value::<Value<'b>>()?),
            }
        }
        if listed { Ok(next) } else { Err(de::Error::missing_field("value")) }
    }
}

struct Items<'e>(&'e mut dyn FnMut(Object<'_>));

impl<'b> DeserializeSeed<'b> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'b> Visitor<'b> for Items<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value<'b>>()? {
            (self.0)(Object::of(&item));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(Vec<i64>, Option<String>), Unreadable> {
        let mut items = Vec::new();
        let next = read_page(body.as_bytes(), |item| items.push(item.number("n").unwrap_or_default()))?;
        Ok((items, next))
    }

    #[test]
    fn pages() {
        for (body, items, next) in [
            (r#"{"@odata.context":"x","value":[{"n":1},{"n":2},"odd"]}"#, vec![1, 2, 0], None),
            (r#"{"value":[],"@odata.nextLink":"https:\/\/a"}"#, vec![], Some("https://a")),
            (r#"{"@odata.nextLink":null,"value":[{"n":3}],"more":{"value":[{"n":4}]}}"#, vec![3], None),
        ] {
            assert_eq!(read(body).expect(body), (items, next.map(str::to_owned)), "{body}");
        }
        for body in ["", "<html>", "[]", "{}", r#"{"value":null}"#, r#"{"value":[1"#, r#"{"value":[1]} x"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
