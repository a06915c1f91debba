//! One value as a flat list of nodes, without recursion and without an allocation for each.

use crate::cursor::Cursor;
use crate::error::Malformed;
use crate::object::Value;
use std::borrow::Cow;
use std::cell::Cell;

/// Containers within containers, at most. Graph nests a handful.
const DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Number or literal.
    Scalar,
    List,
    Object,
}

#[derive(Debug)]
pub(crate) struct Node<'b> {
    /// Empty for an item of a list.
    pub(crate) name: Cow<'b, str>,
    /// The text, number or literal; empty for a container.
    pub(crate) value: Cow<'b, str>,
    pub(crate) kind: Kind,
    /// Nodes of this value, itself included: how far the next one is.
    pub(crate) size: u32,
}

/// The nodes of one value, in the order of the text; used again for the next value.
#[derive(Debug, Default)]
pub struct Tape<'b> {
    pub(crate) nodes: Vec<Node<'b>>,
    /// Containers that are open while reading.
    open: Vec<u32>,
    /// The container that was asked last, and the member after the one that was found: whoever asks in the order of
    /// the text finds each member at once.
    pub(crate) last: Cell<(u32, u32)>,
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl<'b> Tape<'b> {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the value at the cursor, and forgets the one before.
    ///
    /// # Errors
    /// There is none, or it nests deeper than 64.
    pub fn read(&mut self, cursor: &mut Cursor<'b>) -> Result<Value<'_>, Malformed> {
        self.nodes.clear();
        self.open.clear();
        self.last.set((u32::MAX, 0));
        self.fill(cursor)?;
        Ok(Value::root(self))
    }

    /// Reads a body that is one value.
    ///
    /// # Errors
    /// See [`Tape::read`]; or something follows.
    pub fn whole(&mut self, body: &'b str) -> Result<Value<'_>, Malformed> {
        let mut cursor = Cursor::new(body);
        self.read(&mut cursor)?;
        cursor.end()?;
        Ok(Value::root(self))
    }

    fn fill(&mut self, cursor: &mut Cursor<'b>) -> Result<(), Malformed> {
        let mut name = Cow::Borrowed("");
        // Whether the innermost container is an object.
        let mut object = false;
        loop {
            match cursor.peek() {
                Some(b'"') => {
                    let value = plain(cursor)?;
                    self.nodes.push(Node { name, value, kind: Kind::Text, size: 1 });
                }
                Some(opening @ (b'{' | b'[')) => {
                    if self.open.len() == DEPTH {
                        return Err(cursor.expected("at most 64 levels"));
                    }
                    cursor.eat(opening);
                    object = opening == b'{';
                    self.open.push(small(self.nodes.len()));
                    let kind = if object { Kind::Object } else { Kind::List };
                    self.nodes.push(Node { name, value: Cow::Borrowed(""), kind, size: 1 });
                    if !cursor.eat(if object { b'}' } else { b']' }) {
                        name = member(cursor, object)?;
                        continue;
                    }
                    object = self.close();
                }
                _ => {
                    let value = Cow::Borrowed(cursor.scalar()?);
                    self.nodes.push(Node { name, value, kind: Kind::Scalar, size: 1 });
                }
            }
            // After a value: the next one, or the end of any number of containers.
            loop {
                if self.open.is_empty() {
                    return Ok(());
                }
                if cursor.eat(b',') {
                    name = member(cursor, object)?;
                    break;
                }
                if !cursor.eat(if object { b'}' } else { b']' }) {
                    return Err(cursor.expected("a comma or the end of a list or an object"));
                }
                object = self.close();
            }
        }
    }

    /// Closes the innermost container; whether the one around it is an object.
    fn close(&mut self) -> bool {
        let end = small(self.nodes.len());
        if let Some(at) = self.open.pop()
            && let Some(node) = self.nodes.get_mut(at as usize)
        {
            node.size = end - at;
        }
        let around = self.open.last().and_then(|at| self.nodes.get(*at as usize));
        around.is_some_and(|node| node.kind == Kind::Object)
    }
}

/// A string without its escapes.
fn plain<'b>(cursor: &mut Cursor<'b>) -> Result<Cow<'b, str>, Malformed> {
    let text = cursor.text()?;
    text.unescaped().ok_or_else(|| cursor.expected("a known escape"))
}

/// The name of the next member; none in a list.
fn member<'b>(cursor: &mut Cursor<'b>, object: bool) -> Result<Cow<'b, str>, Malformed> {
    if !object {
        return Ok(Cow::Borrowed(""));
    }
    let name = plain(cursor)?;
    if cursor.eat(b':') { Ok(name) } else { Err(cursor.expected("a colon")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Tree;

    /// What a tape holds, as a tree.
    fn tree(value: Value<'_>) -> Tree {
        let text = value.text().map(Tree::from);
        let list = || value.items().map(|items| Tree::Array(items.map(tree).collect()));
        let members = || value.object().members().map(|(name, value)| (name.to_owned(), tree(value)));
        let object = || value.is_object().then(|| Tree::Object(members().collect()));
        let digits = || value.digits().map(|digits| serde_json::from_str(digits).expect("a number"));
        text.or_else(list)
            .or_else(object)
            .or_else(|| value.flag().map(Tree::from))
            .or_else(digits)
            .unwrap_or(Tree::Null)
    }

    fn any_tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::from),
            any::<i64>().prop_map(Tree::from),
            any::<i32>().prop_map(|number| Tree::from(f64::from(number) / 4.0)),
            "[ -~é😀\\n\u{1}]{0,12}".prop_map(Tree::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let members = prop::collection::hash_map("[a-c\"\\\\é]{0,3}", inner.clone(), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(Tree::from),
                members.prop_map(|members| Tree::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in any_tree(), again in any_tree(), pretty: bool) {
            let write = |value: &Tree| {
                let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
                text.expect("JSON")
            };
            let (first, second) = (write(&value), write(&again));
            let mut tape = Tape::new();
            prop_assert_eq!(tree(tape.whole(&first).expect("JSON")), value);
            prop_assert_eq!(tree(tape.whole(&second).expect("JSON")), again, "a tape is used again");
        }

        /// Whatever a full parser accepts is read alike; what it refuses may be accepted only for its numbers,
        /// control characters or surrogates.
        #[test]
        fn agrees_with_a_whole_parser(body in "[\\[\\]{}\":,a1 tfnul]{0,24}") {
            let whole = serde_json::from_str::<Tree>(&body);
            let mut tape = Tape::new();
            match (tape.whole(&body), whole) {
                (Ok(read), Ok(whole)) if !body.contains("\":") => prop_assert_eq!(tree(read), whole),
                (Err(error), Ok(_)) => prop_assert!(false, "{body}: {error}"),
                (Ok(_), Err(error)) => prop_assert!(body.contains('1'), "{body}: {error}"),
                _ => {}
            }
        }

        #[test]
        fn members_are_found_in_any_order(order in prop::collection::vec(0usize..12, 0..40)) {
            let body = r#"{"m0":0,"m1":[1,{"m2":9}],"m2":2,"m3":{"m4":9},"m4":4,"m5":5,"m6":{},"m7":7,"m8":"8","m9":9}"#;
            let mut tape = Tape::new();
            let object = tape.whole(body).expect("JSON").object();
            for number in order {
                let found = object.number(&format!("m{number}"));
                let expected = [0, 2, 4, 5, 7, 9].contains(&number).then(|| i64::try_from(number).expect("small"));
                prop_assert_eq!(found, expected);
                prop_assert_eq!(object.object("m3").number("m4"), Some(9));
            }
        }
    }

    #[test]
    fn depth_has_a_limit_and_the_end_is_the_end() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Tape::new().whole(&nested(DEPTH)).is_ok());
        assert!(Tape::new().whole(&nested(DEPTH + 1)).is_err());
        for body in ["", "1 2", "[1,]", r#"{"a" 1}"#, r#"{"a":1,}"#, "{1:2}", "[}", "{]", r#"["\q"]"#, "'a'"] {
            assert!(Tape::new().whole(body).is_err(), "{body}");
        }
    }
}
