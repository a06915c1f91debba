//! A light tokeniser of pages: finds the continuation and the names of the items without building a document.
//!
//! It reads JSON as far as it must (RFC 8259): nesting, strings, and three kinds of member. It does not validate
//! numbers or literals; the module does, and a body that the module cannot read is no complete chain anyway.

use beacon_contract::Continuation;
use memchr::memchr2;

/// What a page says, as far as completeness needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageFacts {
    /// Address of the next page.
    pub(crate) next: Option<String>,
    /// Number of items.
    pub(crate) items: u64,
    /// Items without a readable name.
    pub(crate) unnamed: u64,
}

/// Why a page proves nothing.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum PageError {
    #[error("the page is not a JSON object")]
    Shape,
    #[error("the page has no list of items")]
    NoItems,
    #[error("the page names a member twice, so that two readers may disagree")]
    Ambiguous,
}

/// Scans whole pages.
pub(crate) struct PageScanner<'a> {
    next: &'a [u8],
    items: &'a [u8],
    key: &'a [u8],
}

struct Cursor<'b> {
    body: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), PageError> {
        self.skip_space();
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(PageError::Shape)
        }
    }

    /// The raw inside of a string; the cursor stands on its opening quote.
    fn string(&mut self) -> Result<&'b [u8], PageError> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            let rest = self.body.get(self.at..).ok_or(PageError::Shape)?;
            let found = memchr2(b'"', b'\\', rest).ok_or(PageError::Shape)?;
            if rest.get(found) == Some(&b'"') {
                let end = self.at + found;
                self.at = end + 1;
                return self.body.get(start..end).ok_or(PageError::Shape);
            }
            self.at += found + 2;
        }
    }

    /// Passes over any value.
    fn skip_value(&mut self) -> Result<(), PageError> {
        self.skip_space();
        match self.peek().ok_or(PageError::Shape)? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_nested(),
            _ => {
                while !matches!(self.peek(), None | Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')) {
                    self.at += 1;
                }
                Ok(())
            }
        }
    }

    fn skip_nested(&mut self) -> Result<(), PageError> {
        let mut depth = 0u32;
        loop {
            match self.peek().ok_or(PageError::Shape)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Walks the members of an object; `member` gets the raw key and must pass over the value.
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, &'b [u8]) -> Result<(), PageError>,
    ) -> Result<(), PageError> {
        self.take(b'{')?;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            self.take(b':')?;
            member(self, key)?;
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(PageError::Shape),
            }
        }
    }
}

impl<'a> PageScanner<'a> {
    pub(crate) fn new(continuation: &'a Continuation, item_key: &'a str) -> Self {
        Self { next: continuation.next.as_bytes(), items: continuation.items.as_bytes(), key: item_key.as_bytes() }
    }

    /// Scans one page; `name` gets the name of each item.
    pub(crate) fn scan(&self, body: &[u8], mut name: impl FnMut(&str)) -> Result<PageFacts, PageError> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut cursor = Cursor { body, at: 0 };
        let mut facts = PageFacts::default();
        let (mut next_seen, mut items_seen) = (false, false);
        cursor.members(|cursor, key| {
            // An escaped key could be read as a marker by one reader and not by another.
            if key.contains(&b'\\') {
                return Err(PageError::Ambiguous);
            }
            if key == self.next {
                if std::mem::replace(&mut next_seen, true) {
                    return Err(PageError::Ambiguous);
                }
                cursor.skip_space();
                if cursor.peek() == Some(b'"') {
                    facts.next = Some(unescaped(cursor.string()?)?);
                    return Ok(());
                }
            } else if key == self.items {
                if std::mem::replace(&mut items_seen, true) {
                    return Err(PageError::Ambiguous);
                }
                return self.items(cursor, &mut facts, &mut name);
            }
            cursor.skip_value()
        })?;
        cursor.skip_space();
        match (cursor.peek(), items_seen) {
            (Some(_), _) => Err(PageError::Shape),
            (None, false) => Err(PageError::NoItems),
            (None, true) => Ok(facts),
        }
    }

    fn items(
        &self,
        cursor: &mut Cursor<'_>,
        facts: &mut PageFacts,
        name: &mut impl FnMut(&str),
    ) -> Result<(), PageError> {
        cursor.take(b'[')?;
        cursor.skip_space();
        if cursor.peek() == Some(b']') {
            cursor.at += 1;
            return Ok(());
        }
        loop {
            cursor.skip_space();
            facts.items += 1;
            let mut found = None;
            if cursor.peek() == Some(b'{') {
                cursor.members(|cursor, key| {
                    cursor.skip_space();
                    if key == self.key && cursor.peek() == Some(b'"') {
                        found = Some(cursor.string()?);
                        return Ok(());
                    }
                    cursor.skip_value()
                })?;
            } else {
                cursor.skip_value()?;
            }
            match found.filter(|raw| !raw.is_empty() && !raw.contains(&b'\\')).map(std::str::from_utf8) {
                Some(Ok(text)) => name(text),
                _ => facts.unnamed += 1,
            }
            cursor.skip_space();
            match cursor.peek() {
                Some(b',') => cursor.at += 1,
                Some(b']') => {
                    cursor.at += 1;
                    return Ok(());
                }
                _ => return Err(PageError::Shape),
            }
        }
    }
}

/// The text of a raw string; escapes are rare in addresses, but `\u0026` for `&` has been seen.
fn unescaped(raw: &[u8]) -> Result<String, PageError> {
    if !raw.contains(&b'\\') {
        return String::from_utf8(raw.to_vec()).map_err(|_| PageError::Shape);
    }
    let mut quoted = Vec::with_capacity(raw.len() + 2);
    quoted.push(b'"');
    quoted.extend_from_slice(raw);
    quoted.push(b'"');
    serde_json::from_slice(&quoted).map_err(|_| PageError::Shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(body: &str) -> Result<(PageFacts, Vec<String>), PageError> {
        let continuation = Continuation { next: "@odata.nextLink".to_owned(), items: "value".to_owned() };
        let mut names = Vec::new();
        let facts = PageScanner::new(&continuation, "id").scan(body.as_bytes(), |name| names.push(name.to_owned()))?;
        Ok((facts, names))
    }

    #[test]
    fn a_page_with_traps() {
        let body = r#"{ "@odata.context" : "x\"}]", "@odata.nextLink":"https://g/?a=1\u0026b=2",
            "value":[ {"x":{"id":"inner"},"id":"A","s":"]}"}, {"id":null}, 7, {"id":"B","l":[{"id":"no"}]} ],"n":1e3 } "#;
        let (facts, names) = scan(body).expect("a page");
        assert_eq!(facts, PageFacts { next: Some("https://g/?a=1&b=2".to_owned()), items: 4, unnamed: 2 });
        assert_eq!(names, ["A", "B"]);
    }

    #[test]
    fn an_empty_page_may_go_on() {
        let (facts, _) = scan(r#"{"@odata.nextLink":"https://g/2","value":[]}"#).expect("a page");
        assert_eq!((facts.items, facts.next.is_some()), (0, true));
        assert_eq!(scan(r#"{"value":[],"@odata.nextLink":null}"#).expect("a page").0.next, None);
    }

    #[test]
    fn what_proves_nothing() {
        for (body, error) in [
            ("[]", PageError::Shape),
            ("", PageError::Shape),
            ("{}", PageError::NoItems),
            (r#"{"value":[]"#, PageError::Shape),
            (r#"{"value":[]}x"#, PageError::Shape),
            (r#"{"value":[1 2]}"#, PageError::Shape),
            (r#"{"value":[],"value":[1]}"#, PageError::Ambiguous),
            (r#"{"value":[],"\u0076alue":[1]}"#, PageError::Ambiguous),
            (r#"{"value":[],"@odata.nextLink":"a","@odata.nextLink":"b"}"#, PageError::Ambiguous),
        ] {
            assert_eq!(scan(body).map(|_| ()), Err(error), "{body}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_whole_parser(ids in prop::collection::vec("[a-z\"\\\\\n]{0,6}", 0..20), next in prop::option::of("[ -~]{0,20}"), pretty: bool) {
            let items: Vec<_> = ids.iter().map(|id| serde_json::json!({"a": {"id": "no"}, "id": id, "z": ["]"]})).collect();
            let mut page = serde_json::json!({"value": items, "b": {"value": []}});
            if let Some(next) = &next {
                page["@odata.nextLink"] = next.as_str().into();
            }
            let body = if pretty { serde_json::to_string_pretty(&page) } else { serde_json::to_string(&page) }.expect("JSON");
            let (facts, names) = scan(&body).expect("a page");
            prop_assert_eq!(facts.next, next);
            prop_assert_eq!(facts.items, u64::try_from(ids.len()).expect("few"));
            let plain: Vec<_> = ids.into_iter().filter(|id| !id.is_empty() && !id.contains(['"', '\\', '\n'])).collect();
            prop_assert_eq!(names, plain);
        }

        #[test]
        fn any_text_ends_without_panic(body in "[\\[\\]{}\":,\\\\a-z0-9 ]{0,80}") {
            let _ = scan(&body);
        }
    }
}
