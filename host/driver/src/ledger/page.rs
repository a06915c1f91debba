//! What a page says about the list: its continuation, and the names of its items, without building a document.
//!
//! The cursor does not validate numbers; the module does no more, and a body that the module cannot read is no complete
//! chain anyway.

use beacon_contract::Continuation;
use beacon_json::{Cursor, Malformed, Text};

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
    next: &'a str,
    items: &'a str,
    key: &'a str,
}

impl From<Malformed> for PageError {
    fn from(_: Malformed) -> Self {
        Self::Shape
    }
}

impl<'a> PageScanner<'a> {
    pub(crate) fn new(continuation: &'a Continuation, item_key: &'a str) -> Self {
        Self { next: &continuation.next, items: &continuation.items, key: item_key }
    }

    /// Scans one page; `name` gets the name of each item.
    pub(crate) fn scan(&self, body: &[u8], mut name: impl FnMut(&str)) -> Result<PageFacts, PageError> {
        let mut cursor = Cursor::new(std::str::from_utf8(body).map_err(|_| PageError::Shape)?);
        let mut facts = PageFacts::default();
        let (mut next_seen, mut items_seen) = (false, false);
        cursor.members(|cursor, key| {
            // An escaped key could be read as a marker by one reader and not by another.
            let key = key.plain().ok_or(PageError::Ambiguous)?;
            if key == self.next {
                if std::mem::replace(&mut next_seen, true) {
                    return Err(PageError::Ambiguous);
                }
                if cursor.peek() == Some(b'"') {
                    let next = cursor.text()?.unescaped().ok_or(PageError::Shape)?;
                    facts.next = Some(next.into_owned());
                    return Ok(());
                }
            } else if key == self.items {
                if std::mem::replace(&mut items_seen, true) {
                    return Err(PageError::Ambiguous);
                }
                return self.items(cursor, &mut facts, &mut name);
            }
            Ok(cursor.skip()?)
        })?;
        cursor.end()?;
        if items_seen { Ok(facts) } else { Err(PageError::NoItems) }
    }

    fn items(
        &self,
        cursor: &mut Cursor<'_>,
        facts: &mut PageFacts,
        name: &mut impl FnMut(&str),
    ) -> Result<(), PageError> {
        cursor.items(|cursor| {
            facts.items += 1;
            let mut found = None;
            if cursor.peek() == Some(b'{') {
                cursor.members(|cursor, key| {
                    if key.raw == self.key && cursor.peek() == Some(b'"') {
                        found = Some(cursor.text()?);
                        return Ok(());
                    }
                    cursor.skip()
                })?;
            } else {
                cursor.skip()?;
            }
            match found.and_then(Text::plain).filter(|text| !text.is_empty()) {
                Some(text) => name(text),
                None => facts.unnamed += 1,
            }
            Ok(())
        })
    }
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
