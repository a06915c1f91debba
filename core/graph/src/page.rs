//! One page of a list.

use beacon_json::{Cursor, Malformed, Object, Tape};

/// A body that is no page: no JSON, cut off, or without the list.
#[derive(Debug)]
pub struct Unreadable(pub String);

/// Reads a page and hands over its items one by one, in order and borrowed from `body`. Returns the address of the
/// next page, `None` on the last one. What was handed over before an error must not be used.
///
/// # Errors
/// [`Unreadable`] says where the body stops being a page.
pub fn read_page(body: &[u8], mut each: impl FnMut(Object<'_>)) -> Result<Option<String>, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|error| Unreadable(error.to_string()))?;
    // One reader for every kind of item: the closure is called through a pointer.
    walk(text, &mut each).map_err(|error| Unreadable(error.to_string()))
}

fn walk(text: &str, each: &mut dyn FnMut(Object<'_>)) -> Result<Option<String>, Malformed> {
    let mut cursor = Cursor::new(text);
    let mut tape = Tape::new();
    let (mut next, mut listed) = (None, false);
    cursor.members(|cursor, name| match name.plain() {
        Some("value") => {
            listed = true;
            cursor.items(|cursor| tape.read(cursor).map(|item| each(item.object())))
        }
        Some("@odata.nextLink") => {
            next = tape.read(cursor)?.text().map(str::to_owned);
            Ok(())
        }
        _ => cursor.skip(),
    })?;
    cursor.end()?;
    if listed { Ok(next) } else { Err(cursor.expected("a list named value")) }
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
