//! From token to token.

use crate::error::Malformed;
use crate::scan::quote_or_backslash;
use std::borrow::Cow;

/// A string as it stands between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'b> {
    /// With its escapes.
    pub raw: &'b str,
    /// Whether there are any.
    pub escaped: bool,
}

impl<'b> Text<'b> {
    /// The text, if it stands there as it is.
    #[must_use]
    pub fn plain(self) -> Option<&'b str> {
        (!self.escaped).then_some(self.raw)
    }

    /// The text without its escapes. A lone surrogate becomes U+FFFD; `None` for an unknown escape.
    #[must_use]
    pub fn unescaped(self) -> Option<Cow<'b, str>> {
        match self.plain() {
            Some(plain) => Some(Cow::Borrowed(plain)),
            None => unescape(self.raw).map(Cow::Owned),
        }
    }
}

fn unescape(raw: &str) -> Option<String> {
    let mut target = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        target.push_str(plain);
        let mut characters = escape.chars();
        target.push(match characters.next()? {
            same @ ('"' | '\\' | '/') => same,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (character, behind) = code_point(characters.as_str())?;
                target.push(character);
                rest = behind;
                continue;
            }
            _ => return None,
        });
        rest = characters.as_str();
    }
    target.push_str(rest);
    Some(target)
}

/// Four hexadecimal digits, or two such escapes for one character, and what follows them.
fn code_point(text: &str) -> Option<(char, &str)> {
    let unit = |text: &str| u32::from_str_radix(text.get(..4).filter(|digits| !digits.starts_with('+'))?, 16).ok();
    let (high, behind) = (unit(text)?, text.get(4..)?);
    if (0xD800..0xDC00).contains(&high)
        && let Some(low) = behind.strip_prefix("\\u").and_then(unit).filter(|low| (0xDC00..0xE000).contains(low))
    {
        let point = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return Some((char::from_u32(point)?, behind.get(6..)?));
    }
    Some((char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), behind))
}

/// Walks a body. It checks nesting, strings and the spelling of literals; of numbers it checks only the letters, and it
/// takes control characters within strings as they are, since nothing can be misread by that.
#[derive(Clone, Debug)]
pub struct Cursor<'b> {
    body: &'b str,
    at: usize,
}

impl<'b> Cursor<'b> {
    /// Stands at the beginning; a byte order mark is passed over.
    #[must_use]
    pub fn new(body: &'b str) -> Self {
        let at = if body.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { body, at }
    }

    /// The error of this place.
    #[must_use]
    pub fn expected(&self, expected: &'static str) -> Malformed {
        Malformed { at: self.at, expected }
    }

    /// The next byte that is no space, which stays.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.body.as_bytes().get(self.at)?;
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                _ => return Some(byte),
            }
        }
    }

    /// Passes over one byte, if it is the next that is no space.
    pub fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Ends the walk.
    ///
    /// # Errors
    /// Something follows.
    pub fn end(&mut self) -> Result<(), Malformed> {
        self.peek().map_or(Ok(()), |_| Err(self.expected("the end")))
    }

    /// A string.
    ///
    /// # Errors
    /// There is none, or it does not end.
    pub fn text(&mut self) -> Result<Text<'b>, Malformed> {
        if !self.eat(b'"') {
            return Err(self.expected("a string"));
        }
        let at = self.at;
        let mut escaped = false;
        loop {
            let rest = self.body.as_bytes().get(self.at..).unwrap_or_default();
            let Some(found) = quote_or_backslash(rest) else {
                return Err(self.expected("the end of a string"));
            };
            self.at += found;
            if rest.get(found) == Some(&b'"') {
                let raw = self.body.get(at..self.at).unwrap_or_default();
                self.at += 1;
                return Ok(Text { raw, escaped });
            }
            escaped = true;
            // What is escaped is one byte at least, and if it is the first of several the rest of it is no quote.
            self.at += 2;
        }
    }

    /// A number or a literal.
    ///
    /// # Errors
    /// There is none.
    pub fn scalar(&mut self) -> Result<&'b str, Malformed> {
        let first = self.peek();
        let rest = self.body.get(self.at..).unwrap_or_default();
        let part = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'A'..=b'Z' | b'+' | b'-' | b'.');
        let length = rest.bytes().take_while(part).count();
        let scalar = rest.get(..length).unwrap_or_default();
        let number = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let known = match first {
            Some(b't') => scalar == "true",
            Some(b'f') => scalar == "false",
            Some(b'n') => scalar == "null",
            Some(b'-' | b'0'..=b'9') => scalar.bytes().all(number),
            _ => false,
        };
        if !known {
            return Err(self.expected("a value"));
        }
        self.at += length;
        Ok(scalar)
    }

    /// Passes over one value of any kind.
    ///
    /// # Errors
    /// There is none. Brackets within are counted, not matched by kind, and members within are not looked at.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        let mut depth = 0u32;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.text()?;
                }
                Some(b'{' | b'[') => {
                    self.at += 1;
                    depth += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                Some(b',' | b':') if depth > 0 => self.at += 1,
                _ => {
                    self.scalar()?;
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Walks the members of an object. `member` gets each name and must pass over the value.
    ///
    /// # Errors
    /// There is no object, or `member` fails.
    pub fn members<E: From<Malformed>>(
        &mut self,
        mut member: impl FnMut(&mut Self, Text<'b>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.eat(b'{') {
            return Err(self.expected("an object").into());
        }
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            let name = self.text()?;
            if !self.eat(b':') {
                return Err(self.expected("a colon").into());
            }
            member(self, name)?;
            if self.eat(b'}') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.expected("a comma or the end of an object").into());
            }
        }
    }

    /// Walks the items of a list. `item` must pass over each.
    ///
    /// # Errors
    /// There is no list, or `item` fails.
    pub fn items<E: From<Malformed>>(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), E>) -> Result<(), E> {
        if !self.eat(b'[') {
            return Err(self.expected("a list").into());
        }
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.eat(b']') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.expected("a comma or the end of a list").into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes() {
        for (raw, text) in [
            ("a", Some("a")),
            (r"\u0026\/\n\\", Some("&/\n\\")),
            (r"é\uD83D\uDE00\ud83d", Some("é😀\u{fffd}")),
            (r"\uD83D\u0041", Some("\u{fffd}A")),
            (r"\x", None),
            (r"\u12", None),
            (r"\u+123", None),
            ("\\", None),
        ] {
            let read = Text { raw, escaped: true }.unescaped();
            assert_eq!(read.as_deref(), text, "{raw}");
        }
    }

    #[test]
    fn skips_one_value() {
        for (body, rest) in
            [(r#" {"a":[1,{"b":"]}\""}],"c":null} ,"#, 1), ("[]x", 1), ("-1.5e3,2", 2), ("true false", 5)]
        {
            let mut cursor = Cursor::new(body);
            cursor.skip().expect(body);
            cursor.peek();
            assert_eq!(body.len() - cursor.at, rest, "{body}");
        }
        for body in ["", "]", "{", "[1", r#"["a"#, "tru", "nul", "1x", ","] {
            assert!(Cursor::new(body).skip().is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_text_ends_without_panic(body in "[\\[\\]{}\":,\\\\a-z0-9 é]{0,80}") {
            let _ = Cursor::new(&body).skip();
        }
    }
}
