//! Looking things up on a tape. Each member is read tolerantly: what is not of the expected kind counts as absent.

use crate::scan::same;
use crate::tape::{Kind, Node, Tape};

/// A value of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    tape: &'t Tape<'t>,
    at: u32,
}

/// An object; anything else is one without members.
#[derive(Clone, Copy, Debug)]
pub struct Object<'t> {
    /// `None` for anything else.
    value: Option<Value<'t>>,
}

impl<'t> Value<'t> {
    pub(crate) fn root(tape: &'t Tape<'t>) -> Self {
        Self { tape, at: 0 }
    }

    fn node(self) -> Option<&'t Node<'t>> {
        self.tape.nodes.get(self.at as usize)
    }

    fn scalar(self) -> Option<&'t str> {
        self.node().filter(|node| node.kind == Kind::Scalar).map(|node| node.value.as_ref())
    }

    /// The text that it is.
    #[must_use]
    pub fn text(self) -> Option<&'t str> {
        self.node().filter(|node| node.kind == Kind::Text).map(|node| node.value.as_ref())
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(self) -> Option<bool> {
        self.scalar().and_then(|scalar| scalar.parse().ok())
    }

    /// A whole number.
    #[must_use]
    pub fn number(self) -> Option<i64> {
        self.scalar().and_then(|scalar| scalar.parse().ok())
    }

    /// A number of any kind, as it is written.
    #[must_use]
    pub fn digits(self) -> Option<&'t str> {
        self.scalar().filter(|scalar| !matches!(*scalar, "true" | "false" | "null"))
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.scalar() == Some("null")
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.node().is_some_and(|node| node.kind == Kind::Object)
    }

    /// The object that it is.
    #[must_use]
    pub fn object(self) -> Object<'t> {
        Object { value: self.is_object().then_some(self) }
    }

    /// The items of the list that it is; `None` if it is none.
    #[must_use]
    pub fn items(self) -> Option<impl Iterator<Item = Value<'t>> + Clone> {
        self.node().filter(|node| node.kind == Kind::List)?;
        Some(self.children())
    }

    fn children(self) -> impl Iterator<Item = Value<'t>> + Clone {
        let mut at = self.at + 1;
        let end = self.at + self.node().map_or(1, |node| node.size);
        std::iter::from_fn(move || {
            let child = Self { tape: self.tape, at };
            at += child.node()?.size;
            (child.at < end).then_some(child)
        })
    }

    fn name(self) -> &'t str {
        self.node().map(|node| node.name.as_ref()).unwrap_or_default()
    }
}

impl<'t> Object<'t> {
    /// One member. Of a repeated name any may be found, as RFC 8259 section 4 warns.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Value<'t>> {
        let whole = self.value?;
        let (start, end) = (whole.at + 1, whole.at + whole.node()?.size);
        let tape = whole.tape;
        let from = match tape.last.get() {
            (container, next) if container == whole.at && next < end => next,
            _ => start,
        };
        let search = |from: u32, to: u32| {
            let mut value = Value { tape, at: from };
            while value.at < to {
                let node = value.node()?;
                if same(node.name.as_bytes(), name.as_bytes()) {
                    tape.last.set((whole.at, value.at + node.size));
                    return Some(value);
                }
                value.at += node.size;
            }
            None
        };
        search(from, end).or_else(|| search(start, from))
    }

    /// A text; `None` if it is empty.
    #[must_use]
    pub fn text(self, name: &str) -> Option<&'t str> {
        self.member(name).and_then(Value::text).filter(|text| !text.is_empty())
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(self, name: &str) -> Option<bool> {
        self.member(name).and_then(Value::flag)
    }

    /// A whole number.
    #[must_use]
    pub fn number(self, name: &str) -> Option<i64> {
        self.member(name).and_then(Value::number)
    }

    /// An object within this one.
    #[must_use]
    pub fn object(self, name: &str) -> Object<'t> {
        Object { value: self.member(name).filter(|value| value.is_object()) }
    }

    /// The items of a list.
    pub fn items(self, name: &str) -> impl Iterator<Item = Value<'t>> + Clone {
        self.member(name).and_then(Value::items).into_iter().flatten()
    }

    /// The objects of a list.
    pub fn objects(self, name: &str) -> impl Iterator<Item = Object<'t>> + Clone {
        self.items(name).map(Value::object)
    }

    /// The texts of a list, without empty ones.
    pub fn texts(self, name: &str) -> impl Iterator<Item = &'t str> + Clone {
        self.items(name).filter_map(Value::text).filter(|text| !text.is_empty())
    }

    /// All members.
    pub fn members(self) -> impl Iterator<Item = (&'t str, Value<'t>)> + Clone {
        self.value.into_iter().flat_map(Value::children).map(|value| (value.name(), value))
    }
}
